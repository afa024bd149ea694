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
import { inTurn, type Section } from './table.ts';

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
  ['backup', 'backup to /dev/null'],
  ['backup-workers-1', 'the same, `--workers 1`'],
  ['backup-workers-2', 'the same, `--workers 2`'],
  ['backup-workers-3', 'the same, `--workers 3`'],
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
const compare = async (bench: PeerBench, records: number): Promise<Section[]> => {
  const { peer, place, repeats } = bench;
  const common = [...hostOptions(bench.host), '-n', bench.namespace];
  const sections: Section[] = [];
  for (const [title, options] of JOBS) {
    const given = [...common, ...options(place)];
    const run = async (...command: string[]): Promise<Measured> => {
      const measured = await runCommand([...command, ...given], records);
      rmSync(`${place}/backup`, { recursive: true, force: true });
      return measured;
    };
    const ours = [`asb backup, ${title}`, () => run(...ASB, 'backup')] as const;
    const theirs = (command: string) =>
      [`${basename(command)}, ${title}`, () => run(command)] as const;
    const more = ['--workers', '2'];
    const shared = [
      `asb backup, ${title}, \`--workers 2\``,
      () => run(...ASB, 'backup', ...more),
    ] as const;
    const ways = [...(peer === undefined ? [] : [theirs(peer)]), ours, shared];
    sections.push({
      title: `Backup ${title}`,
      rows: await inTurn(ways, repeats),
      by: 'records',
    });
  }
  return sections;
};

/** What the stages do there, beside draining the socket. */
const inProcess = async (bench: PeerBench, records: number): Promise<Section> => {
  const { host, namespace, place, repeats } = bench;
  const ways = IN_PROCESS.map(([job, title]) => {
    const run = async (): Promise<Measured> => {
      const measured = await runJob(job, host, namespace, place);
      if (job === 'drain' || measured.records === records) return { ...measured, records };
      throw new Error(`${job}: ${measured.records} records of ${records}`);
    };
    return [title, run] as const;
  });
  return {
    title: 'On the way out, from a cluster',
    rows: await inTurn(ways, repeats),
    by: 'records',
  };
};

export const benchCluster = async (bench: PeerBench): Promise<Section[]> => {
  const records = await countOn(bench);
  return [await inProcess(bench, records), ...(await compare(bench, records))];
};
