import fc from 'fast-check';
import t from 'tap';
import { ValueReader } from '../../lib/client/value-reader.ts';
import { type Loss, ValueWriter } from '../../lib/client/value-writer.ts';
import { ListFlag, MapFlag } from '../../lib/record/msgpack.ts';
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
import { CLIENT_MODULE, ClientDouble, ClientGeoJson } from '../helpers/client-module.ts';

const ALL: readonly Loss[] = ['map', 'list', 'blob', 'userKey'];
const BYTES = Uint8Array.of(1, 2);

/** A double in the client's words. */
const double = (value: number): ClientDouble =>
  Object.assign(new ClientDouble(0), { Double: value });

/** What comes through as it is. */
const WHOLE: [string, Value, unknown][] = [
  ['null', null, null],
  ['a boolean', true, true],
  ['an integer', 5, 5],
  ['an integer beyond 2^53', 2n ** 60n, 2n ** 60n],
  ['the least integer', -(2n ** 63n), -(2n ** 63n)],
  ['a double', 1.5, double(1.5)],
  ['a double without a fraction', new Double(5), double(5)],
  ['a double beyond 2^53', 2 ** 60, double(2 ** 60)],
  ['-0', -0, double(-0)],
  ['NaN', Number.NaN, double(Number.NaN)],
  ['infinity', Number.POSITIVE_INFINITY, double(Number.POSITIVE_INFINITY)],
  ['a string', 'ä', 'ä'],
  ['a blob', BYTES, Buffer.from(BYTES)],
  ['GeoJSON', new GeoJson('{}'), new ClientGeoJson('{}')],
  ['a list', [1, [new Double(2)]], [1, [double(2)]]],
  [
    'a map that is ordered by key',
    new FlaggedMap(
      MapFlag.KEY_ORDERED,
      new Map<Value, Value>([
        [1, 'a'],
        ['1', new Double(2)],
      ]),
    ),
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', double(2)],
    ]),
  ],
];

for (const [name, value, expected] of WHOLE) {
  t.test(`${name} comes through`, async (t) => {
    t.strictSame(new ValueWriter(CLIENT_MODULE, []).write(value, 'bin'), expected);
  });
}

/** What is changed, and to what. */
const CHANGED: [string, Value, Loss, unknown][] = [
  ['a map without order', new Map([['a', 1]]), 'map', new Map([['a', 1]])],
  ['a map ordered by value', new FlaggedMap(3, new Map([['a', 1]])), 'map', new Map([['a', 1]])],
  ['an ordered list', new FlaggedList(ListFlag.ORDERED, [1]), 'list', [1]],
  ['an HLL', new TypedBytes(ParticleType.HLL, BYTES), 'blob', Buffer.from(BYTES)],
  [
    'a blob in a list',
    [new TypedBytes(ParticleType.JAVA_BLOB, BYTES)],
    'blob',
    [Buffer.from(BYTES)],
  ],
];

for (const [name, value, loss, expected] of CHANGED) {
  t.test(`${name} is changed only if that is accepted`, async (t) => {
    const others = ALL.filter((one) => one !== loss);
    t.throws(() => new ValueWriter(CLIENT_MODULE, others).write(value, 'bin'), { code: 'FORMAT' });
    const writer = new ValueWriter(CLIENT_MODULE, [loss]);
    t.strictSame(writer.write(value, 'bin'), expected);
    t.equal(writer.accepted[loss], 1);
  });
}

const IMPOSSIBLE: [string, Value][] = [
  ['a string with a NUL', 'a\0b'],
  ['GeoJSON with a NUL', new GeoJson('{}\0')],
  ['a string that is no UTF-8', new TypedBytes(ParticleType.STRING, BYTES)],
  ['GeoJSON that is none', new TypedBytes(ParticleType.GEOJSON, BYTES)],
  ['an integer beyond 63 bits', [2n ** 63n]],
  ['msgpack that is unknown', [new RawMsgpack(BYTES)]],
  ['a key that cannot be', new Map([['a\0b', 1]])],
  ...[1.5, 2 ** 60, new Double(5), true, null, [1], new GeoJson('{}')].map(
    (key): [string, Value] => [`a key that the client leaves out: ${key}`, new Map([[key, 1]])],
  ),
];

for (const [name, value] of IMPOSSIBLE) {
  t.test(`${name} is refused, whatever is accepted`, async (t) => {
    t.throws(() => new ValueWriter(CLIENT_MODULE, ALL).write(value, 'bin'), { code: 'FORMAT' });
  });
}

t.test('the place is told', async (t) => {
  const write = () =>
    new ValueWriter(CLIENT_MODULE, ['map']).write(new Map([['a', [1, 'x\0']]]), 'bin "b"');
  t.throws(write, { message: /^bin "b"\[a\]\[1\]: / });
});

/** As the client gives back what it was given: its own classes are plain values then, maps objects. */
const given = (value: unknown): unknown => {
  if (value instanceof ClientDouble) return value.Double;
  if (value instanceof ClientGeoJson) return value.str;
  return Array.isArray(value) ? value.map(given) : value;
};

t.test('any list comes back from the client as it went in, by its types', async (t) => {
  const text = fc.string({ unit: 'binary' }).filter((s) => !/[\0\ufffd]/.test(s));
  const { value: anyValue } = fc.letrec<{ value: Value; list: Value[] }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
      fc.double().filter((n) => !Number.isSafeInteger(n) || Object.is(n, -0)),
      text,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      tie('list'),
    ),
    list: fc.array(tie('value'), { maxLength: 5 }),
  }));
  fc.assert(
    fc.property(anyValue, (value) => {
      const written = new ValueWriter(CLIENT_MODULE, []).write([value], 'bin');
      t.strictSame(new ValueReader([]).read(given(written), 'bin', 'list'), [value]);
    }),
    { numRuns: 300 },
  );
});
