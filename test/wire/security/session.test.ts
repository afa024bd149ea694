import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { Session, type SessionGrant } from '../../../lib/wire/security/session.ts';
import { startFakeNode } from '../../helpers/fake-node.ts';

/** A node's side: hands out tokens by number, and takes those that it did not end. */
const source = (ttl = 0) => {
  const done: string[] = [];
  const grants: (SessionGrant | undefined | AsbError)[] = [];
  let token = 0;
  let valid = 0;
  return {
    done,
    /** What the next logins get; a token if there is nothing here. */
    grants,
    endAll: () => {
      valid = token + 1;
    },
    ask: async () => {
      done.push('ask');
      await new Promise((resolve) => setImmediate(resolve));
      if (grants.length === 0) return { token: Buffer.of(++token), ttl };
      const next = grants.shift();
      if (next instanceof AsbError) throw next;
      return next;
    },
    show: async (_: Connection, shown: Uint8Array) => {
      done.push(`show ${shown[0]}`);
      return shown[0]! >= valid;
    },
  };
};

t.test('sessions', async (t) => {
  const node = await startFakeNode();
  const connection = await Connection.open(node, { timeout: 10_000 });
  t.teardown(async () => {
    connection.destroy();
    await node.close();
  });

  t.test('the first logs in, the others show its token', async (t) => {
    const one = source();
    const session = new Session(one);
    for (let at = 0; at < 3; at++) await session.begin(connection);
    t.strictSame(one.done, ['ask', 'show 1', 'show 1']);
    await Promise.all([1, 2].map(() => session.begin(connection)));
    t.strictSame(one.done.slice(3), ['show 1', 'show 1']);
  });

  t.test('who comes while another logs in waits for its token', async (t) => {
    const one = source();
    const session = new Session(one);
    await Promise.all([1, 2, 3].map(() => session.begin(connection)));
    t.strictSame(one.done, ['ask', 'show 1', 'show 1']);
  });

  t.test('a token is renewed before it expires', async (t) => {
    const rows: readonly [number, number][] = [
      [3600, 3540],
      [100, 50],
      [1, 0.5],
    ];
    for (const [ttl, renewal] of rows) {
      let now = 1000;
      const one = source(ttl);
      const session = new Session(one, () => now);
      await session.begin(connection);
      now += renewal * 1000 - 1;
      await session.begin(connection);
      now += 1;
      await session.begin(connection);
      await session.begin(connection);
      t.strictSame(one.done, ['ask', 'show 1', 'ask', 'show 2'], `${ttl} s`);
    }
  });

  t.test('a token that is not accepted any more is replaced', async (t) => {
    const one = source();
    const session = new Session(one);
    await session.begin(connection);
    one.endAll();
    await session.begin(connection);
    await session.begin(connection);
    t.strictSame(one.done, ['ask', 'show 1', 'ask', 'show 2']);
  });

  t.test('a node that knows no users is asked once', async (t) => {
    const one = source();
    one.grants.push(undefined);
    const session = new Session(one);
    for (let at = 0; at < 3; at++) await session.begin(connection);
    t.strictSame(one.done, ['ask']);
  });

  t.test('a refusal is for all who wait, a lost connection is not', async (t) => {
    for (const [code, asked] of [
      ['AUTH', 1],
      ['NETWORK', 2],
    ] as const) {
      const one = source();
      one.grants.push(new AsbError(code, 'no'));
      const session = new Session(one);
      const all = await Promise.allSettled([1, 2].map(() => session.begin(connection)));
      t.equal(one.done.length, asked, code);
      t.equal(all.filter(({ status }) => status === 'rejected').length, code === 'AUTH' ? 2 : 1);
    }
  });
});
