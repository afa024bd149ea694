import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { Census, MAX_COUNTED_SETS } from '../../lib/record/census.ts';
import { Field, Op } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import type { AsbRecord } from '../../lib/record/record.ts';
import { Double, TypedBytes } from '../../lib/record/values.ts';
import { arbitraryBatch } from '../ndjson/arbitrary.ts';

const NOW = 1000;

const censusOf = (...batches: readonly RecordBatch[]): Census => {
  const census = new Census(NOW);
  for (const batch of batches) census.add(batch);
  return census;
};

const setsOf = (census: Census): [string, number][] =>
  census.sets.map(({ name, records }) => [name.toString('latin1'), records]);

t.test('counts records, sets, bins and user keys', async (t) => {
  const batch = new BatchBuilder('test')
    .add({ set: 'b', key: 1, bins: { i: 1, d: new Double(1), s: 'x' } })
    .add({ set: 'b', key: 'one', bins: { i: 2, yes: true } })
    .add({
      set: 'a',
      key: Buffer.of(1),
      bins: { list: [], odd: new TypedBytes(200, Buffer.of(1)) },
    })
    .add({ digest: Buffer.alloc(20), bins: {} })
    .add({ set: 'b', key: new Double(0.5), bins: {} })
    .build();
  const census = censusOf(batch, batch);
  t.equal(census.records, 10);
  t.same(setsOf(census), [
    ['', 2],
    ['a', 2],
    ['b', 6],
  ]);
  t.same(census.bins, [
    { type: ParticleType.INTEGER, count: 4 },
    { type: ParticleType.DOUBLE, count: 2 },
    { type: ParticleType.STRING, count: 2 },
    { type: ParticleType.BOOLEAN, count: 2 },
    { type: ParticleType.LIST, count: 2 },
    { type: 200, count: 2 },
  ]);
  t.same(census.userKeys, [
    { type: ParticleType.INTEGER, count: 2 },
    { type: ParticleType.DOUBLE, count: 2 },
    { type: ParticleType.STRING, count: 2 },
    { type: ParticleType.BLOB, count: 2 },
  ]);
});

t.test('nothing counted is nothing told', async (t) => {
  t.match(censusOf(), { records: 0, sets: [], bins: [], userKeys: [], expired: 0, neverExpire: 0 });
});

t.test('a void time that has come is past, and 0 is never', async (t) => {
  const builder = new BatchBuilder('test');
  for (const voidTime of [0, 1, NOW - 1, NOW, NOW + 1, 0xffffffff]) {
    builder.add({ key: voidTime, voidTime, bins: {} });
  }
  t.match(censusOf(builder.build()), { records: 6, neverExpire: 1, expired: 3 });
});

t.test('an empty set is none, and a key without its type is none', async (t) => {
  const writer = new MessageWriter();
  writer.begin();
  writer.field(Field.SET, Buffer.alloc(0));
  writer.field(Field.KEY, Buffer.alloc(0));
  writer.op(Op.READ, ParticleType.NULL, Buffer.from('b'));
  writer.end();
  const bytes = writer.take();
  const census = censusOf(new RecordBatch(bytes, Uint32Array.of(0, bytes.length)));
  t.match(census, { records: 1, userKeys: [], bins: [{ type: ParticleType.NULL, count: 1 }] });
  t.same(setsOf(census), [['', 1]]);
});

t.test('sets beyond the limit are counted together', async (t) => {
  const builder = new BatchBuilder('test');
  const digest = Buffer.alloc(20);
  for (let index = 0; index < MAX_COUNTED_SETS; index++) {
    builder.add({ set: `set ${index}`, digest, bins: {} });
  }
  builder.add({ set: 'one more', digest, bins: {} }).add({ set: 'set 7', digest, bins: {} });
  const census = censusOf(builder.build());
  t.equal(census.sets.length, MAX_COUNTED_SETS);
  t.match(census, { records: MAX_COUNTED_SETS + 2, inUncountedSets: 1 });
  t.match(
    census.sets.find(({ name }) => name.equals(Buffer.from('set 7'))),
    { records: 2 },
  );
});

/** The same counts by the views of records, which decode. */
const byViews = (records: readonly AsbRecord[]) => {
  const sets = new Map<string, number>();
  const bins = new Map<number, number>();
  const userKeys = new Map<number, number>();
  const count = <Key>(counts: Map<Key, number>, key: Key): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const record of records) {
    count(sets, record.setBytes.toString('latin1'));
    if (record.userKey !== undefined) count(userKeys, record.userKey.type);
    for (const bin of record.binList()) count(bins, bin.type);
  }
  return { sets, bins, userKeys };
};

t.test('agrees with the views of any records', async () => {
  fc.assert(
    fc.property(fc.array(arbitraryBatch, { maxLength: 4 }), (batches) => {
      const census = censusOf(...batches);
      const counted = {
        sets: new Map(setsOf(census)),
        bins: new Map(census.bins.map(({ type, count }) => [type, count])),
        userKeys: new Map(census.userKeys.map(({ type, count }) => [type, count])),
      };
      return isDeepStrictEqual(counted, byViews(batches.flatMap((batch) => [...batch])));
    }),
    { numRuns: 50 },
  );
});
