import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { SecretAgent, type SecretAgentOptions } from '../../lib/secrets/agent.ts';
import { deadAddress } from '../helpers/fake-node.ts';
import { framed, startSecretAgent, type TestAgentOptions } from '../helpers/secret-agent.ts';
import { CLIENT, tlsPath, tlsText } from '../helpers/tls.ts';

const SECRETS = { 'res:password': 'hunter2', token: 'tülips' };
const LONG = 60_000;
const TRUSTING = { cafile: tlsPath('ca.pem') };
const MUTUAL = { ca: tlsText('ca.pem'), requestCert: true };

/** A client of an agent that was started for it. */
const clientOf = (at: { host: string; port: number }, options: SecretAgentOptions = {}) =>
  new SecretAgent({ address: `${at.host}:${at.port}`, timeout: LONG, ...options });

t.test('secrets come', async (t) => {
  const rows: readonly [string, TestAgentOptions, SecretAgentOptions][] = [
    ['by TCP', {}, {}],
    ['as they are', { plain: true }, { encoding: 'plain' }],
    ['by TLS', { tls: {} }, { tls: TRUSTING }],
    ['with another name', { tls: {} }, { tls: { ...TRUSTING, name: 'localhost' } }],
    ['with a certificate of ours', { tls: MUTUAL }, { tls: CLIENT }],
  ];
  for (const [name, options, given] of rows) {
    const agent = await startSecretAgent({ secrets: SECRETS, ...options });
    const client = clientOf(agent, given);
    t.equal(await client.fetch('secrets:res:password'), 'hunter2', name);
    t.equal(await client.fetch('secrets:token', new AbortController().signal), 'tülips', name);
    t.strictSame(agent.asked, ['res:password', 'token'], name);
    await agent.close();
  }
});

t.test('by a Unix socket', async (t) => {
  const path = join(t.testdir(), 'agent.sock');
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(framed('{"SecretValue":"eA=="}')));
  }).listen(path);
  await once(server, 'listening');
  t.equal(await new SecretAgent({ address: path, timeout: LONG }).fetch('secrets:x'), 'x');
  server.close();
  t.throws(() => new SecretAgent({ address: path, tls: TRUSTING }), { code: 'USAGE' });
});

t.test('agents that fail', async (t) => {
  const rows: readonly [string, TestAgentOptions, SecretAgentOptions, string][] = [
    ['it does not know the secret', { secrets: {} }, {}, 'SERVER'],
    ['it is silent', { reply: () => {} }, { timeout: 50 }, 'NETWORK'],
    ['it goes', { reply: (socket) => socket.end() }, {}, 'NETWORK'],
    ['it breaks', { reply: (socket) => socket.resetAndDestroy() }, {}, 'NETWORK'],
    ['its reply is cut', { reply: (socket) => socket.end(framed('{', 9)) }, {}, 'NETWORK'],
    ['it stalls', { reply: (socket) => socket.write(framed('{', 9)) }, { timeout: 50 }, 'NETWORK'],
    ['it talks rubbish', { reply: (socket) => socket.end('what?') }, {}, 'PROTOCOL'],
    ['its reply is huge', { reply: (socket) => socket.write(framed('', 2 ** 31)) }, {}, 'LIMIT'],
    ['its secret is no base64', { plain: true }, {}, 'FORMAT'],
    ['it wants TLS', { tls: {} }, {}, 'NETWORK'],
    ['it has no TLS', {}, { tls: TRUSTING, timeout: 100 }, 'NETWORK'],
    ['its CA is another', { tls: {} }, { tls: { cafile: tlsPath('other-ca.pem') } }, 'CONNECT'],
    ['its name is another', { tls: {} }, { tls: { ...TRUSTING, name: 'nobody' } }, 'CONNECT'],
    ['our CA is none', { tls: {} }, { tls: { cafile: '/nowhere' } }, 'KEY'],
  ];
  for (const [name, options, given, code] of rows) {
    const agent = await startSecretAgent({ secrets: SECRETS, ...options });
    const node = `${agent.host}:${agent.port}`;
    const failing = clientOf(agent, given).fetch('secrets:res:password');
    await t.rejects(failing, { code, facts: { node }, message: /^(?!.*hunter2)secrets:/ }, name);
    await agent.close();
  }
  const nobody = clientOf(await deadAddress());
  await t.rejects(nobody.fetch('secrets:x'), { code: 'CONNECT' }, 'there is none');
  await t.rejects(nobody.fetch('secrets:'), { code: 'USAGE' }, 'no secret is named');
  t.throws(() => new SecretAgent({ address: 'a:b' }), { code: 'USAGE' });
});

t.test('an end from outside', async (t) => {
  const reason = new AsbError('ABORTED', 'enough');
  const stop = new AbortController();
  const agent = await startSecretAgent({ reply: () => stop.abort(reason) });
  const client = clientOf(agent);
  await t.rejects(client.fetch('secrets:x', stop.signal), reason, 'while it waits');
  await t.rejects(client.fetch('secrets:x', stop.signal), reason, 'before it asks');
  t.equal(agent.asked.length, 1);
  await agent.close();
});
