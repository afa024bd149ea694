import { join } from 'node:path';
import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import {
  MAX_LISTED_KEYS,
  type Wanted,
  wantedOf,
  whereLines,
} from '../../../lib/cli/options/filtering.ts';
import { BatchBuilder, encodeParticle } from '../../../lib/record/builder.ts';
import type { FilterOptions } from '../../../lib/stages/filter.ts';

const given = (values: Readonly<Record<string, string>>): Given =>
  new Given(new Map(Object.entries(values)));

const keys = (...values: (number | string)[]) => values.map(encodeParticle);

t.test('what is said is what is wanted', async (t) => {
  const digest = Buffer.alloc(20, 1);
  const cases: readonly (readonly [Record<string, string>, FilterOptions])[] = [
    [{ set: 'a,b' }, { sets: ['a', 'b'] }],
    [{ key: 'ada,5' }, { keys: keys('ada', '5', 5) }],
    [{ digest: digest.toString('hex') }, { digests: [digest] }],
    [{ 'partition-list': '0-2,7' }, { partitions: [0, 1, 7], positions: new Map() }],
    [
      { 'after-digest': Buffer.alloc(20, 0xff).toString('base64') },
      { partitions: [4095], positions: new Map([[4095, Buffer.alloc(20, 0xff)]]) },
    ],
    [{ 'has-bin': 'x' }, { hasBins: ['x'] }],
    [
      { 'expires-before': '2026-01-31T10:00:00Z', 'expires-after': '2025-01-31T10:00:00Z' },
      {
        expiresBefore: new Date('2026-01-31T10:00:00Z'),
        expiresAfter: new Date('2025-01-31T10:00:00Z'),
      },
    ],
    [{ 'no-ttl-only': '' }, { neverExpires: true }],
    [{ generation: '3' }, { generations: { lowest: 3, highest: 3 } }],
    [{ generation: '2-5' }, { generations: { lowest: 2, highest: 5 } }],
    [{ generation: '2-' }, { generations: { lowest: 2, highest: 65_535 } }],
    [{ invert: '' }, { invert: true }],
    [{ 'bin-list': 'x,y' }, { bins: ['x', 'y'] }],
    [{ 'drop-bins': 'x' }, { dropBins: ['x'] }],
    [{ 'no-bins': '' }, { noBins: true }],
    [
      { 'no-records': '', 'no-indexes': '', 'no-udfs': '' },
      { noRecords: true, noIndexes: true, noUdfs: true },
    ],
  ];
  const nothing = {
    neverExpires: false,
    noBins: false,
    invert: false,
    noRecords: false,
    noIndexes: false,
    noUdfs: false,
  };
  for (const [values, expected] of [[{}, {}] as const, ...cases]) {
    const { filter, where } = await wantedOf(given(values));
    t.strictSame(filter, { ...nothing, ...expected });
    t.equal(where, undefined);
    t.same(whereLines({ filter, where }), []);
  }
});

t.test('user keys from a file, one a line, beside others', async (t) => {
  const path = join(t.testdir({ keys: 'ada\r\n\nint:7\nx,y\n' }), 'keys');
  t.same((await wantedOf(given({ 'keys-from': path }))).filter.keys, keys('ada', 7, 'x,y'));
  const both = await wantedOf(given({ 'keys-from': path, key: 'first' }));
  t.same(both.filter.keys, keys('first', 'ada', 7, 'x,y'));
  await t.rejects(wantedOf(given({ 'keys-from': `${path}.missing` })), {
    code: 'STORAGE',
    facts: { file: `${path}.missing` },
  });
  // As editors of Windows write it.
  const marked = join(t.testdir({ marked: '\ufeffada\r\nbob' }), 'marked');
  t.same((await wantedOf(given({ 'keys-from': marked }))).filter.keys, keys('ada', 'bob'));
  const latin1 = join(t.testdir({ latin1: Buffer.from('gr\xfc\xdfe\n', 'latin1') }), 'latin1');
  await t.rejects(wantedOf(given({ 'keys-from': latin1 })), {
    code: 'FORMAT',
    facts: { file: latin1 },
  });
  const many = join(t.testdir({ many: 'x\n'.repeat(MAX_LISTED_KEYS + 1) }), 'many');
  await t.rejects(wantedOf(given({ 'keys-from': many })), { code: 'LIMIT', facts: { file: many } });
  const large = '/dev/zero';
  await t.rejects(wantedOf(given({ 'keys-from': large })), {
    code: 'LIMIT',
    facts: { file: large },
  });
});

t.test('an expression, and what it has left out', async (t) => {
  const batch = new BatchBuilder('test').add({ key: 1, bins: {} }).build();
  const ask = ({ filter }: Wanted) => filter.where?.(batch.at(0)!);
  const strict = await wantedOf(given({ where: 'record.bins.x.y' }));
  t.throws(() => ask(strict), { code: 'FORMAT' });
  t.same(whereLines(strict), []);
  const lenient = await wantedOf(given({ where: 'record.bins.x.y', 'where-errors': 'skip' }));
  t.equal(ask(lenient), 'skip');
  t.match(whereLines(lenient), [/^warning: left out 1 /]);
});

t.test('what has no meaning', async (t) => {
  const cases: readonly Record<string, string>[] = [
    { 'bin-list': 'x', 'no-bins': '' },
    { 'bin-list': 'x', 'drop-bins': 'y' },
    { 'drop-bins': 'y', 'no-bins': '' },
    { 'partition-list': '0', 'after-digest': Buffer.alloc(20).toString('base64') },
    { 'where-errors': 'skip' },
    { where: 'a b' },
    { key: 'int:x' },
    { digest: 'x' },
    { 'partition-list': 'x' },
    { 'expires-before': 'tomorrow' },
    { generation: '-3' },
    { generation: '5-2' },
    { generation: '70000' },
    { generation: '70000-' },
  ];
  for (const values of cases) {
    await t.rejects(wantedOf(given(values)), { code: 'USAGE' }, JSON.stringify(values));
  }
});
