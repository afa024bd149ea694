import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { Holders } from '../../../lib/wire/scan/holders.ts';
import { PartitionTracker } from '../../../lib/wire/scan/partition-tracker.ts';
import { Dealer, type Dealt } from '../../../lib/wire/scan/shares.ts';

const ALL = Array.from({ length: 4096 }, (_, id) => id);
const sandbox = await startSandbox({ nodes: 2 });
const [one, two] = sandbox.nodes;
if (one === undefined || two === undefined) throw new Error('two nodes');
sandbox.migrate(ALL.slice(0, 1000), [one, two]);
sandbox.migrate(ALL.slice(1000, 4000), [two, one]);
sandbox.migrate(ALL.slice(4000), []);
const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
t.teardown(async () => {
  cluster.close();
  await sandbox.close();
});

const dealerOf = (attempt = 0, holders = new Holders(), namespace = 'test') => {
  const tracker = new PartitionTracker();
  for (let times = 0; times < attempt; times++) tracker.failed(ALL);
  return new Dealer(cluster, namespace, tracker, holders);
};
const seen = ({ shares, lacks }: Dealt) => ({
  shares: shares.map(({ node, partitions }) => `${node.name} ${partitions.length}`),
  lacks: lacks.map(({ why, partitions }) => `${why.code} ${partitions.length}`),
  ids: [...shares, ...lacks].flatMap(({ partitions }) => partitions).sort((a, b) => a - b),
});

for (const [what, parallel, attempt, shares] of [
  ['a share for each node', 1, 0, ['A1 1000', 'A2 3000']],
  ['to the next replica', 1, 1, ['A2 1000', 'A1 3000']],
  ['and round again', 2, 2, ['A1 1000', 'A2 3000']],
  ['enough for all scans at once', 3, 0, ['A1 500', 'A1 500', 'A2 1500', 'A2 1500']],
] as const) {
  t.test(what, async (t) => {
    const dealt = dealerOf(attempt).deal(ALL, parallel);
    t.strictSame(seen(dealt), { shares, lacks: ['PARTITIONS 96'], ids: ALL });
  });
}

t.test('nothing to deal, and nobody to deal to', async (t) => {
  t.strictSame(seen(dealerOf().deal([], 4)), { shares: [], lacks: [], ids: [] });
  const lost = dealerOf().deal([4095], 4);
  t.strictSame(seen(lost), { shares: [], lacks: ['PARTITIONS 1'], ids: [4095] });
  const none = dealerOf(0, new Holders(), 'none').deal([1, 2], 4);
  t.strictSame(seen(none), { shares: [], lacks: ['NO_NAMESPACE 2'], ids: [1, 2] });
});

t.test('whose holders have left is not read from others', async (t) => {
  const holders = new Holders(new Map([['A9', Buffer.alloc(512, 0xff)]]));
  const { shares, lacks } = dealerOf(0, holders).deal([0, 1, 4095], 1);
  t.strictSame(shares, []);
  t.match(lacks, [{ partitions: [0, 1, 4095], why: { code: 'PARTITIONS' }, gained: false }]);
  t.equal(lacks.length, 1);
  t.ok(lacks[0]?.why.message.includes('A9'));
});

t.test('a cluster that can’t be reached is asked as it was known', async (t) => {
  const alone = await startSandbox();
  const other = await Cluster.connect({ seeds: parseAddresses(alone.seeds.join()) });
  const dealer = new Dealer(other, 'test', new PartitionTracker(), new Holders());
  dealer.deal(ALL, 1);
  await alone.close();
  await t.rejects(other.refresh(), { code: 'CONNECT' });
  t.strictSame(other.nodes, []);
  t.strictSame(seen(dealer.deal(ALL, 1)).shares, ['A1 4096']);
  other.close();
});
