import t from 'tap';
import {
  type BinColumn,
  ColumnFinder,
  headerName,
  holds,
  MAX_COLUMNS,
  parseColumn,
  typeName,
} from '../../lib/csv/columns.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double, TypedBytes, type Value } from '../../lib/record/values.ts';

const words = (columns: readonly BinColumn[]): string[] =>
  columns.map(({ name, type }) => `${Buffer.from(name)}:${type}`);

const finderOf = (...records: readonly Readonly<Record<string, Value>>[]): ColumnFinder => {
  const finder = new ColumnFinder();
  const builder = new BatchBuilder('test');
  for (const [key, bins] of records.entries()) builder.add({ key, bins });
  finder.add(builder.build());
  return finder;
};

t.test('columns as people write them', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['age', 'age:undefined'],
    ['age:integer', 'age:integer'],
    ['a:b', 'a:b:undefined'],
    ['a:b:any', 'a:b:any'],
    [':string', ':string'],
    ['x:number', 'x:number'],
  ];
  for (const [text, expected] of cases) t.same(words([parseColumn(text)]), [expected]);
});

t.test('columns are found with their types, by name', async (t) => {
  const finder = finderOf(
    { s: 'x', i: 1, mixed: 1, n: 1, later: null },
    { d: new Double(1), i: 2, mixed: 'x', n: 0.5, none: null },
    { n: 2, later: [], mixed: 1, back: 0.5 },
    { back: 1, n: new Double(3), three: 1 },
    { back: null, three: 0.5, odd: new TypedBytes(200, Buffer.of(1)) },
    { three: true },
  );
  t.same(words(finder.columns), [
    'back:number',
    'd:double',
    'i:integer',
    'later:list',
    'mixed:any',
    'n:number',
    'none:any',
    'odd:type200',
    's:string',
    'three:any',
  ]);
  const chosen = ['s', 'i:any', 'nowhere', 'none'].map(parseColumn);
  t.same(words(finder.typed(chosen)), ['s:string', 'i:any', 'nowhere:undefined', 'none:undefined']);
});

t.test('more bins than a table has columns', async (t) => {
  const names = Array.from({ length: MAX_COLUMNS }, (_, index) => [`b${index}`, 1]);
  const finder = finderOf(Object.fromEntries(names));
  t.equal(finder.columns.length, MAX_COLUMNS);
  const again = new BatchBuilder('test').add({ key: 1, bins: { b1: 'x' } }).build();
  t.doesNotThrow(() => finder.add(again));
  const more = new BatchBuilder('test').add({ key: 1, bins: { more: 1 } }).build();
  t.throws(() => finder.add(more), { code: 'LIMIT' });
});

t.test('what a column may hold', async (t) => {
  const { INTEGER, DOUBLE, STRING, NULL } = ParticleType;
  const cases: readonly (readonly [string | undefined, number, boolean])[] = [
    [undefined, STRING, true],
    ['any', STRING, true],
    ['string', STRING, true],
    ['integer', STRING, false],
    ['integer', NULL, true],
    ['number', INTEGER, true],
    ['number', DOUBLE, true],
    ['number', STRING, false],
    ['double', INTEGER, false],
  ];
  for (const [column, type, expected] of cases) t.equal(holds(column, type), expected);
});

t.test('names in a header', async (t) => {
  t.equal(headerName(Buffer.from('größe')), 'größe');
  t.equal(headerName(Buffer.of(0xff)), '$base64:/w==');
  t.equal(typeName(ParticleType.INTEGER), 'integer');
  t.equal(typeName(200), 'type200');
});
