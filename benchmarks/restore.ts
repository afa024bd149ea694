/**
 * Question: how do `asb restore` and `asb verify` compare with a peer on the same files and the
 * same cluster? Whole processes, ours and the peer's in turn; the namespace is emptied before each.
 */
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddresses } from '../lib/wire/address.ts';
import { Cluster } from '../lib/wire/cluster.ts';
import { countRecords } from '../lib/wire/statistics.ts';
import { countOn, hostOptions, type PeerBench } from './cluster.ts';
import type { Measured } from './job.ts';
import { ASB, runCommand } from './process.ts';
import { type Row, table } from './table.ts';

/** Milliseconds between two looks at a namespace that is being emptied. */
const LOOK_INTERVAL = 200;

/** The peer reads zstd only if it is told to. */
const FORMS: readonly (readonly [title: string, options: readonly string[]])[] = [
  ['`-d`', []],
  ['`-d -z zstd`', ['-z', 'zstd']],
];

const empty = async ({ host, namespace }: PeerBench): Promise<void> => {
  const cluster = await Cluster.connect({ seeds: parseAddresses(host) });
  try {
    await cluster.askAny(`truncate-namespace:namespace=${namespace}`);
    while ((await countRecords(cluster.nodes, namespace, [])) > 0) await sleep(LOOK_INTERVAL);
  } finally {
    cluster.close();
  }
};

/** Runs ours and the peer's in turn; `before` each. */
const inTurn = async (
  { peer, repeats }: PeerBench,
  title: string,
  records: number,
  ours: readonly string[],
  theirs: readonly string[],
  before: () => Promise<void>,
): Promise<string> => {
  const own: Row & { runs: Measured[] } = { name: `asb ${ours[0]}, ${title}`, runs: [] };
  const other: Row & { runs: Measured[] } = { name: `${basename(peer ?? '')}, ${title}`, runs: [] };
  for (let repeat = 0; repeat < repeats; repeat++) {
    await before();
    own.runs.push(await runCommand([...ASB, ...ours], records));
    if (peer === undefined) continue;
    await before();
    other.runs.push(await runCommand([peer, ...theirs], records));
  }
  return peer === undefined ? table([own], own) : table([other, own], other);
};

/** @param bench the namespace holds the records that are backed up first, and restored then */
export const benchRestore = async (bench: PeerBench): Promise<string> => {
  const records = await countOn(bench);
  const common = [...hostOptions(bench.host), '-n', bench.namespace];
  const tables: string[] = [];
  for (const [title, options] of FORMS) {
    const files = `${bench.place}/files-${tables.length}`;
    await runCommand([...ASB, 'backup', ...common, '-d', files, '-F', '64', ...options], records);
    const restored = async (): Promise<void> => {
      const found = await countOn(bench);
      if (found !== records) throw new Error(`${found} of ${records} records were restored`);
    };
    const from = [...common, '-d', files];
    tables.push(
      await inTurn(bench, title, records, ['restore', ...from], [...from, ...options], () =>
        empty(bench),
      ),
    );
    await restored();
    const check = ['--validate', '-d', files, ...options];
    tables.push(await inTurn(bench, title, records, ['verify', files], check, async () => {}));
  }
  return tables.join('\n\n');
};
