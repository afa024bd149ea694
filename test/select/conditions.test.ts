import t from 'tap';
import { BatchBuilder, encodeParticle, type PlainRecord } from '../../lib/record/builder.ts';
import { computeDigest } from '../../lib/record/digest.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import type { Value } from '../../lib/record/values.ts';
import * as conditions from '../../lib/select/conditions.ts';
import { RecordParts } from '../../lib/select/record-parts.ts';

const digestOf = (set: string, key: Value): Buffer => {
  const { type, bytes } = encodeParticle(key);
  return computeDigest(Buffer.from(set), type, bytes);
};

const RECORDS: readonly PlainRecord[] = [
  { set: 'users', key: 1, generation: 1, bins: { name: 'a', age: 1 } },
  { set: 'users', key: '1', generation: 2, voidTime: 100, bins: { name: 'b' } },
  { set: 'user', key: 2, generation: 3, voidTime: 101, bins: {} },
  { key: Buffer.of(1), generation: 65_535, voidTime: 0xffffffff, bins: { age: 1 } },
  { set: 'users', digest: digestOf('users', 7), voidTime: 99, bins: { nam: 1, names: 2 } },
  { digest: digestOf('', 7), bins: { AGE: 1 } },
  { set: 'user', digest: digestOf('users', 7), bins: { '': 1 } },
];

/** Indexes of those records that meet a condition. */
const met = (
  condition: conditions.Condition,
  records: readonly PlainRecord[] = RECORDS,
): number[] => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add(record);
  const { bytes, offsets } = builder.build();
  const parts = new RecordParts();
  return records.flatMap((_, index) => {
    parts.find(bytes, offsets[index * 2]!);
    return condition(bytes, parts) ? [index] : [];
  });
};

const names = (...words: string[]): Buffer[] => words.map((word) => Buffer.from(word));
const keys = (...values: Value[]) => values.map(encodeParticle);
const moment = (voidTime: number): Date => new Date((EPOCH_SECONDS + voidTime) * 1000);

t.test('what each takes', async (t) => {
  const { inSets, withKey, withBin, withDigest, ofGeneration } = conditions;
  const cases: readonly (readonly [string, conditions.Condition, number[]])[] = [
    ['a set', inSets(names('users')), [0, 1, 4]],
    ['two sets', inSets(names('user', 'users')), [0, 1, 2, 4, 6]],
    ['no set', inSets(names('')), [3, 5]],
    ['a set that is not there', inSets(names('Users')), []],
    ['an integer key', withKey(keys(1)), [0]],
    ['a string key', withKey(keys('1')), [1]],
    ['keys of several types', withKey(keys(1, '1', Buffer.of(1))), [0, 1, 3]],
    ['a key that was not stored', withKey(keys(7)), [4, 5]],
    ['a digest', withDigest([digestOf('', 7)]), [5]],
    ['digests', withDigest([digestOf('users', 7), digestOf('users', 1)]), [0, 4, 6]],
    ['a bin', withBin(names('age')), [0, 3]],
    ['bins', withBin(names('age', 'name')), [0, 1, 3]],
    ['a bin without a name', withBin(names('')), [6]],
    ['before', conditions.expiringBefore(moment(100)), [4]],
    ['before a moment later', conditions.expiringBefore(moment(100.001)), [1, 4]],
    ['after', conditions.expiringAfter(moment(100)), [0, 1, 2, 3, 5, 6]],
    ['never', conditions.neverExpiring, [0, 5, 6]],
    ['generations', ofGeneration(2, 3), [1, 2]],
    ['the highest generation', ofGeneration(65_535, 65_535), [3]],
  ];
  for (const [name, condition, expected] of cases) t.same(met(condition), expected, name);
});

t.test('partitions', async (t) => {
  const digest = (first: number, second: number): Buffer =>
    Buffer.concat([Buffer.of(first, second), Buffer.alloc(18)]);
  const records = [digest(0, 0), digest(255, 255), digest(0, 0x10), digest(1, 0)].map((digest) => ({
    digest,
    bins: {},
  }));
  t.same(met(conditions.inPartitions([0, 4095]), records), [0, 1, 2]);
  t.same(met(conditions.inPartitions([]), records), []);
  const after = (first: number, second: number) =>
    met(conditions.inPartitions([0, 1], new Map([[0, digest(first, second)]])), records);
  t.same(after(0, 0x20), [0, 2, 3]);
  t.same(after(0, 0x10), [0, 3]);
  t.same(after(0, 0), [3]);
});

t.test('what no record can meet', async (t) => {
  const { withDigest, inPartitions, expiringBefore, expiringAfter } = conditions;
  const never = new Date(Number.NaN);
  const cases: readonly (() => conditions.Condition)[] = [
    () => withDigest([digestOf('', 7), Buffer.alloc(19)]),
    () => inPartitions([0, 4096]),
    () => inPartitions([-1]),
    () => inPartitions([0.5]),
    () => expiringBefore(never),
    () => expiringAfter(never),
  ];
  for (const make of cases) t.throws(make, { code: 'USAGE' }, String(make));
});

t.test('keys in more sets than are remembered', async (t) => {
  const some = conditions.MAX_KEY_DIGESTS / 2 + 1;
  const key = encodeParticle('x');
  const condition = conditions.withKey(Array.from({ length: some }, () => key));
  const inSet = (set: string): PlainRecord => ({ set, digest: digestOf(set, 'x'), bins: {} });
  const stored: PlainRecord = { set: 'c', key: 'x', bins: {} };
  t.same(met(condition, [stored, inSet('a'), stored, inSet('a')]), [0, 1, 2, 3]);
  t.throws(() => met(condition, [inSet('b')]), { code: 'LIMIT' });
});
