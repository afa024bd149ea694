import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { tlsNameOf } from '../../../lib/sandbox/security/listener.ts';
import { encodeProto, ProtoType } from '../../../lib/wire/proto.ts';
import { tlsText } from '../../helpers/tls.ts';

const identity = { cert: tlsText('server.pem'), key: tlsText('server.key') };
const ca = tlsText('ca.pem');
const certified = { ca, cert: tlsText('client.pem'), key: tlsText('client.key') };

/** Its subject is `O=none`. */
const NAMELESS = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUNrzq0R6pxLBmntqOJ+BYKQQ/mbkwCgYIKoZIzj0EAwIw
DzENMAsGA1UECgwEbm9uZTAgFw0yNjExMjMwODExMTlaGA8yMTI2MTAzMDA4MTEx
OVowDzENMAsGA1UECgwEbm9uZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH3Q
wTvzk5OPq2b5rK37Rbmq0TzTrDRk2V97pjVYxFXIrN70utcY74SepS7L3hBGcNM3
tz2SXsWQp2X5qXzhnkCjUzBRMB0GA1UdDgQWBBQyQISNDTG7f32ixXWrRiJWTK70
YzAfBgNVHSMEGDAWgBQyQISNDTG7f32ixXWrRiJWTK70YzAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIQD/+VY40EYoL9u8ZD4LP2+yBL6tWYeeGJ5Q
3R9BNhHRiwIgbElJb1tkF0HYXUWj/RVppLRk44UeWfvfZpPtHRD1RSQ=
-----END CERTIFICATE-----
`;

const start = async (t: Test, tls: { readonly ca?: string }) => {
  const sandbox = await startSandbox({ tls: { ...identity, ...tls } });
  t.teardown(() => sandbox.close());
  const node = sandbox.nodes[0]!;
  const open = (options: ConnectionOptions): TLSSocket =>
    connectTls({ port: node.port, host: '127.0.0.1', servername: 'localhost', ...options });
  return { sandbox, node, open };
};

/** Settles when a connection is over, whether by an error or not. */
const closing = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket
      .on('error', () => {})
      .once('close', () => resolve())
      .resume();
  });

/** Asks for the node's name; what comes back is the answer, or the end of the connection. */
const ask = async (socket: TLSSocket): Promise<string> => {
  const closed = closing(socket);
  socket.write(encodeProto(ProtoType.INFO, Buffer.from('node\n')));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    socket.destroy();
  });
  await closed;
  return Buffer.concat(chunks).subarray(8).toString();
};

t.test('who gets through', async (t) => {
  const one = await start(t, {});
  const mutual = await start(t, { ca });
  const answer = 'node\tA1\n';
  const rows: readonly (readonly [string, typeof one, ConnectionOptions, string])[] = [
    ['TLS', one, { ca }, answer],
    ['a certificate that nobody wants', one, certified, answer],
    ['mutual TLS', mutual, certified, answer],
    ['no certificate', mutual, { ca }, ''],
    ['a TLS that is too old', one, { ca, maxVersion: 'TLSv1.1' }, ''],
  ];
  for (const [what, { open }, options, expected] of rows) {
    t.equal(await ask(open(options)), expected, what);
  }
  // Failed handshakes end nothing but themselves.
  t.equal(await ask(mutual.open(certified)), answer);
});

t.test('what is no handshake', async (t) => {
  const { sandbox, node, open } = await start(t, {});
  const plain = connect(node.port, '127.0.0.1');
  plain.write(encodeProto(ProtoType.INFO, Buffer.from('node\n')));
  await closing(plain);
  const silent = connect(node.port, '127.0.0.1');
  await once(silent, 'connect');
  const secure = open({ ca });
  await once(secure, 'secureConnect');
  const closed = [closing(silent), closing(secure)];
  await sandbox.close();
  await Promise.all(closed);
  t.pass('both are closed');
});

t.test('faults below TLS', async (t) => {
  const { node, open } = await start(t, {});
  const socket = open({ ca });
  await once(socket, 'secureConnect');
  const closed = closing(socket);
  node.resetConnections();
  await closed;
  node.faults.refuseConnections(1);
  t.equal(await ask(open({ ca })), '');
  t.equal(await ask(open({ ca })), 'node\tA1\n');
});

t.test('TLS names', async (t) => {
  t.equal(tlsNameOf(identity), 'sandbox');
  for (const cert of ['none', NAMELESS]) {
    t.throws(() => tlsNameOf({ ...identity, cert }), { code: 'USAGE' });
  }
});

t.test('certificates and keys that are none', async (t) => {
  for (const wrong of [{ cert: 'none' }, { key: 'none' }, { key: certified.key }, { ca: 'none' }]) {
    const tls = { ...identity, ...wrong };
    await t.rejects(startSandbox({ tls }), { code: 'USAGE' }, Object.keys(wrong).join());
  }
});
