import type { Socket } from 'node:net';
import type { TlsOptions as ServerOptions } from 'node:tls';
import t from 'tap';
import { Connection } from '../../../lib/wire/connection.ts';
import { decodeInfoReply, encodeInfoRequest } from '../../../lib/wire/info.ts';
import { encodeProto, ProtoType } from '../../../lib/wire/proto.ts';
import { TlsClient } from '../../../lib/wire/security/tls-client.ts';
import type { TlsOptions } from '../../../lib/wire/security/tls-options.ts';
import { CLIENT, startPlain, startTls, tlsPath, tlsText } from '../../helpers/tls.ts';

const ANSWER = encodeProto(ProtoType.INFO, Buffer.from(`node\tA1${'x'.repeat(100_000)}\n`));
const answer = (socket: Socket): void => void socket.on('data', () => socket.write(ANSWER));

const TRUSTING: TlsOptions = { cafile: tlsPath('ca.pem') };
const MUTUAL: ServerOptions = { ca: tlsText('ca.pem'), requestCert: true };

/** Opens a connection and asks one question: what a wrong certificate meets may come only then. */
const ask = async (
  address: { host: string; port: number; tlsName?: string },
  options: TlsOptions,
  onNotice?: (notice: string) => void,
): Promise<number> => {
  const tls = await TlsClient.create(options, onNotice);
  const connection = await Connection.open(address, { timeout: 10_000, tls });
  try {
    const body = await connection.exchange(encodeInfoRequest(['node']), 10_000);
    return decodeInfoReply(body).get('node')!.length;
  } finally {
    connection.destroy();
  }
};

t.test('connections that come about', async (t) => {
  const rows: readonly [string, ServerOptions, TlsOptions, string?][] = [
    ['a CA that is known', {}, TRUSTING],
    ['a name in the options', {}, { ...TRUSTING, name: 'sandbox' }],
    ['a name of the address', {}, { ...TRUSTING, name: 'nobody' }, 'localhost'],
    ['a common name beside alternatives', {}, TRUSTING, 'sandbox'],
    ['a client certificate', MUTUAL, CLIENT],
    ['one version', {}, { ...TRUSTING, protocols: 'TLSv1.2' }],
    ['not revoked', {}, { capath: tlsPath('.'), crlCheck: true }],
  ];
  for (const [what, server, client, tlsName] of rows) {
    const node = await startTls(server, answer);
    const address = { ...node, ...(tlsName === undefined ? {} : { tlsName }) };
    t.equal(await ask(address, client), 100_002, what);
    await node.close();
  }
});

t.test('connections that do not', async (t) => {
  const expired = { cert: tlsText('expired.pem') };
  const CLIENTS = { cert: tlsText('client.pem'), key: tlsText('client.key') };
  const revoked = { cert: tlsText('revoked.pem') };
  const rows: readonly [string, ServerOptions, TlsOptions, RegExp][] = [
    ['Node does not know the CA', {}, {}, /--tls-cafile/],
    ['another CA', {}, { cafile: tlsPath('other-ca.pem') }, /--tls-cafile/],
    ['another name', {}, { ...TRUSTING, name: 'nobody' }, /"nobody".*--tls-name/],
    ['a certificate of clients', CLIENTS, TRUSTING, /not for servers/],
    ['expired', expired, TRUSTING, /expired/],
    ['revoked', revoked, { capath: tlsPath('.'), crlCheck: true }, /revoked/],
    ['no client certificate', MUTUAL, TRUSTING, /--tls-certfile/],
    ['none in TLS 1.2', MUTUAL, { ...TRUSTING, protocols: 'TLSv1.2' }, /--tls-certfile/],
    [
      'no version in common',
      { maxVersion: 'TLSv1.2' },
      { ...TRUSTING, protocols: 'TLSv1.3' },
      /--tls-protocols/,
    ],
    [
      'no cipher in common',
      { maxVersion: 'TLSv1.2' },
      { ...TRUSTING, cipherSuite: 'ECDHE-RSA-AES128-GCM-SHA256' },
      /--tls-cipher-suite/,
    ],
  ];
  for (const [what, server, client, message] of rows) {
    const node = await startTls(server, answer);
    const failure = { code: 'NETWORK', message, facts: { expected: String, cause: Error } };
    await t.rejects(ask(node, client), failure, what);
    await node.close();
  }
});

t.test('a port without TLS, and TLS where nobody expects it', async (t) => {
  const servers = [
    await startPlain((socket) => socket.once('data', () => socket.destroy())),
    await startPlain((socket) => socket.once('data', () => socket.write(ANSWER))),
  ];
  for (const node of servers) {
    await t.rejects(ask(node, TRUSTING), { code: 'NETWORK', facts: { expected: /TLS/ } });
    await node.close();
  }
  const alerting = await startPlain((socket) => socket.write(Buffer.from('15030300020228', 'hex')));
  const plain = await Connection.open(alerting, { timeout: 10_000 });
  await t.rejects(plain.exchange(encodeInfoRequest(['node']), 10_000), {
    code: 'NETWORK',
    message: /--tls-enable/,
    facts: { node: plain.node, expected: 'TLS' },
  });
  await alerting.close();
});

t.test('a reset is no matter of TLS', async (t) => {
  const node = await startTls({}, (socket) => socket.once('data', () => node.reset()));
  await t.rejects(ask(node, TRUSTING), {
    code: 'NETWORK',
    message: /^(?!.*--tls)/,
    facts: { cause: { code: 'ECONNRESET' } },
  });
  await node.close();
});

t.test('silence while TLS is set up', async (t) => {
  const node = await startPlain(() => {});
  const tls = await TlsClient.create(TRUSTING);
  await t.rejects(Connection.open(node, { timeout: 1, tls }), { code: 'NETWORK' });
  await node.close();
});

t.test('what a session is made of', async (t) => {
  const node = await startTls({}, answer);
  const told: string[] = [];
  const options = { ...TRUSTING, logSessionInfo: true, protocols: 'TLSv1.2' };
  await ask(node, options, (notice) => told.push(notice));
  t.match(told, [/^127\.0\.0\.1:\d+: TLSv1\.2, TLS_ECDHE_ECDSA_/]);
  t.equal(told.length, 1);
  await ask(node, options);
  t.equal((await TlsClient.create(TRUSTING)).hasCertificate, false);
  t.equal((await TlsClient.create(CLIENT)).hasCertificate, true);
  await node.close();
});

t.test('reading stops and goes on', async (t) => {
  const node = await startTls({}, answer);
  const tls = await TlsClient.create(TRUSTING);
  const connection = await Connection.open(node, { timeout: 10_000, tls });
  const room = Buffer.alloc(1000);
  let size = 0;
  let holds = 0;
  await new Promise<void>((resolve) => {
    connection.send(
      encodeInfoRequest(['node']),
      {
        space: () => room,
        received: (count) => {
          size += count;
          if (size === ANSWER.length) resolve();
          else if (holds++ < 20) setImmediate(() => connection.resume());
          return holds > 20;
        },
        idle: () => {},
        closed: () => {},
      },
      0,
    );
  });
  t.equal(size, ANSWER.length);
  t.ok(holds > 20);
  connection.destroy();
  await node.close();
});
