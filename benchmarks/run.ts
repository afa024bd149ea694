/**
 *     npm run bench                       each stage, without a server
 *     npm run bench -- --parts all …      everything that there is a limit or a peer for
 *
 * Parts that need something:
 *     cluster       --hosts H --namespace N [--load 1000000]   beside asbackup
 *     restore       the same; EMPTIES the namespace again and again: --may-empty; beside asrestore
 *     s3            node test/rgw/run.ts -- npm run bench -- --parts s3     beside aws
 *
 * asbackup, asrestore and aws are on the PATH, or where `--peers DIRECTORY` says; one that is not there is
 * left out. zstd and openssl must be there for compression and encryption.
 */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import yargs from 'yargs';
import { benchCluster } from './cluster.ts';
import { benchCompression } from './compression.ts';
import { benchEncryption } from './encryption.ts';
import { benchReplay, benchWorkers } from './replay.ts';
import { benchRestore } from './restore.ts';
import { benchS3 } from './s3.ts';
import { type Section, summary, table } from './table.ts';
import { benchTools } from './tools.ts';

const PARTS = [
  'stages',
  'workers',
  'cluster',
  'restore',
  'tools',
  'compression',
  'encryption',
  's3',
] as const;
type Part = (typeof PARTS)[number];

const { argv } = yargs(process.argv.slice(2))
  .options({
    parts: {
      type: 'string',
      default: 'stages',
      describe: `what is measured, with commas between: ${PARTS.join(', ')}; or all`,
    },
    hosts: { type: 'string', describe: 'a cluster to measure against, host:port' },
    namespace: { type: 'string', default: 'test', describe: 'its namespace' },
    'may-empty': {
      type: 'boolean',
      default: false,
      describe: 'THE NAMESPACE MAY BE EMPTIED: it is, before each restore',
    },
    peers: { type: 'string', describe: "a directory with the peers' commands, before the PATH" },
    load: { type: 'number', describe: 'write so many records of the benchmark there first' },
    records: { type: 'number', default: 1_000_000, describe: 'records of the replay server' },
    repeats: { type: 'number', default: 5 },
    place: { type: 'string', default: tmpdir(), describe: 'where files are written' },
  })
  .strict();
const options = await argv;

const wanted = options.parts.split(',');
const isPart = (name: string): name is Part => PARTS.some((part) => part === name);
const parts: readonly Part[] = wanted.includes('all') ? PARTS : wanted.filter(isPart);
if (!wanted.every((name) => name === 'all' || isPart(name))) {
  throw new Error(`--parts ${options.parts}: there are ${PARTS.join(', ')}, and all`);
}

/** Where a peer's command is, if anywhere. */
const peerOf = (name: string): string | undefined => {
  const directories = [options.peers ?? [], process.env.PATH?.split(delimiter) ?? []].flat();
  const isThere = (file: string): boolean => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return directories.map((directory) => join(directory, name)).find(isThere);
};

/** What a part needs, and does not have: told before any of them runs. */
const lacks: Readonly<Partial<Record<Part, string | false>>> = {
  cluster: options.hosts === undefined && 'a cluster: --hosts, --namespace',
  restore:
    (options.hosts === undefined || !options.mayEmpty) &&
    'a cluster (--hosts) whose --namespace may be emptied: --may-empty',
  s3: process.env.S3_TEST_ENDPOINT === undefined && 'a server: S3_TEST_ENDPOINT',
};
for (const part of parts) if (lacks[part]) throw new Error(`${part} needs ${lacks[part]}`);

const clusterOf = (peer: string) => {
  const { hosts: host = '', namespace, repeats } = options;
  return { host, namespace, peer: peerOf(peer), repeats, place };
};

const { records, repeats } = options;
const place = mkdtempSync(join(options.place, 'asb-bench-'));

const BENCHES: Readonly<Record<Part, () => Promise<Section[]>>> = {
  stages: () => benchReplay(records, repeats, place),
  workers: () => benchWorkers(records, repeats, place),
  cluster: () => benchCluster(clusterOf('asbackup')),
  restore: () => benchRestore(clusterOf('asrestore')),
  tools: () => benchTools(records, repeats, place),
  compression: () => benchCompression(records, repeats, place),
  encryption: () => benchEncryption(records, repeats, place),
  s3: () =>
    benchS3({
      endpoint: process.env.S3_TEST_ENDPOINT ?? '',
      peer: peerOf('aws'),
      repeats,
      records,
      place,
    }),
};

try {
  if (options.load !== undefined) {
    const { load } = await import('./load.ts');
    await load(options.hosts ?? '', options.namespace, options.load);
  }
  const all: Section[] = [];
  for (const part of parts) {
    const sections = await BENCHES[part]();
    for (const section of sections) console.log(`${section.title}\n\n${table(section)}\n`);
    all.push(...sections);
  }
  console.log(`All of it\n\n${summary(all)}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
