import t from 'tap';
import type { BinType } from '../../lib/client/bin-type.ts';
import { type Doubt, refusePrototype, ValueReader } from '../../lib/client/value-reader.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double, GeoJson, TypedBytes, type Value } from '../../lib/record/values.ts';

const BYTES = Buffer.from([1, 2]);
const POINT = '{"type":"Point","coordinates":[1,2]}';

/** As the client has it: a class of this name with a Buffer. */
class HyperLogLog {
  readonly buffer: unknown;
  constructor(buffer: unknown) {
    this.buffer = buffer;
  }
}

/** What the client tells: no doubt, whatever `types` says. */
const CERTAIN: [string, unknown, Value][] = [
  ['null', null, null],
  ['true', true, true],
  ['a double with a fraction', 1.5, 1.5],
  ['an integer beyond 2^53', 2n ** 60n, 2n ** 60n],
  ['a double beyond 2^53', 2 ** 60, 2 ** 60],
  ['-0', -0, -0],
  ['NaN', Number.NaN, Number.NaN],
  ['a string', 'abc', 'abc'],
  ['JSON that is no GeoJSON', '{"a":1}', '{"a":1}'],
  ['an HLL of its own class', new HyperLogLog(BYTES), new TypedBytes(ParticleType.HLL, BYTES)],
];

for (const [name, value, expected] of CERTAIN) {
  t.test(`${name} is certain`, async (t) => {
    for (const type of [undefined, 'integer', 'blob', 'list'] as const) {
      t.strictSame(new ValueReader([]).read(value, 'bin', type), expected);
    }
  });
}

/** A value, the doubts of it, what is taken if they are accepted, and what types make of it. */
const DOUBTFUL: [string, unknown, Doubt[], Value, [BinType, Value][]][] = [
  [
    'a whole number',
    5,
    ['integer'],
    5,
    [
      ['integer', 5],
      ['double', new Double(5)],
    ],
  ],
  [
    'bytes',
    BYTES,
    ['blob'],
    BYTES,
    [
      ['blob', new TypedBytes(ParticleType.BLOB, BYTES)],
      ['hll', new TypedBytes(ParticleType.HLL, BYTES)],
      ['python', new TypedBytes(ParticleType.PYTHON_BLOB, BYTES)],
    ],
  ],
  [
    'GeoJSON',
    POINT,
    ['geojson'],
    POINT,
    [
      ['string', POINT],
      ['geojson', new GeoJson(POINT)],
    ],
  ],
  ['U+FFFD', 'a\ufffd', ['text'], 'a\ufffd', []],
  ['a list', ['a'], ['list'], ['a'], [['list', ['a']]]],
  ['a list with a number', [1], ['list', 'integer'], [1], [['list', [1]]]],
  ['a map', { a: 'b' }, ['map'], new Map([['a', 'b']]), [['map', new Map([['a', 'b']])]]],
  [
    'a map of all',
    { a: [BYTES, POINT] },
    ['map', 'list', 'blob', 'geojson'],
    new Map([['a', [BYTES, POINT]]]),
    [['map', new Map([['a', [BYTES, POINT]]])]],
  ],
  [
    'a key like a number',
    { '1': 'b' },
    ['map', 'mapKey'],
    new Map([['1', 'b']]),
    [['map', new Map([['1', 'b']])]],
  ],
  ['a key like a double', { '-1.5': 'b' }, ['map', 'mapKey'], new Map([['-1.5', 'b']]), []],
  ['a key with U+FFFD', { '\ufffd': 'b' }, ['map', 'text'], new Map([['\ufffd', 'b']]), []],
];

for (const [name, value, doubts, taken, byType] of DOUBTFUL) {
  t.test(`${name} is in doubt`, async (t) => {
    for (const left of doubts) {
      const others = doubts.filter((doubt) => doubt !== left);
      t.throws(() => new ValueReader(others).read(value, 'bin', undefined), { code: 'FORMAT' });
    }
    const reader = new ValueReader(doubts);
    t.strictSame(reader.read(value, 'bin', undefined), taken, 'accepted');
    for (const doubt of doubts) t.equal(reader.accepted[doubt], 1, `${doubt} is counted`);
    for (const [type, expected] of byType) {
      t.strictSame(new ValueReader([]).read(value, 'bin', type), expected, type);
    }
  });
}

t.test('a type that the value has not is no answer', async (t) => {
  const read = (value: unknown, type: BinType) => () =>
    new ValueReader([]).read(value, 'bin', type);
  t.throws(read(5, 'string'), { code: 'FORMAT' });
  t.throws(read(BYTES, 'integer'), { code: 'FORMAT' });
  t.throws(read(BYTES, 'double'), { code: 'FORMAT' });
  t.throws(read(['a'], 'integer'), { code: 'FORMAT' });
  t.throws(read(POINT, 'integer'), { code: 'FORMAT' });
});

t.test('what the client could not read is refused, whatever is accepted', async (t) => {
  const all: Doubt[] = ['integer', 'blob', 'geojson', 'text', 'list', 'map', 'mapKey', 'userKey'];
  const swallowed = { b: 1 };
  Object.setPrototypeOf(swallowed, { a: 1 });
  const swallowedNull = Object.setPrototypeOf({ b: 1 }, null);
  for (const value of [undefined, swallowed, swallowedNull, [undefined], { a: swallowed }]) {
    t.throws(() => new ValueReader(all).read(value, 'bin', 'map'), { code: 'FORMAT' });
  }
  t.throws(() => new ValueReader(all).read(new HyperLogLog('none'), 'bin', 'hll'), {
    code: 'FORMAT',
  });
  t.throws(() => refusePrototype(swallowed, 'record'), { code: 'FORMAT' });
});

t.test('a map with a key "constructor" is a map', async (t) => {
  const named = { constructor: { name: 'HyperLogLog' }, buffer: BYTES };
  for (const value of [{ constructor: null }, named]) {
    const found = new ValueReader([]).read(value, 'bin', 'map');
    t.ok(found instanceof Map && found.has('constructor'));
  }
});

t.test('the place and the way out are told', async (t) => {
  t.throws(() => new ValueReader(['map', 'list']).read({ a: ['b', 1] }, 'bin "x"', undefined), {
    message: /^bin "x"\["a"\]\[1\]: .*types.*accept: \['integer'\]/,
  });
});
