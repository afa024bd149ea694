import t from 'tap';
import { ClusterNode } from '../../lib/wire/node.ts';
import {
  AdminCommand,
  AdminField,
  type AdminMessage,
  encodeAdminReply,
} from '../../lib/wire/security/admin-message.ts';
import { Login } from '../../lib/wire/security/login.ts';
import { startFakeNode, until } from '../helpers/fake-node.ts';

const ANSWERS: Readonly<Record<string, string | null>> = { bad: 'ERROR:4:no', left_out: null };
const TIMES = { connectTimeout: 5000, infoTimeout: 5000 };

t.test('its name, and what it is asked', async (t) => {
  const fake = await startFakeNode({
    info: (command) => ANSWERS[command],
  });
  const node = await ClusterNode.reach(fake, TIMES);
  t.equal(node.name, 'F1');
  t.equal(node.location, `127.0.0.1:${fake.port}`);
  const answers = await Promise.all([
    node.askOne('status'),
    node.ask(['node', 'status']).then((facts) => facts.get('node')),
    node.askOne('left_out'),
  ]);
  t.strictSame(answers, ['ok', 'F1', ''], 'questions wait for one another');
  await t.rejects(node.askOne('bad'), { code: 'SERVER', facts: { resultCode: 4 } });
  t.equal(await node.askOne('status'), 'ok', 'and a refusal does not harm the next');
  t.equal(fake.sockets.size, 1, 'all over one connection');
  node.close();
  await fake.close();
});

t.test('a node that can not be used', async (t) => {
  const rows: readonly [string, string, string | null, string][] = [
    ['not ready yet', 'partition-generation', '-1', 'NETWORK'],
    ['without a name', 'node', '', 'PROTOCOL'],
    ['that does not answer all', 'node', null, 'PROTOCOL'],
    ['that refuses', 'node', 'ERROR:80:not authenticated', 'SERVER'],
  ];
  for (const [what, command, value, code] of rows) {
    const fake = await startFakeNode({ info: (asked) => (asked === command ? value : undefined) });
    await t.rejects(ClusterNode.reach(fake, TIMES), { code }, what);
    await until(() => fake.sockets.size === 0);
    await fake.close();
  }
});

t.test('after its close nothing connects again', async (t) => {
  const fake = await startFakeNode({ answers: (commands) => commands[0] !== 'status' });
  const node = await ClusterNode.reach(fake, TIMES);
  const waiting = [node.ask(['status']), node.ask(['node'])].map((asking) =>
    t.rejects(asking, { code: 'NETWORK' }),
  );
  await until(() => fake.asked.includes('status'));
  node.close();
  await Promise.all(waiting);
  await until(() => fake.sockets.size === 0);
  await fake.close();
});

t.test('closed while it connects again', async (t) => {
  const fake = await startFakeNode({ answers: (commands) => commands[0] !== 'status' });
  const node = await ClusterNode.reach(fake, { ...TIMES, infoTimeout: 20 });
  await t.rejects(node.ask(['status']), { code: 'NETWORK' }, 'no answer in time');
  const asking = node.ask(['node']);
  await Promise.resolve();
  await Promise.resolve();
  node.close();
  await t.rejects(asking, { code: 'NETWORK' });
  await until(() => fake.sockets.size === 0);
  await fake.close();
});

t.test('whether it lives', async (t) => {
  let answers: boolean | 'close' = true;
  const fake = await startFakeNode({ answers: () => answers });
  const node = await ClusterNode.reach(fake, { ...TIMES, infoTimeout: 200 });
  const asked = () => fake.asked.filter((command) => command === 'status').length;
  await node.ping();
  t.equal(asked(), 1);
  t.equal(fake.sockets.size, 1, 'over the connection for info');
  node.close();
  await node.ping();
  t.equal(asked(), 2, 'closed, and over a connection of its own');
  await until(() => fake.sockets.size === 0);
  for (const how of ['close', false] as const) {
    answers = how;
    await t.rejects(node.ping(), { code: 'NETWORK' });
    await until(() => fake.sockets.size === 0);
  }
  await fake.close();
  await t.rejects(node.ping(), { code: 'NETWORK' }, 'nobody is there');
});

t.test('a connection for info that breaks tells nothing of the node', async (t) => {
  let hangsUp = 1;
  const fake = await startFakeNode({
    answers: ([command]) => (command === 'status' && hangsUp-- > 0 ? 'close' : true),
  });
  const node = await ClusterNode.reach(fake, TIMES);
  await node.ping();
  t.equal(hangsUp, -1, 'asked again');
  node.close();
  await fake.close();
});

/** Lets everybody log in, and counts; refuses tokens that are not the last. */
const doorkeeper = () => {
  let logins = 0;
  return {
    get logins() {
      return logins;
    },
    security: ({ command, fields }: AdminMessage): Buffer => {
      if (command === AdminCommand.LOGIN) {
        const token = Buffer.from(String(++logins));
        return encodeAdminReply(0, new Map([[AdminField.SESSION_TOKEN, token]]));
      }
      const isLast = fields.get(AdminField.SESSION_TOKEN)?.toString() === String(logins);
      return encodeAdminReply(isLast ? 0 : 66);
    },
  };
};

const login = (): Login => new Login({ credentials: { auth: 'PKI' }, timeout: 5000 });
const NO_LOGIN = 'ERROR:80:not authenticated\n';

t.test('every connection is logged in', async (t) => {
  const door = doorkeeper();
  const fake = await startFakeNode(door);
  const node = await ClusterNode.reach(fake, { ...TIMES, login: login() });
  const connection = await node.connect();
  t.equal(door.logins, 1, 'the second shows the token');
  connection.destroy();
  node.close();
  await fake.close();
});

t.test('a refused login ends the connection', async (t) => {
  const fake = await startFakeNode({ security: () => encodeAdminReply(65) });
  await t.rejects(ClusterNode.reach(fake, { ...TIMES, login: login() }), {
    code: 'AUTH',
    facts: { resultCode: 65 },
  });
  await until(() => fake.sockets.size === 0);
  await fake.close();
});

t.test('a node that wants a login says so, whatever it is asked', async (t) => {
  const fake = await startFakeNode({ answers: () => NO_LOGIN });
  await t.rejects(ClusterNode.reach(fake, TIMES), { code: 'AUTH', facts: { resultCode: 80 } });
  await until(() => fake.sockets.size === 0);
  await fake.close();
});

t.test('a session that is over in the middle is begun again, once', async (t) => {
  const door = doorkeeper();
  let refusals = 0;
  const fake = await startFakeNode({
    security: door.security,
    answers: () => (refusals-- > 0 ? NO_LOGIN : true),
  });
  const node = await ClusterNode.reach(fake, { ...TIMES, login: login() });
  refusals = 1;
  t.equal(await node.askOne('status'), 'ok');
  refusals = 2;
  await t.rejects(node.askOne('status'), { code: 'AUTH', facts: { resultCode: 80 } });
  t.equal(await node.askOne('status'), 'ok', 'and the next begins anew');
  node.close();
  await fake.close();
});
