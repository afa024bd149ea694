import { ParticleType } from '../record/particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from '../record/values.ts';
import type { SampleRecord } from './sample.ts';

/** Every value that needs care on its way, by a name that a bin can have. */
const VALUES: readonly (readonly [name: string, value: Value])[] = [
  ['i_zero', 0],
  ['i_max_safe', Number.MAX_SAFE_INTEGER],
  ['i_2_53', 2n ** 53n],
  ['i_2_53_1', 2n ** 53n + 1n],
  ['i_max', 2n ** 63n - 1n],
  ['i_min', -(2n ** 63n)],
  ['d_integral', new Double(5)],
  ['d_zero', new Double(0)],
  ['d_minus_zero', -0],
  ['d_tenth', 0.1],
  ['d_nan', Number.NaN],
  ['d_inf', Number.POSITIVE_INFINITY],
  ['d_minus_inf', Number.NEGATIVE_INFINITY],
  ['d_denormal', Number.MIN_VALUE],
  ['d_max', Number.MAX_VALUE],
  ['d_2_53', new Double(2 ** 53)],
  ['s_empty', ''],
  ['s_space', ' leading and trailing '],
  ['s_newline', 'two\nlines\r\n'],
  ['s_backslash', 'C:\\temp\\"x"'],
  ['s_nul', 'before\0after'],
  ['s_utf8', 'ÄÖÜ ß 日本 🎈'],
  ['s_bad_utf8', new TypedBytes(ParticleType.STRING, Buffer.from('ff00c328', 'hex'))],
  ['b_empty', Buffer.alloc(0)],
  ['b_one', Buffer.of(0)],
  ['b_all', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['bool_true', true],
  ['bool_false', false],
  ['java', new TypedBytes(ParticleType.JAVA_BLOB, Buffer.from('aced0005', 'hex'))],
  ['csharp', new TypedBytes(ParticleType.CSHARP_BLOB, Buffer.from('00010000', 'hex'))],
  ['python', new TypedBytes(ParticleType.PYTHON_BLOB, Buffer.from('80049500', 'hex'))],
  ['ruby', new TypedBytes(ParticleType.RUBY_BLOB, Buffer.from('040822', 'hex'))],
  ['php', new TypedBytes(ParticleType.PHP_BLOB, Buffer.from('i:1;'))],
  ['erlang', new TypedBytes(ParticleType.ERLANG_BLOB, Buffer.from('8361', 'hex'))],
  ['vector', new TypedBytes(ParticleType.VECTOR, Buffer.from('0000803f00000040', 'hex'))],
  ['geo_point', new GeoJson('{"type":"Point","coordinates":[8.5,47.4]}')],
  ['geo_circle', new GeoJson('{"type":"AeroCircle","coordinates":[[-122.0,37.5],1000]}')],
  ['l_empty', []],
  ['l_mixed', [1, -1, 2n ** 63n, 'a', Buffer.of(1), true, null, 0.5, new Double(1), [[]]]],
  ['l_ordered', new FlaggedList(1, [1, 2, 3])],
  ['m_empty', new Map()],
  [
    'm_odd_keys',
    new Map<Value, Value>([
      [1, 'integer'],
      ['1', 'string'],
      [Buffer.of(1), 'blob'],
    ]),
  ],
  [
    'm_proto',
    new Map<Value, Value>([
      ['__proto__', 1],
      ['constructor', 2],
      ['', 3],
    ]),
  ],
  [
    'm_unordered',
    new Map<Value, Value>([
      ['b', 1],
      ['a', 2],
    ]),
  ],
  [
    'm_key_ordered',
    new FlaggedMap(
      1,
      new Map<Value, Value>([
        ['a', 1],
        ['b', 2],
      ]),
    ),
  ],
  [
    'm_kv_ordered',
    new FlaggedMap(
      3,
      new Map<Value, Value>([
        ['a', 1],
        ['b', 2],
      ]),
    ),
  ],
  ['m_geo', new Map<Value, Value>([['g', new GeoJson('{"type":"Point","coordinates":[1,2]}')]])],
  // 1 as an int64, longer than it need be: a server shortens it on a write, a backup must not.
  ['l_long_form', [new RawMsgpack(Buffer.from('d30000000000000001', 'hex')), 'x']],
];

/** HLL: flags, index bits 4, no min-hash bits, a cached count of 0, then 16 registers of 6 bits. */
const HLL = Buffer.concat([Buffer.from('000400', 'hex'), Buffer.alloc(8), Buffer.alloc(12)]);

/** GeoJSON as a server holds it: flags 0, one cell of 8 bytes, the text. */
const GEO_WITH_CELL = Buffer.concat([
  Buffer.from('00000147903b4f2c5a1d83', 'hex'),
  Buffer.from('{"type":"Point","coordinates":[8.5,47.4]}'),
]);

const ONE: SampleRecord['bins'] = [['a', 1]];

/** Keys and names that need care. */
const NAMES: readonly SampleRecord[] = [
  { set: 'odd', key: '', bins: ONE },
  { set: 'odd', key: ' ', bins: ONE },
  { set: 'odd', key: 'new\nline', bins: ONE },
  { set: 'odd', key: 'back\\slash and "quotes"', bins: ONE },
  { set: 'odd', key: 'n\0ul', bins: ONE },
  { set: 'odd', key: '__proto__', bins: ONE },
  { set: 'odd', key: 'ключ 🗝', bins: ONE },
  { set: 'odd', key: 2n ** 53n + 1n, bins: ONE },
  { set: 'odd', key: 2n ** 63n - 1n, bins: ONE },
  { set: 'odd', key: -(2n ** 63n), bins: ONE },
  { set: 'odd', key: 0, bins: ONE },
  { set: 'odd', key: Buffer.of(0, 1, 0xff), bins: ONE },
  { set: 'odd', key: Buffer.alloc(0), bins: ONE },
  { set: 'odd', key: 'no stored key', storesKey: false, bins: ONE },
  { set: '', key: 'no set', bins: ONE },
  { set: '', key: 'neither set nor stored key', storesKey: false, bins: ONE },
  { set: 'set with space', key: 1, bins: ONE },
  { set: 'set\\back', key: 1, bins: ONE },
  { set: 'set\nline', key: 1, bins: ONE },
  { set: 'sät', key: 1, bins: ONE },
  { set: '__proto__', key: 1, bins: ONE },
  { set: 'x'.repeat(63), key: 1, bins: ONE },
  { set: 'odd', key: 'generation', generation: 65_535, bins: ONE },
  { set: 'odd', key: 'void time', voidTime: 799_999_999, bins: ONE },
  {
    set: 'odd',
    key: 'bin names',
    bins: [
      ['fifteen bytes !', 1],
      ['with space', 2],
      ['new\nline', 3],
      ['back\\slash', 4],
      ['"quotes"', 5],
      ['ünï', 6],
      ['__proto__', 7],
      ['constructor', 8],
      ['toString', 9],
      ['1', 10],
      [Buffer.of(0xff, 0xfe), 11],
    ],
  },
];

/** One record for each odd value, one with all of them, and those with odd names and keys. */
export const ODD_RECORDS: readonly SampleRecord[] = [
  { set: 'types', key: 'all', bins: VALUES },
  ...VALUES.map(([name, value]) => ({ set: 'types', key: name, bins: [[name, value] as const] })),
  {
    set: 'types',
    key: 'hll',
    bins: [['hll', new TypedBytes(ParticleType.HLL, HLL)]],
  },
  {
    set: 'types',
    key: 'geo with cells',
    bins: [['geo', { type: ParticleType.GEOJSON, bytes: GEO_WITH_CELL }]],
  },
  ...NAMES,
];
