import { createHash } from 'node:crypto';
import t from 'tap';
import { type Estimated, exactly } from '../../lib/jobs/estimate-math.ts';
import { Sample, type SampleOptions } from '../../lib/jobs/estimate-sample.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { partitionOf } from '../../lib/record/layout.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { connectTo } from '../../lib/wire/connect.ts';
import { setIs } from '../../lib/wire/scan/filter-expression.ts';

const RECORDS = 9000;
const sandbox = await startSandbox({ records: RECORDS, nodes: 2 });
const cluster = await connectTo({ seeds: sandbox.seeds.join() });

// Namespace "copy" has large partitions, of which one record in three is in set "s1".
const LARGE = 150;
const LARGE_PARTITIONS = Array.from({ length: 90 }, (_, index) => index * 45);
const copy = sandbox.cluster.namespaces.get('copy')!;
const [bin] = [...sandbox.cluster.namespaces.get('test')!][0]!.bins;
for (const partition of LARGE_PARTITIONS) {
  for (let index = 0; index < LARGE; index++) {
    const digest = createHash('sha1').update(`${partition} ${index}`).digest();
    digest[0] = partition & 0xff;
    digest[1] = (digest[1]! & 0xf0) | (partition >> 8);
    copy.put({
      digest,
      set: Buffer.from(index % 3 === 0 ? 's1' : 's2'),
      key: undefined,
      generation: 1,
      voidTime: 0,
      lastUpdate: 1_700_000_000_000,
      bins: [bin!],
    });
  }
}
const LARGE_SCAN = { namespace: 'copy', partitions: LARGE_PARTITIONS };
const LARGE_SAMPLE = { samples: 600, records: LARGE * 4096 };

t.teardown(async () => {
  cluster.close();
  await sandbox.close();
});

const ALL = Array.from({ length: 4096 }, (_, id) => id);

/** Takes a sample; gives it, and the digests in its text. */
const sampleOf = async (
  wanted: Partial<SampleOptions['scan']>,
  options: Partial<SampleOptions> = {},
) => {
  const sample = new Sample({
    scan: { namespace: 'test', cluster, partitions: ALL, ...wanted },
    compact: false,
    records: RECORDS,
    samples: 500,
    signal: new AbortController().signal,
    ...options,
  });
  const digests: string[] = [];
  let bytes = 0;
  for await (const text of sample.text()) {
    bytes += text.length;
    for (const match of text.toString('latin1').matchAll(/^\+ d (\S+)$/gm)) digests.push(match[1]!);
    giveBack(text);
  }
  return { sample, digests, bytes };
};

const isWithin = ({ least, most }: Estimated, value: number): boolean =>
  least <= value && value <= most;

t.test('it comes from everywhere, each record once', async (t) => {
  const { sample, digests, bytes } = await sampleOf({});
  const { count, mean } = sample.sizes;
  t.ok(count >= 500 && count < 800, `${count} records`);
  t.equal(new Set(digests).size, count);
  t.ok(Math.abs(mean * count - bytes) < 1e-3, 'the sizes are those of the text');
  t.notOk(sample.complete);
  t.strictSame(sample.share, exactly(1));
  const ids = digests.map((digest) => partitionOf(Buffer.from(digest, 'base64')));
  for (let from = 0; from < 4096; from += 512) {
    const within = ids.filter((id) => id >= from && id < from + 512).length;
    t.ok(within > count / 16, `${within} from partition ${from} on`);
  }
});

t.test('all there is, if that is not enough', async (t) => {
  const { sample, digests } = await sampleOf({}, { samples: 20_000 });
  t.equal(new Set(digests).size, RECORDS);
  t.ok(sample.complete);
  const none = await sampleOf({ partitions: [] });
  t.ok(none.sample.complete);
  t.equal(none.sample.sizes.count, 0);
});

t.test('a few records of each large partition', async (t) => {
  const { sample, digests } = await sampleOf(LARGE_SCAN, LARGE_SAMPLE);
  t.equal(digests.length, 600);
  t.equal(new Set(digests).size, 600);
  const ids = new Set(digests.map((digest) => partitionOf(Buffer.from(digest, 'base64'))));
  t.equal(ids.size, 30, 'no fewer than 20 of each');
  t.notOk(sample.complete);
  const one = await sampleOf({ partitions: [77] }, { samples: 1, records: 4096 * 21 });
  t.ok(one.sample.complete, 'a partition that has fewer than the fewest is read to its end');
});

t.test('the share that passes', async (t) => {
  const s1 = [...sandbox.cluster.namespaces.get('test')!].filter(
    ({ set }) => set.toString() === 's1',
  ).length;
  const rows: readonly [string, Partial<SampleOptions['scan']>, Partial<SampleOptions>, number][] =
    [
      ['two of five', { filterExpression: setIs('s1') }, {}, s1 / RECORDS],
      ['a third', { ...LARGE_SCAN, filterExpression: setIs('s1') }, LARGE_SAMPLE, 1 / 3],
      ['all', { modifiedAfter: 1n }, {}, 1],
      ['all of large ones', { ...LARGE_SCAN, modifiedAfter: 1n }, LARGE_SAMPLE, 1],
      ['none of large ones', { ...LARGE_SCAN, noTtlOnly: true, bins: ['none'] }, LARGE_SAMPLE, 0],
      ['few', { filterExpression: setIs('odd') }, { samples: 10 }, 17 / RECORDS],
      ['none', { filterExpression: setIs('none') }, { samples: 10 }, 0],
      ['those with a bin', { bins: ['i_zero'] }, { samples: 10 }, 1 / RECORDS],
    ];
  for (const [what, wanted, options, share] of rows) {
    const { sample } = await sampleOf(wanted, options);
    t.ok(isWithin(sample.share, share), `${what}: ${JSON.stringify(sample.share)}, ${share}`);
    t.ok(sample.share.most < Math.max(1.5 * share, 0.05) || share === 1, what);
  }
});

t.test('if nothing passes, and not all was looked at, others tell of sizes', async (t) => {
  const { sample } = await sampleOf({ filterExpression: setIs('none') }, { samples: 5 });
  t.notOk(sample.complete);
  t.equal(sample.share.value, 0);
  t.ok(sample.sizes.count > 0 && sample.sizes.mean > 100);
  const all = await sampleOf({ filterExpression: setIs('none') }, { samples: RECORDS });
  t.ok(all.sample.complete);
  t.equal(all.sample.sizes.count, 0);
});

t.test('a signal ends it', async (t) => {
  const stop = new AbortController();
  stop.abort();
  await t.rejects(sampleOf({}, { signal: stop.signal }), { name: 'AbortError' });
});
