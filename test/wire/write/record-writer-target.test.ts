/** What a record writer leaves in a sandbox, or in a real cluster if `AEROSPIKE_HOSTS` is set. */
import t from 'tap';
import { BatchBuilder, type PlainRecord } from '../../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../../lib/record/layout.ts';
import { geoJsonTextOffset, ParticleType } from '../../../lib/record/particle.ts';
import type { AsbRecord } from '../../../lib/record/record.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { PartitionScan } from '../../../lib/wire/scan/partition-scan.ts';
import {
  RecordWriter,
  type RecordWriterOptions,
  type WriteInfo,
} from '../../../lib/wire/write/record-writer.ts';
import { EVERY_TYPE, EVERY_TYPE_SET } from '../../helpers/every-type.ts';
import { startTarget } from '../../helpers/target.ts';

const target = await startTarget({ nodes: 2 });
const cluster = await Cluster.connect({ seeds: parseAddresses(target.seeds.join()) });
const SET = `writer ${process.pid}`;
const namespace = target.copyNamespace;

t.teardown(async () => {
  for (const set of [SET, EVERY_TYPE_SET]) {
    await cluster.askAny(`truncate:namespace=${namespace};set=${set}`);
  }
  cluster.close();
  await target.close();
});

const write = async (
  records: readonly PlainRecord[],
  options: Partial<RecordWriterOptions> = {},
): Promise<Partial<WriteInfo>> => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add({ set: SET, ...record });
  const writer = new RecordWriter(cluster, { namespace, source: 'test', ...options });
  await writer.write(builder.build());
  await writer.flush();
  writer.close();
  const { total: _total, bytes: _bytes, retried: _retried, ...counts } = writer.info;
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
};

interface Seen {
  readonly key: unknown;
  readonly generation: number;
  readonly voidTime: number;
  /** Type and particle in hex, by name; GeoJSON without cells, which are the server's. */
  readonly bins: Readonly<Record<string, string>>;
}

const see = (record: AsbRecord): Seen => {
  const bins = [...record.binList()].map(({ name, type, bytes }): [string, string] => {
    const from = type === ParticleType.GEOJSON ? geoJsonTextOffset(bytes, 0) : 0;
    return [name, `${type} ${Buffer.from(bytes.subarray(from)).toString('hex')}`];
  });
  const { type, bytes } = record.userKey ?? { type: 0, bytes: Buffer.alloc(0) };
  return {
    key: `${type} ${Buffer.from(bytes).toString('hex')}`,
    generation: record.generation,
    voidTime: record.voidTime,
    bins: Object.fromEntries(bins.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

/** Records of a set, by digest. */
const stored = async (set: string): Promise<Map<string, Seen>> => {
  const seen = new Map<string, Seen>();
  const scan = new PartitionScan(cluster, { namespace, sets: [set] }, (batch) => {
    for (const record of batch) seen.set(record.digest.toString('hex'), see(record));
    return true;
  });
  await scan.run();
  return seen;
};

/** The one record with this key. */
const one = async (key: string): Promise<Seen | undefined> =>
  [...(await stored(SET)).values()].find(
    (seen) => seen.key === `3 ${Buffer.from(key).toString('hex')}`,
  );

for (const batchWrites of [true, false]) {
  t.test(`every particle type and key, batches: ${batchWrites}`, async (t) => {
    const options = { batchWrites, exists: 'replace', checkGeneration: false } as const;
    t.strictSame(await write(EVERY_TYPE, options), { inserted: EVERY_TYPE.length });
    const found = await stored(EVERY_TYPE_SET);
    for (const record of EVERY_TYPE) {
      const wanted = new BatchBuilder('test').add(record).build().at(0)!;
      const seen = found.get(wanted.digest.toString('hex'));
      const { generation: _any, ...same } = see(wanted);
      t.match(seen, same, String(record.key));
    }
    t.equal(found.size, EVERY_TYPE.length);
  });

  t.test(`void times are kept to the second, batches: ${batchWrites}`, async (t) => {
    const now = Math.floor(Date.now() / 1000) - EPOCH_SECONDS;
    const times = [0, now + 1000, now + 1001, now + 86_400, now + 9 * 365 * 86_400];
    const records = Array.from({ length: 500 }, (_, index) => ({
      key: `void ${index}`,
      generation: 10_000,
      voidTime: times[index % times.length]!,
      bins: { n: index },
    }));
    t.strictSame(await write(records, { batchWrites, batchSize: 20 }), { inserted: 500 });
    const found = await stored(SET);
    const wrong = records.filter((record) => {
      const { digest } = new BatchBuilder('test')
        .add({ set: SET, ...record })
        .build()
        .at(0)!;
      return found.get(digest.toString('hex'))?.voidTime !== record.voidTime;
    });
    t.strictSame(wrong, []);
  });

  const HERE = { bins: { a: 1, b: 1 } };
  const policies: readonly (readonly [
    what: string,
    options: Partial<RecordWriterOptions>,
    /** For a backup of generation 1 and 9, over a stored record of generation 2. */
    older: Partial<WriteInfo>,
    newer: Partial<WriteInfo>,
    olderBins: string,
    newerBins: string,
  ])[] = [
    ['update', {}, { fresher: 1 }, { inserted: 1 }, 'a b', 'a b c'],
    ['update -g', { checkGeneration: false }, { inserted: 1 }, { inserted: 1 }, 'a b c', 'a b c'],
    ['replace', { exists: 'replace' }, { fresher: 1 }, { inserted: 1 }, 'a b', 'b c'],
    [
      'replace -g',
      { exists: 'replace', checkGeneration: false },
      { inserted: 1 },
      { inserted: 1 },
      'b c',
      'b c',
    ],
    ['create', { exists: 'create' }, { existed: 1 }, { existed: 1 }, 'a b', 'a b'],
  ];
  for (const [what, options, older, newer, olderBins, newerBins] of policies) {
    t.test(`${what}, batches: ${batchWrites}`, async (t) => {
      for (const [generation, counts, bins] of [
        [1, older, olderBins],
        [9, newer, newerBins],
      ] as const) {
        const key = `${what} ${generation} ${batchWrites}`;
        await write([{ key, ...HERE }]);
        await write([{ key, ...HERE }], { checkGeneration: false });
        const backup = { key, generation, bins: { b: 2, c: 2 } };
        t.strictSame(await write([backup], { ...options, batchWrites }), counts);
        t.equal(Object.keys((await one(key))?.bins ?? {}).join(' '), bins);
        const fresh = { ...backup, key: `${key} fresh` };
        t.strictSame(await write([fresh], { ...options, batchWrites }), { inserted: 1 });
      }
    });
  }

  t.test(`odd records, batches: ${batchWrites}`, async (t) => {
    const key = (name: string) => `${name} ${batchWrites}`;
    const options = { batchWrites };
    t.strictSame(await write([{ key: key('none'), bins: {} }], options), { skipped: 1 });
    t.strictSame(await write([{ key: key('null'), bins: { a: null } }], options), { skipped: 1 });
    const zero = { key: key('zero'), generation: 0, bins: { a: 1 } };
    t.strictSame(await write([zero], options), { inserted: 1 });
    t.strictSame(await write([zero], options), { fresher: 1 });

    const some = { key: key('some'), generation: 5, bins: { a: null, b: 1 } };
    t.strictSame(await write([{ ...some, bins: { a: 1, c: 1 } }], options), { inserted: 1 });
    t.strictSame(await write([some], options), { inserted: 1 });
    t.equal(Object.keys((await one(key('some')))?.bins ?? {}).join(' '), 'b c');
    t.strictSame(await write([some], { ...options, exists: 'replace' }), { inserted: 1 });
    t.equal(Object.keys((await one(key('some')))?.bins ?? {}).join(' '), 'b');

    const large = { key: key('large'), bins: { a: Buffer.alloc(9 << 20) } };
    await t.rejects(write([large], options), { code: 'SERVER', facts: { resultCode: 13 } });
    t.strictSame(
      await write([large, { key: key('small'), bins: { a: 1 } }], {
        ...options,
        ignoreRecordErrors: true,
      }),
      { ignored: 1, inserted: 1 },
    );
    const name = 'sixteen bytes !!';
    const named = new Map([
      [name.slice(1), { type: ParticleType.GEOJSON, bytes: Buffer.from('\0\0\0{}') }],
    ]);
    await t.rejects(write([{ key: key('geo'), bins: named }], options), {
      code: 'SERVER',
      facts: { resultCode: 160 },
    });
  });
}
