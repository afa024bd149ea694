import fc from 'fast-check';
import t from 'tap';
import { doubleText, jsonText } from '../../lib/csv/json-text.ts';
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

const map = (...entries: [Value, Value][]): Map<Value, Value> => new Map(entries);

t.test('values as JSON', async (t) => {
  const bytes = Buffer.of(1, 255);
  const cases: readonly (readonly [Value, string])[] = [
    [null, 'null'],
    [true, 'true'],
    [-7, '-7'],
    [0.5, '0.5'],
    [-0, '-0.0'],
    [1e300, '1e+300'],
    [new Double(5), '5.0'],
    [new Double(Number.NaN), '"NaN"'],
    [Number.POSITIVE_INFINITY, '"Infinity"'],
    [2n ** 63n - 1n, '9223372036854775807'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    [bytes, '"Af8="'],
    [new Uint8Array(bytes), '"Af8="'],
    [new TypedBytes(ParticleType.HLL, bytes), '"Af8="'],
    [new RawMsgpack(bytes), '"Af8="'],
    [new GeoJson('{"a":1}'), '"{\\"a\\":1}"'],
    [[], '[]'],
    [[1, ['x', null]], '[1,["x",null]]'],
    [new FlaggedList(1, [1, 2]), '[1,2]'],
    [map(), '{}'],
    [map([1, 'i'], ['1', 's']), '{"1":"i","1":"s"}'],
    [map(['a', 1], ['"', map(['b', []])]), '{"a":1,"\\"":{"b":[]}}'],
    [
      new FlaggedMap(1, map([1, 'i'], [new Double(1), 'd'], [true, 'b'], [[1, 'x'], 'l'])),
      '{"1":"i","1.0":"d","true":"b","[1,\\"x\\"]":"l"}',
    ],
  ];
  for (const [value, expected] of cases) t.equal(jsonText(value), expected);
});

t.test('what JSON knows comes back the same', async (t) => {
  const value = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true, noInteger: true }),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')).map((object) => new Map(Object.entries(object))),
    ),
  })).value;
  const plain = (value: Value): unknown => {
    if (value instanceof Map) {
      return Object.fromEntries(Array.from(value, ([key, one]) => [key, plain(one)]));
    }
    return Array.isArray(value) ? value.map(plain) : value;
  };
  fc.assert(
    fc.property(value, (value) => {
      const text = JSON.stringify(plain(value));
      return JSON.stringify(JSON.parse(jsonText(value))) === text;
    }),
  );
  t.pass();
});

t.test('doubles are no integers, and come back to the bit', async (t) => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const text = doubleText(value);
      return !/^-?\d+$/.test(text) && Object.is(Number(text), value);
    }),
  );
  const cases: readonly (readonly [number, string])[] = [
    [5, '5.0'],
    [-0, '-0.0'],
    [1e300, '1e+300'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ];
  for (const [value, text] of cases) t.equal(doubleText(value), text);
});
