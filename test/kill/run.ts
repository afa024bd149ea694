/**
 * Backups that are killed at random moments, continued, and held against one that was not:
 *
 *     node test/kill/run.ts [--kills 50] [--seed N] [--records N] [--nodes N] [--place DIRECTORY]
 *         [--hosts HOST:PORT --namespace NS]
 *         [--what backup | node [--kill-node COMMAND --start-node COMMAND]] [-- OPTIONS OF BACKUP]
 *
 * `backup` kills the backup with SIGKILL; `node` kills a node of the cluster, or all, while a backup
 * runs, and brings it back. Without --hosts a sandbox cluster is started; the nodes of another are killed and
 * started by the two commands, which return when that is done. A place may be `s3://bucket/prefix`, of
 * the server that S3_TEST_ENDPOINT names. What was lost or came twice makes the exit status 1.
 */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { keyFromFile } from '../../lib/crypto/key-source.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { Random } from '../fuzz/random.ts';
import { EXECUTABLE } from '../helpers/asb.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { type Running, type Shape, shapesIn, tryBackup } from './trial.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    records: { type: 'string', default: '60000' },
    nodes: { type: 'string', default: '2' },
    place: { type: 'string' },
    hosts: { type: 'string' },
    namespace: { type: 'string', default: 'test' },
    what: { type: 'string', default: 'backup' },
    'kill-node': { type: 'string' },
    'start-node': { type: 'string' },
  },
});

const scratch = mkdtempSync(join(tmpdir(), 'asb-kill-'));
const place = values.place ?? scratch;
const keyFile = join(scratch, 'key.pem');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
const encryption = { mode: 'aes128', key: await keyFromFile(keyFile) } as const;

const endpoint = process.env.S3_TEST_ENDPOINT;
const s3 = endpoint === undefined ? {} : { endpoint };
const s3Args =
  endpoint !== undefined && place.startsWith('s3://') ? ['--s3-endpoint-override', endpoint] : [];

const random = new Random(Number(values.seed));
const { namespace } = values;
const sandbox =
  values.hosts === undefined
    ? await startSandbox({
        nodes: Number(values.nodes),
        records: Number(values.records),
        protoSize: 32 * 1024,
      })
    : undefined;
// In the time that a command takes to start there is nothing to lose.
for (const { faults } of sandbox?.nodes ?? []) faults.slow(() => sleep(5));
const hosts = values.hosts ?? sandbox!.seeds.join(',');
const backup = ['backup', '-h', hosts, '-n', namespace, ...s3Args, ...positionals];
// So that some run out of retries, and go on from their state.
if (values.what === 'node') backup.push('--max-retries', '1');

const run = promisify(execFile);
const command = async (name: 'kill-node' | 'start-node'): Promise<void> => {
  const line = values[name];
  if (line === undefined) throw new Error(`--${name} is needed with --what node and --hosts`);
  await run('sh', ['-c', line]);
};

/** Kills a node, or all of a sandbox, lets the backup be without for a while, and brings it back. */
const strikeNode = async (): Promise<void> => {
  const away = 100 + random.below(1500);
  if (sandbox === undefined) {
    await command('kill-node');
    await sleep(away);
    await command('start-node');
    return;
  }
  const nodes = random.below(3) === 0 ? sandbox.nodes : [random.pick(sandbox.nodes)];
  for (const node of nodes) await sandbox.kill(node);
  await sleep(away);
  for (const node of nodes) await sandbox.revive(node);
};
const strike = values.what === 'node' ? strikeNode : async (run: Running) => run.kill();

const shapes = shapesIn(place, namespace, keyFile);
const contentIn = (shape: Shape) =>
  contentOf(shape.location, { s3, ...(shape.encrypted ? { encryption } : {}) });

console.log(`killing: ${values.what}, seed ${values.seed}, ${hosts}, ${place}`);
const usual = new Map<Shape, number>();
for (const shape of shapes) {
  const begin = performance.now();
  await run(process.execPath, [EXECUTABLE, ...backup, ...shape.args, '-r']);
  usual.set(shape, performance.now() - begin);
}
const wanted = await contentIn(shapes[0]!);
console.log(`${wanted.records.size} records, ${wanted.indexes} indexes, ${wanted.udfs} modules`);

const most = Number(values.kills);
const sums = { kills: 0, trials: 0, continued: 0, anew: 0, wrong: 0 };
while (sums.kills < most) {
  const shape = random.pick(shapes);
  const kills = Math.min(most - sums.kills, 1 + random.below(4));
  const options = { args: backup, shape, s3, random, usual: usual.get(shape)!, kills, strike };
  const trial = await tryBackup(options);
  const found = differences(await contentIn(shape), wanted);
  sums.trials++;
  sums.kills += trial.kills;
  sums.continued += trial.continued;
  sums.anew += trial.anew - 1;
  if (found.length > 0) sums.wrong++;
  const words = trial.words.map((word) => `\n    ${word.trim()}`).join('');
  const result = found.length === 0 ? 'the same' : found.join(', ');
  console.log(
    `${shape.name}: ${trial.kills} kills, continued ${trial.continued}: ${result}${words}`,
  );
}
await sandbox?.close();
rmSync(scratch, { recursive: true });
console.log(
  `${sums.kills} kills in ${sums.trials} backups: continued ${sums.continued} times, begun anew ` +
    `${sums.anew} times; ${sums.wrong} with records lost, twice or changed`,
);
process.exitCode = sums.wrong > 0 ? 1 : 0;
