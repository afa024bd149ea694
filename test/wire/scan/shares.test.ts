import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { deal } from '../../../lib/wire/scan/shares.ts';

const ALL = Array.from({ length: 4096 }, (_, id) => id);
const sandbox = await startSandbox({ nodes: 2 });
const [one, two] = sandbox.nodes;
if (one === undefined || two === undefined) throw new Error('two nodes');
sandbox.migrate(ALL.slice(0, 1000), [one, two]);
sandbox.migrate(ALL.slice(1000, 4000), [two, one]);
sandbox.migrate(ALL.slice(4000), []);
const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
const map = cluster.partitionMap('test');
t.teardown(async () => {
  cluster.close();
  await sandbox.close();
});

const dealt = (parallel: number, attempt = 0, ids = ALL) => {
  const { shares, orphans } = deal(ids, map, () => attempt, parallel);
  return {
    shares: shares.map(({ node, partitions }) => [node.name, partitions.length]),
    ids: shares.flatMap(({ partitions }) => partitions).concat(orphans),
    orphans: orphans.length,
  };
};

for (const [what, parallel, attempt, shares] of [
  ['a share for each node', 1, 0, ['A1 1000', 'A2 3000']],
  ['to the next replica', 1, 1, ['A2 1000', 'A1 3000']],
  ['and round again', 2, 2, ['A1 1000', 'A2 3000']],
  ['enough for all scans at once', 3, 0, ['A1 500', 'A1 500', 'A2 1500', 'A2 1500']],
] as const) {
  t.test(what, async (t) => {
    const { ids, orphans, ...found } = dealt(parallel, attempt);
    t.strictSame(
      found.shares.map((share) => share.join(' ')),
      shares,
    );
    t.equal(orphans, 96);
    t.strictSame(
      ids.sort((a, b) => a - b),
      ALL,
    );
  });
}

t.test('nothing to deal, and nobody to deal to', async (t) => {
  t.strictSame(dealt(4, 0, []), { shares: [], ids: [], orphans: 0 });
  t.strictSame(dealt(4, 0, [4095]), { shares: [], ids: [4095], orphans: 1 });
  t.strictSame(
    deal([1, 2], undefined, () => 0, 1),
    { shares: [], orphans: [1, 2] },
  );
});
