import t from 'tap';
import { Connection } from '../../../lib/wire/connection.ts';
import {
  AdminCommand,
  AdminField,
  type AdminMessage,
  encodeAdminReply,
} from '../../../lib/wire/security/admin-message.ts';
import type { Credentials } from '../../../lib/wire/security/credentials.ts';
import { Login } from '../../../lib/wire/security/login.ts';
import { startFakeNode } from '../../helpers/fake-node.ts';

const HASH = '$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa'; // of admin
const ANN = { user: 'ann', password: 'admin' };
const TOKEN = Buffer.from('token');
const TTL = Buffer.of(0, 0, 0, 90);
const GRANT = encodeAdminReply(0, new Map([[AdminField.SESSION_TOKEN, TOKEN]]));

/** Logs in to a node with these answers, and shows the token; tells what the node heard. */
const logIn = async (credentials: Credentials, answers: readonly (Buffer | undefined)[]) => {
  const heard: AdminMessage[] = [];
  const notices: string[] = [];
  const node = await startFakeNode({
    security: (message) => {
      heard.push(message);
      return answers[heard.length - 1];
    },
  });
  const connection = await Connection.open(node, { timeout: 10_000 });
  const login = new Login({ credentials, timeout: 10_000, onNotice: (note) => notices.push(note) });
  const close = async (): Promise<void> => {
    connection.destroy();
    await node.close();
  };
  return { heard, notices, connection, login, close };
};

const wordsOf = ({ command, fields }: AdminMessage) => ({
  command,
  fields: Object.fromEntries([...fields].map(([id, data]) => [id, data.toString()])),
});

t.test('what each way to log in sends', async (t) => {
  const hashed = { [AdminField.USER]: 'ann', [AdminField.CREDENTIAL]: HASH };
  const rows: readonly [Credentials, object][] = [
    [{ ...ANN, auth: 'INTERNAL' }, hashed],
    [
      { ...ANN, auth: 'EXTERNAL' },
      { ...hashed, [AdminField.CLEAR_PASSWORD]: 'admin' },
    ],
    [
      { ...ANN, auth: 'EXTERNAL_INSECURE' },
      { ...hashed, [AdminField.CLEAR_PASSWORD]: 'admin' },
    ],
    [{ auth: 'PKI' }, {}],
  ];
  for (const [credentials, fields] of rows) {
    const ok = encodeAdminReply(0);
    const { heard, login, connection, close } = await logIn(credentials, [GRANT, ok, GRANT]);
    t.strictSame(await login.ask(connection), { token: TOKEN, ttl: 0 });
    t.ok(await login.show(connection, TOKEN));
    await login.ask(connection);
    const user = credentials.auth === 'PKI' ? {} : { [AdminField.USER]: 'ann' };
    const asked = { command: AdminCommand.LOGIN, fields };
    const shown = {
      command: AdminCommand.AUTHENTICATE,
      fields: { ...user, [AdminField.SESSION_TOKEN]: 'token' },
    };
    t.strictSame(heard.map(wordsOf), [asked, shown, asked], credentials.auth);
    await close();
  }
});

t.test('how long a session lasts, and whether its token counts', async (t) => {
  const grant = new Map([
    [AdminField.SESSION_TOKEN, TOKEN],
    [AdminField.SESSION_TTL, TTL],
  ] as const);
  const answers = [0, 66, 65, 51, 52].map((result) =>
    encodeAdminReply(result, result === 0 ? grant : new Map()),
  );
  const { login, connection, close } = await logIn({ ...ANN, auth: 'INTERNAL' }, answers);
  t.strictSame(await login.ask(connection), { token: TOKEN, ttl: 90 });
  const accepted: boolean[] = [];
  for (let at = 1; at < answers.length; at++) accepted.push(await login.show(connection, TOKEN));
  t.strictSame(accepted, [false, false, true, true]);
  await close();
});

t.test('a cluster without users is told of once', async (t) => {
  const answers = [encodeAdminReply(52), encodeAdminReply(51)];
  const { login, connection, notices, close } = await logIn({ auth: 'PKI' }, answers);
  t.equal(await login.ask(connection), undefined);
  t.equal(await login.ask(connection), undefined);
  t.match(notices, [/52/]);
  t.equal(notices.length, 1);
  const quiet = new Login({ credentials: { auth: 'PKI' }, timeout: 10_000 });
  await t.rejects(quiet.ask(connection), { code: 'NETWORK' });
  await close();
});

t.test('nobody needs to listen', async (t) => {
  const { connection, close } = await logIn({ auth: 'PKI' }, [encodeAdminReply(52)]);
  const quiet = new Login({ credentials: { auth: 'PKI' }, timeout: 10_000 });
  t.equal(await quiet.ask(connection), undefined);
  await close();
});

t.test('refusals, and answers that are none', async (t) => {
  const noToken = encodeAdminReply(0, new Map([[AdminField.SESSION_TTL, TTL]]));
  const oddTtl = encodeAdminReply(
    0,
    new Map([
      [AdminField.SESSION_TOKEN, TOKEN],
      [AdminField.SESSION_TTL, TTL.subarray(1)],
    ] as const),
  );
  const refusal = (code: number) => ({ code: 'AUTH', facts: { resultCode: code } });
  const rows: readonly (readonly [Buffer | undefined, object])[] = [
    ...[56, 60, 61, 62, 63, 64, 65, 66, 80, 81, 82, 93].map(
      (code) => [encodeAdminReply(code), refusal(code)] as const,
    ),
    [noToken, { code: 'PROTOCOL' }],
    [oddTtl, { code: 'PROTOCOL' }],
    [GRANT.subarray(0, 8).fill(0, 7), { code: 'PROTOCOL' }],
    [undefined, { code: 'NETWORK' }],
  ];
  for (const [answer, error] of rows) {
    for (const credentials of [{ ...ANN, auth: 'INTERNAL' }, { auth: 'PKI' }] as const) {
      const { login, connection, close } = await logIn(credentials, [answer]);
      const failure: unknown = await login.ask(connection).catch((thrown: unknown) => thrown);
      t.match(failure, { ...error, facts: { node: connection.node } });
      t.notMatch(String(failure), /admin|\$2a/, 'neither password nor hash');
      await close();
    }
  }
});
