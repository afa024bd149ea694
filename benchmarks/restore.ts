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
import { ASB, runCommand } from './process.ts';
import { inTurn, type Row, type Section } from './table.ts';

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

/** Ours and the peer's in turn; `before` each. */
const beside = (
  { peer, repeats }: PeerBench,
  title: string,
  records: number,
  ours: readonly string[],
  theirs: readonly string[],
  before: () => Promise<void>,
): Promise<Row[]> => {
  const run = (command: readonly string[]) => async () => {
    await before();
    return runCommand(command, records);
  };
  const own = [`asb ${ours[0]}, ${title}`, run([...ASB, ...ours])] as const;
  const more = ['--workers', '2'];
  const shared = [
    `asb ${ours[0]}, ${title}, \`--workers 2\``,
    run([...ASB, ...ours, ...more]),
  ] as const;
  const all = ours[0] === 'restore' ? [own, shared] : [own];
  if (peer === undefined) return inTurn(all, repeats);
  const [first = ''] = theirs;
  const validates = first === '--validate' ? ' `--validate`' : '';
  const other = [`${basename(peer)}${validates}, ${title}`, run([peer, ...theirs])] as const;
  return inTurn([other, ...all], repeats);
};

/** @param bench the namespace holds the records that are backed up first, and restored then */
export const benchRestore = async (bench: PeerBench): Promise<Section[]> => {
  const records = await countOn(bench);
  const common = [...hostOptions(bench.host), '-n', bench.namespace];
  const sections: Section[] = [];
  for (const [title, options] of FORMS) {
    const files = `${bench.place}/files-${sections.length}`;
    await runCommand([...ASB, 'backup', ...common, '-d', files, '-F', '64', ...options], records);
    const from = [...common, '-d', files];
    const restored = await beside(
      ...([bench, title, records] as const),
      ...([
        ['restore', ...from],
        [...from, ...options],
      ] as const),
      () => empty(bench),
    );
    const found = await countOn(bench);
    if (found !== records) throw new Error(`${found} of ${records} records were restored`);
    const check = ['--validate', '-d', files, ...options];
    const verified = await beside(bench, title, records, ['verify', files], check, async () => {});
    sections.push(
      { title: `Restore ${title}`, rows: restored, by: 'records' },
      { title: `Verify ${title}`, rows: verified, by: 'records' },
    );
  }
  return sections;
};
