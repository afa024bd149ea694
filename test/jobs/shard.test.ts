import fc from 'fast-check';
import t from 'tap';
import {
  checkedShard,
  isFirstShard,
  MAX_SHARDS,
  namePrefixOf,
  partitionsFor,
  type Shard,
  shardPartitions,
  shardSharing,
  shardText,
} from '../../lib/jobs/shard.ts';
import { PARTITION_COUNT } from '../../lib/record/layout.ts';

const COUNTS = [...Array.from({ length: 64 }, (_, at) => at + 1), 1000, MAX_SHARDS];

const shardsOf = (count: number): Shard[] =>
  Array.from({ length: count }, (_, at) => ({ index: at + 1, count }));

const ascending = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

t.test('the shards of any count have each partition once, and nearly as many each', async (t) => {
  const all = Array.from({ length: PARTITION_COUNT }, (_, id) => id);
  for (const count of COUNTS) {
    const shares = shardsOf(count).map((shard) => shardPartitions(shard));
    const sizes = shares.map(({ length }) => length);
    t.strictSame(ascending(shares.flat()), all, `${count}`);
    t.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${count}: the same size`);
  }
});

t.test('so they have of what is wanted, and what is in a row is shared out evenly', async (t) => {
  const partition = fc.integer({ min: 0, max: PARTITION_COUNT - 1 });
  const count = fc.constantFrom(...COUNTS);
  fc.assert(
    fc.property(fc.uniqueArray(partition, { maxLength: 300 }), count, (wanted, count) => {
      const shares = shardsOf(count).flatMap((shard) =>
        partitionsFor({ shard, partitions: wanted }),
      );
      t.strictSame(ascending(shares.flatMap((id) => id ?? [])), ascending(wanted));
    }),
  );
  fc.assert(
    fc.property(partition, count, (begin, count) => {
      const row = Array.from({ length: PARTITION_COUNT - begin }, (_, at) => begin + at);
      const sizes = shardsOf(count).map((shard) => shardPartitions(shard, row).length);
      return Math.max(...sizes) - Math.min(...sizes) <= 1;
    }),
    { numRuns: 20 },
  );
});

t.test('a backup without shards reads what is wanted, once', async (t) => {
  t.equal(partitionsFor({}), undefined);
  t.strictSame(partitionsFor({ partitions: [7, 3, 7] }), [7, 3]);
  t.strictSame(partitionsFor({ partitions: [7, 3, 7], shard: { index: 4, count: 4 } }), [7, 3]);
  t.strictSame(partitionsFor({ partitions: [7], shard: { index: 1, count: 4 } }), []);
});

t.test('shards that there can be, and others', async (t) => {
  for (const shard of [...shardsOf(1), ...shardsOf(7), { index: 4096, count: 4096 }]) {
    t.equal(checkedShard(shard), shard, shardText(shard));
  }
  for (const [index, count] of [
    [0, 4],
    [5, 4],
    [-1, 4],
    [1.5, 4],
    [Number.NaN, 4],
    [1, 0],
    [0, 0],
    [1, 4097],
    [1, 2.5],
    [1, Number.POSITIVE_INFINITY],
  ] as const) {
    t.throws(() => checkedShard({ index, count }), { code: 'RANGE' }, `${index}/${count}`);
  }
});

t.test('names', async (t) => {
  const shard = { index: 2, count: 4 };
  t.equal(namePrefixOf({ namespace: 'test' }), 'test');
  t.equal(namePrefixOf({ namespace: 'test', prefix: 'p' }), 'p');
  t.equal(namePrefixOf({ namespace: 'test', shard }), 'test-2-of-4');
  t.equal(namePrefixOf({ namespace: 'test', prefix: 'p-1-of-4', shard }), 'p-1-of-4-2-of-4');
  t.strictSame(
    [undefined, { index: 1, count: 9 }, shard].map((shard) => isFirstShard({ shard })),
    [true, true, false],
  );
});

t.test('whose a name is', async (t) => {
  const { isOurs, isSibling } = shardSharing({ namespace: 'a.b', shard: { index: 1, count: 12 } });
  const whose = (name: string) => (isOurs(name) ? 'ours' : isSibling(name) ? 'sibling' : 'other');
  const rows: readonly (readonly [string, 'ours' | 'sibling' | 'other'])[] = [
    ['a.b-1-of-12_00000.asb', 'ours'],
    ['a.b-1-of-12_123456.asb', 'ours'],
    ['a.b-1-of-12.manifest.json', 'ours'],
    ['a.b-1-of-12.asb.state', 'ours'],
    ['a.b-2-of-12_00000.asb', 'sibling'],
    ['a.b-12-of-12_00000.asb', 'sibling'],
    ['a.b-11-of-12.manifest.json', 'sibling'],
    ['a.b-11-of-12.asb.state', 'sibling'],
    ['a.b-13-of-12_00000.asb', 'other'],
    ['a.b-0-of-12_00000.asb', 'other'],
    ['a.b-02-of-12_00000.asb', 'other'],
    ['a.b-2-of-012_00000.asb', 'other'],
    ['a.b-1-of-1_00000.asb', 'other'],
    ['a.b-1-of-120_00000.asb', 'other'],
    ['a.b_00000.asb', 'other'],
    ['a.b.manifest.json', 'other'],
    ['a.b.asb.state', 'other'],
    ['a.b-1-of-12_0000.asb', 'other'],
    ['a.b-1-of-12_00000.asb2', 'other'],
    ['a.b-1-of-12xmanifestxjson', 'other'],
    ['axb-1-of-12_00000.asb', 'other'],
    ['a.b-1-of-12-1-of-12_00000.asb', 'other'],
    ['x-a.b-1-of-12_00000.asb', 'other'],
    ['a.b-1-of-12_00000.asb.manifest.json', 'other'],
    ['', 'other'],
  ];
  for (const [name, expected] of rows) t.equal(whose(name), expected, name);
});

t.test('no two shards of any counts and prefixes have a name in common', async (t) => {
  const prefix = fc.constantFrom('a', 'a-1-of-2', 'a-1-of-2-1-of-2', 'a_00000.asb', '1', '-1-of-1');
  const naming = fc.record({ prefix, index: fc.integer({ min: 1, max: 13 }), more: fc.nat(9) });
  const property = fc.property(naming, naming, (one, other) => {
    const [mine, yours] = [one, other].map(({ prefix, index, more }) => ({
      namespace: prefix,
      shard: { index, count: index + more },
    }));
    const { isOurs, isSibling } = shardSharing(mine!);
    const name = `${namePrefixOf(yours!)}_00000.asb`;
    const isSame = namePrefixOf(mine!) === namePrefixOf(yours!);
    const isOne = mine!.namespace === yours!.namespace && mine!.shard.count === yours!.shard.count;
    return isOurs(name) === isSame && isSibling(name) === (isOne && !isSame);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
