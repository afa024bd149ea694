/**
 * All that small jobs meet, in a process of its own, so that nothing of it counts as theirs:
 *
 *     node servers.js   prints a line of JSON (`Servers`), ends when its stdin does
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../lib/sandbox/index.ts';
import { startS3Server } from '../../test/helpers/s3/server.ts';
import { BUCKET, RECORDS, type Servers, USER } from './world.ts';

/** Records that get through before a scan breaks off. */
const BEFORE_CUT = 400;
/** Bytes of a piece of a scan, and ms between two: there is time to stop it. */
const SLOW = { size: 16 * 1024, pause: 10 };
const ALWAYS = Number.POSITIVE_INFINITY;

const tlsFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/tls/${name}`, import.meta.resolve('asb-streams/package.json')));

const sandboxes: Sandbox[] = [];
const start = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox({ records: RECORDS, ...options });
  sandboxes.push(sandbox);
  return sandbox;
};

const sound = await start({ nodes: 2 });
const cut = await start({ nodes: 2, protoSize: SLOW.size });
for (const { faults } of cut.nodes) {
  faults.cutScan({ afterRecords: BEFORE_CUT, how: 'close' }, ALWAYS);
  faults.cutWrite({ afterRows: 10, how: 'reset' }, ALWAYS);
}
const mad = await start();
mad.nodes[0]?.faults.cutScan({ afterRecords: BEFORE_CUT, how: 'nonsense' }, ALWAYS);
mad.nodes[0]?.faults.answerRows({ resultCode: 18 }, ALWAYS);
const slow = await start({ protoSize: SLOW.size });
slow.nodes[0]?.faults.slow(() => sleep(SLOW.pause));
slow.nodes[0]?.faults.slowWrites(() => sleep(SLOW.pause));
const [cert, key] = ['server.pem', 'server.key'].map((name) => readFileSync(tlsFile(name), 'utf8'));
const locked = await start({
  tls: { cert: cert!, key: key! },
  users: [{ name: USER.user, password: USER.password, roles: ['read-write', 'data-admin'] }],
});
const s3 = await startS3Server({ buckets: [BUCKET] });

const listening = async (server: ReturnType<typeof createServer>): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
};
const stranger = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
});
const gone = createServer();
const nobody = await listening(gone);
gone.close();

const seedsOf = ({ seeds, nodes }: Sandbox): string =>
  seeds
    .map((seed) => (nodes[0]?.tlsName ? seed.replace(':', `:${nodes[0].tlsName}:`) : seed))
    .join(',');
const servers: Servers = {
  sound: seedsOf(sound),
  cut: seedsOf(cut),
  mad: seedsOf(mad),
  slow: seedsOf(slow),
  locked: seedsOf(locked),
  stranger: await listening(stranger),
  nobody,
  s3: s3.endpoint,
  s3Environment: {
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    AWS_REGION: s3.region,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
  ca: tlsFile('ca.pem'),
};
console.log(JSON.stringify(servers));

process.stdin.resume().once('end', async () => {
  stranger.close();
  await Promise.all([s3.close(), ...sandboxes.map((sandbox) => sandbox.close())]);
});
