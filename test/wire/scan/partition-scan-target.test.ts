/** What partition scans read of a sandbox, or of a real cluster if `AEROSPIKE_HOSTS` is set. */
import t from 'tap';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { partitionOf } from '../../../lib/record/layout.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { PartitionScan, type PartitionScanOptions } from '../../../lib/wire/scan/partition-scan.ts';
import { RecordWriter } from '../../../lib/wire/write/record-writer.ts';
import { Scanned } from '../../helpers/scanned.ts';
import { startTarget } from '../../helpers/target.ts';

const COUNT = 10_000;
const SET = `scan ${process.pid}`;
const target = await startTarget({ nodes: 2, protoSize: 2000 });
const cluster = await Cluster.connect({ seeds: parseAddresses(target.seeds.join()) });
const namespace = target.copyNamespace;

t.teardown(async () => {
  await cluster.askAny(`truncate:namespace=${namespace};set=${SET}`);
  cluster.close();
  await target.close();
});

const builder = new BatchBuilder(namespace);
for (let key = 0; key < COUNT; key++) builder.add({ set: SET, key, bins: { key } });
const writer = new RecordWriter(cluster, { namespace, exists: 'replace', checkGeneration: false });
await writer.write(builder.build());
await writer.flush();
writer.close();

/** Scans the set, until it has `most` records at least. */
const scanSet = async (
  options: Partial<PartitionScanOptions> = {},
  most = Number.POSITIVE_INFINITY,
) => {
  const scanned = new Scanned();
  /** The last digest of each partition, as a backup would save it. */
  const positions = new Map<number, Buffer>();
  const scan = new PartitionScan(cluster, { namespace, sets: [SET], ...options }, (batch) => {
    scanned.take(batch);
    for (const { digest } of batch) positions.set(partitionOf(digest), Buffer.from(digest));
    if (scanned.messages.size >= most) scan.stop();
    return true;
  });
  await scan.run();
  return { scanned, positions, info: scan.info };
};

const whole = (await scanSet()).scanned.messages;

t.test('all of it, in any number of scans at once', async (t) => {
  t.equal(whole.size, COUNT);
  for (const parallel of [2, 16]) {
    const { scanned } = await scanSet({ parallel });
    t.strictSame(scanned.twice, []);
    t.strictSame([...scanned.messages.keys()].sort(), [...whole.keys()].sort());
  }
});

for (const [parallel, most] of [
  [1, 1],
  [1, 4000],
  [4, 2500],
] as const) {
  t.test(`the rest of a scan that stopped at ${most}, of ${parallel} at once`, async (t) => {
    const cut = await scanSet({ parallel }, most);
    t.ok(cut.scanned.messages.size >= most && cut.scanned.messages.size < COUNT);
    const rest = await scanSet({ parallel, positions: cut.positions });
    t.strictSame(rest.scanned.twice, []);
    const both = [...cut.scanned.messages.keys(), ...rest.scanned.messages.keys()];
    t.strictSame(both.sort(), [...whole.keys()].sort(), 'all of it, and none twice');
    t.strictSame([rest.info.partitionsDone, rest.info.partitionsSeen], [4096, 4096]);
    t.equal(rest.info.records, COUNT - cut.scanned.messages.size);
  });
}

t.test('some partitions only', async (t) => {
  const odd = Array.from({ length: 2048 }, (_, index) => index * 2 + 1);
  const { scanned, info, positions } = await scanSet({ partitions: odd });
  const wanted = [...whole.keys()].filter((digest) => Number.parseInt(digest.slice(0, 2), 16) & 1);
  t.strictSame([...scanned.messages.keys()].sort(), wanted.sort());
  t.strictSame([info.partitionsDone, info.partitionsSeen], [2048, 2048]);
  t.equal((await scanSet({ partitions: odd, positions })).info.records, 0, 'nothing is left');
  t.equal((await scanSet({ partitions: [] })).info.records, 0);
});

t.test('partitions and positions that are none', async (t) => {
  await t.rejects(scanSet({ partitions: [4096] }), { code: 'RANGE' });
  await t.rejects(scanSet({ positions: new Map([[1, Buffer.alloc(20)]]) }), { code: 'RANGE' });
});
