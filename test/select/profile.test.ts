import fc from 'fast-check';
import t from 'tap';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import {
  MAX_PROFILED_BINS,
  MAX_PROFILED_SETS,
  NEVER_EXPIRES,
  Profile,
} from '../../lib/select/profile.ts';
import { arbitraryBatch } from '../ndjson/arbitrary.ts';

const NOW = 100_000_000;
const DAY = 86_400;

const profileOf = (...batches: readonly RecordBatch[]): Profile => {
  const profile = new Profile(NOW);
  for (const batch of batches) profile.add(batch);
  return profile;
};

t.test('counts and sizes by set and bin', async (t) => {
  const batch = new BatchBuilder('test')
    .add({ set: 'users', key: 1, bins: { name: 'ada', age: 36 } })
    .add({ set: 'users', key: 'two', bins: { age: 'old', name: 'grace' } })
    .add({ digest: Buffer.alloc(20, 7), bins: {} })
    .add({ set: 'users', key: 3, bins: { name: 'x'.repeat(100) } })
    .build();
  const { sets, uncountedBins, uncountedRecords } = profileOf(batch, batch);
  const { offsets } = batch;
  t.match({ uncountedBins, uncountedRecords }, { uncountedBins: 0, uncountedRecords: 0 });
  const [users, none] = sets;
  t.match(users, {
    name: Buffer.from('users'),
    records: 6,
    bytes: 2 * (offsets[3]! + offsets[7]! - offsets[6]!),
    largest: offsets[7]! - offsets[6]!,
    largestDigest: batch.at(3)!.digest,
    userKeys: [
      { type: ParticleType.INTEGER, count: 4 },
      { type: ParticleType.STRING, count: 2 },
    ],
  });
  t.match(users?.bins, [
    { name: Buffer.from('name'), records: 6, bytes: 216, largest: 100, types: [{ count: 6 }] },
    {
      name: Buffer.from('age'),
      records: 4,
      bytes: 22,
      largest: 8,
      types: [
        { type: ParticleType.INTEGER, count: 2 },
        { type: ParticleType.STRING, count: 2 },
      ],
    },
  ]);
  t.match(none, { name: Buffer.alloc(0), records: 2, userKeys: [], bins: [] });
});

t.test('when records expire', async (t) => {
  const builder = new BatchBuilder('test');
  const times: readonly (readonly [number, number])[] = [
    [1, 0],
    [NOW, 0],
    [NOW + 1, 1],
    [NOW + DAY, 1],
    [NOW + DAY + 1, 2],
    [NOW + 30 * DAY, 3],
    [NOW + 90 * DAY, 4],
    [NOW + 365 * DAY, 5],
    [NOW + 366 * DAY, 6],
    [0xffffffff, 6],
    [0, NEVER_EXPIRES],
  ];
  const expected = new Array<number>(NEVER_EXPIRES + 1).fill(0);
  for (const [voidTime, range] of times) {
    builder.add({ key: voidTime, voidTime, bins: {} });
    expected[range]!++;
  }
  t.same(profileOf(builder.build()).sets[0]?.expiry, expected);
});

t.test('the same as counting views, whatever the records are', async (t) => {
  fc.assert(
    fc.property(fc.array(arbitraryBatch, { maxLength: 3 }), (batches) => {
      const counts = new Map<string, number>();
      const count = (key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by);
      for (const record of batches.flatMap((batch) => [...batch])) {
        const set = record.setBytes.toString('hex');
        count(`${set} records`, 1);
        for (const { nameBytes, bytes, type } of record.binList()) {
          const bin = `${set} ${Buffer.from(nameBytes).toString('hex')}`;
          count(`${bin} bytes`, bytes.length);
          count(`${bin} ${type}`, 1);
        }
      }
      for (const { name, records, bins } of profileOf(...batches).sets) {
        const set = name.toString('hex');
        count(`${set} records`, -records);
        for (const { name, bytes, types } of bins) {
          const bin = `${set} ${name.toString('hex')}`;
          count(`${bin} bytes`, -bytes);
          for (const { type, count: found } of types) count(`${bin} ${type}`, -found);
        }
      }
      return [...counts.values()].every((left) => left === 0);
    }),
    { numRuns: 50 },
  );
  t.pass();
});

t.test('more names than are told apart', async (t) => {
  const names = new BatchBuilder('test');
  for (let set = 0; set <= MAX_PROFILED_SETS; set++) {
    names.add({ set: `s${set}`, digest: Buffer.alloc(20), bins: {} });
  }
  const sets = profileOf(names.build());
  t.equal(sets.sets.length, MAX_PROFILED_SETS);
  t.equal(sets.uncountedRecords, 1);

  const bins = new BatchBuilder('test');
  for (let half = 0; half < 3; half++) {
    const many = Array.from({ length: MAX_PROFILED_BINS / 2 }, (_, bin) => [`b${half}-${bin}`, 1]);
    bins.add({ key: half, bins: Object.fromEntries(many) });
  }
  t.equal(profileOf(bins.build()).uncountedBins, MAX_PROFILED_BINS / 2);
});
