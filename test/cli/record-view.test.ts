import t from 'tap';
import { MAX_SHOWN, recordLines } from '../../lib/cli/record-view.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from '../../lib/record/values.ts';

const NOW = new Date((EPOCH_SECONDS + 1_000_000) * 1000);
const DIGEST = Buffer.alloc(20, 1);

const view = (record: PlainRecord): string[] =>
  recordLines(new BatchBuilder('test').add(record).build().at(0)!, NOW);

t.test('a record as a block', async (t) => {
  const lines = view({
    set: 'users',
    key: 'ada',
    digest: DIGEST,
    generation: 3,
    voidTime: 1_000_000 + 86_400 * 12,
    bins: { born: 1815, name: 'Ada\n', nothing: '' },
  });
  t.same(lines, [
    'set "users", key "ada"',
    `  digest      ${'01'.repeat(20)}, partition 257`,
    '  generation  3',
    '  expires     2010-01-24T13:46:40Z, in 12 days',
    '    born     integer  1815',
    '    name     string   "Ada\\n"',
    '    nothing  string   ""',
  ]);
});

t.test('what may be missing', async (t) => {
  t.same(view({ digest: DIGEST, bins: {} }), [
    'in no set, key not stored',
    `  digest      ${'01'.repeat(20)}, partition 257`,
    '  generation  1',
    '  expires     never',
  ]);
});

t.test('when it expires', async (t) => {
  const cases: readonly (readonly [number, RegExp])[] = [
    [1_000_060, /Z, in 1 min 00 s$/],
    [1_000_000, /Z, 0\.0 s ago$/],
    [996_400, /Z, 1 h 00 min ago$/],
    [1, /Z, 11 days ago$/],
  ];
  for (const [voidTime, expected] of cases)
    t.match(view({ key: 1, voidTime, bins: {} })[3], expected);
});

t.test('values with their types', async (t) => {
  const bytes = Buffer.of(1, 255);
  const map = (...entries: [Value, Value][]) => new Map(entries);
  const cases: readonly (readonly [Value, string])[] = [
    [null, 'null  null'],
    [true, 'boolean  true'],
    [2n ** 62n, 'integer  4611686018427387904'],
    [new Double(5), 'double  5.0'],
    [-0, 'double  -0.0'],
    [0.5, 'double  0.5'],
    [Number.NaN, 'double  NaN'],
    [bytes, 'blob  <01ff>'],
    [new TypedBytes(ParticleType.HLL, bytes), 'hll  <01ff>'],
    [new TypedBytes(200, bytes), 'particle type 200  <01ff>'],
    [new TypedBytes(ParticleType.STRING, bytes), 'string  <01ff>'],
    [new GeoJson('{"a":1}'), 'geojson  {"a":1}'],
    [[1, new Double(2), ['x', bytes]], 'list  [1, 2.0, ["x", <01ff>]]'],
    [[new RawMsgpack(Buffer.of(0xd4, 9, 1)), new GeoJson('{}')], 'list  [<d40901>, {}]'],
    [new FlaggedList(1, [1, new FlaggedList(1, [])]), 'list, ordered  [1, []]'],
    [map(['a', 1], [2, null]), 'map  {"a": 1, 2: null}'],
    [new FlaggedMap(1, map(['a', new FlaggedMap(1, map())])), 'map, by key  {"a": {}}'],
    [new FlaggedMap(3, map(['a', 1])), 'map, by key and value  {"a": 1}'],
    ['\u001b[2J\u0085', 'string  "\\u001b[2J\\x85"'],
  ];
  for (const [value, expected] of cases) {
    t.equal(view({ key: 1, bins: { b: value } })[4], `    b  ${expected}`);
  }
});

t.test('long values are cut, and say how long they are', async (t) => {
  const [text = '', blob = ''] = view({
    key: 1,
    bins: { text: 'x'.repeat(5000), blob: Buffer.alloc(3000) },
  }).slice(4);
  t.match(text, /x… \(5,002 characters\)$/);
  t.ok(text.length < MAX_SHOWN + 60);
  t.match(blob, /<(?:00){64}… 2\.9 KiB>$/);
});

t.test('damage is told in its place', async (t) => {
  const record = new BatchBuilder('test').addParticles({
    set: Buffer.alloc(0),
    key: { type: ParticleType.INTEGER, bytes: Buffer.of(1) },
    digest: DIGEST,
    generation: 1,
    voidTime: 0,
    bins: [
      { name: Buffer.from('a'), particle: { type: ParticleType.LIST, bytes: Buffer.of(0xc1) } },
      { name: Buffer.from('b'), particle: { type: ParticleType.STRING, bytes: Buffer.from('x') } },
    ],
  });
  const lines = recordLines(record.build().at(0)!, NOW);
  t.match(lines[0], /^in no set, key a particle of type integer has 1 bytes/);
  t.match(lines.slice(4), [/^ {4}a {2}list {4}.*: <c1>$/, '    b  string  "x"']);
});
