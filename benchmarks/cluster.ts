/**
 * Question: how does `asb backup` compare with a peer against a real cluster? Whole processes,
 * ours and the peer's in turn.
 */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { parseAddresses } from '../lib/wire/address.ts';
import { Cluster } from '../lib/wire/cluster.ts';
import { countRecords } from '../lib/wire/statistics.ts';
import type { Measured } from './job.ts';
import { ASB, runCommand, runJob } from './process.ts';
import { type Row, table } from './table.ts';

export interface PeerBench {
  readonly host: string;
  readonly namespace: string;
  /** The peer's command; its own options are given to it. */
  readonly peer: string | undefined;
  readonly repeats: number;
  readonly place: string;
}

const JOBS: readonly (readonly [title: string, options: (place: string) => string[]])[] = [
  ['to stdout, `-w 1`', () => ['-o', '-', '-w', '1']],
  ['`-d -w 4`', (place) => ['-d', `${place}/backup`, '-r', '-w', '4']],
  ['`-d -z zstd`', (place) => ['-d', `${place}/backup`, '-r', '-z', 'zstd']],
];

const IN_PROCESS: readonly (readonly [job: string, title: string])[] = [
  ['drain', 'drain the socket (the limit)'],
  ['scan', 'scan'],
  ['serialize', 'scan, serialize'],
  ['ndjson-out', 'scan, NDJSON out'],
];

export const countOn = async ({ host, namespace }: PeerBench): Promise<number> => {
  const cluster = await Cluster.connect({ seeds: parseAddresses(host) });
  try {
    cluster.requireNamespace(namespace);
    return await countRecords(cluster.nodes, namespace, []);
  } finally {
    cluster.close();
  }
};

export const hostOptions = (host: string): string[] => {
  const { host: name = '', port = 0 } = parseAddresses(host)[0] ?? {};
  return ['-h', name, '-p', String(port)];
};

/** Each job beside the peer's; without a peer each stands alone. */
const compare = async (bench: PeerBench, records: number): Promise<string[]> => {
  const common = [...hostOptions(bench.host), '-n', bench.namespace];
  const tables: string[] = [];
  for (const [title, options] of JOBS) {
    const ours: Row & { runs: Measured[] } = { name: `asb backup, ${title}`, runs: [] };
    const theirs: Row & { runs: Measured[] } = {
      name: `${basename(bench.peer ?? '')}, ${title}`,
      runs: [],
    };
    for (let repeat = 0; repeat < bench.repeats; repeat++) {
      const given = [...common, ...options(bench.place)];
      ours.runs.push(await runCommand([...ASB, 'backup', ...given], records));
      rmSync(`${bench.place}/backup`, { recursive: true, force: true });
      if (bench.peer === undefined) continue;
      theirs.runs.push(await runCommand([bench.peer, ...given], records));
      rmSync(`${bench.place}/backup`, { recursive: true, force: true });
    }
    tables.push(bench.peer === undefined ? table([ours], ours) : table([theirs, ours], theirs));
  }
  return tables;
};

const inProcess = async (bench: PeerBench, records: number): Promise<string> => {
  const rows: (Row & { runs: Measured[] })[] = IN_PROCESS.map(([, name]) => ({ name, runs: [] }));
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    for (const [index, [job]] of IN_PROCESS.entries()) {
      const run = await runJob(job, bench.host, bench.namespace, bench.place);
      rows[index]!.runs.push({ ...run, records });
    }
  }
  return table(rows, rows[0]!);
};

export const benchCluster = async (bench: PeerBench): Promise<string> => {
  const records = await countOn(bench);
  const tables = [await inProcess(bench, records), ...(await compare(bench, records))];
  return tables.join('\n\n');
};
