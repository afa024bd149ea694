import t from 'tap';
import { byPartition, bySet } from '../../lib/jobs/split-dealing.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { SecondaryIndex } from '../../lib/record/globals.ts';
import { PARTITION_COUNT } from '../../lib/record/layout.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

const indexOn = (set: string): SecondaryIndex => indexOf(`by ${set}`, { set });
const MODULE = udfOf('m.lua');

t.test('sets become names of directories', async (t) => {
  const dealing = bySet();
  const rows: readonly [string, string][] = [
    ['users', 'users'],
    ['a.b-c_D1', 'a.b-c_D1'],
    ['', '%none'],
    ['%none', '%25none'],
    ['.', '%2E'],
    ['..', '%2E.'],
    ['.hidden', '%2Ehidden'],
    ['a/b c', 'a%2Fb%20c'],
    ['sät', 's%C3%A4t'],
    ['line\n', 'line%0A'],
  ];
  for (const [set, name] of rows) {
    const builder = new BatchBuilder('test');
    builder.add({ set, key: 1, bins: { a: 1 } });
    const [record] = builder.build();
    t.strictSame(
      [1, 2].map(() => dealing.nameOf(record!)),
      [name, name],
    );
  }
});

t.test('sets that differ by case only get directories that do not', async (t) => {
  const dealing = bySet();
  const builder = new BatchBuilder('test');
  for (const set of ['Users', 'users', 'USERS.1', 'users.1', 'Users']) {
    builder.add({ set, key: 1, bins: { a: 1 } });
  }
  t.strictSame([...builder.build()].map(dealing.nameOf), [
    'Users',
    '%75%73%65%72%73',
    'USERS.1',
    '%75%73%65%72%73.1',
    'Users',
  ]);
  t.strictSame(dealing.names([indexOn('users')]), ['%75%73%65%72%73']);
  t.ok(dealing.needs('%75%73%65%72%73', indexOn('users')));
  t.notOk(dealing.needs('Users', indexOn('users')));
});

t.test('a set has its own indexes, those of none, and all modules', async (t) => {
  const { needs, names } = bySet();
  t.ok(needs('users', indexOn('users')));
  t.notOk(needs('users', indexOn('orders')));
  t.ok(needs('users', indexOn('')));
  t.ok(needs('users', MODULE));
  t.strictSame(names([indexOn('users'), indexOn(''), MODULE]), ['users']);
});

t.test('partitions are dealt in equal shares', async (t) => {
  for (const count of [1, 3, 10, 256]) {
    const { nameOf, needs, names } = byPartition(count);
    const sizes = new Map<string, number>();
    const builder = new BatchBuilder('test');
    for (let id = 0; id < PARTITION_COUNT; id++) {
      const digest = Buffer.alloc(20);
      digest.writeUInt16LE(id);
      builder.add({ digest, bins: { a: 1 } });
    }
    const dealt = [...builder.build()].map(nameOf);
    t.strictSame(dealt, dealt.toSorted(), 'they follow each other');
    for (const name of dealt) sizes.set(name, (sizes.get(name) ?? 0) + 1);
    t.strictSame([...sizes.keys()], [...names([])]);
    t.ok(Math.max(...sizes.values()) - Math.min(...sizes.values()) <= 1);
    t.ok(needs(dealt[0]!, indexOn('users')));
  }
  t.strictSame([...byPartition(10).names([])].slice(0, 1), ['part-01-of-10']);
});
