import t from 'tap';
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
import { type Plain, toPlain } from '../../lib/select/plain-value.ts';

const map = (...entries: [Value, Value][]): Map<Value, Value> => new Map(entries);

t.test('values as people expect them', async (t) => {
  const bytes = Buffer.of(1, 255);
  const cases: readonly (readonly [Value, Plain])[] = [
    [null, null],
    [true, true],
    [5, 5],
    [2n ** 60n, 2n ** 60n],
    ['x', 'x'],
    [new Double(5), 5],
    [new GeoJson('{"type":"Point"}'), { type: 'Point' }],
    [bytes, bytes],
    [new Uint8Array(bytes), bytes],
    [new TypedBytes(ParticleType.HLL, bytes), bytes],
    [new RawMsgpack(bytes), bytes],
    [
      [1, ['a', null]],
      [1, ['a', null]],
    ],
    [new FlaggedList(1, [new Double(1)]), [1]],
    [map(['a', map([1, 'x'])], [Buffer.of(10), 2]), { a: { '1': 'x' }, '0a': 2 }],
    [
      new FlaggedMap(1, map([new Double(0.5), 1], [2n ** 60n, 2], [true, 3], [null, 4])),
      {
        '0.5': 1,
        '1152921504606846976': 2,
        true: 3,
        null: 4,
      },
    ],
  ];
  for (const [value, expected] of cases) t.same(toPlain(value), expected);
});

t.test('a map has no keys but its own', async (t) => {
  const plain = toPlain(map(['__proto__', 1], ['x', 2]));
  t.same(Object.entries(plain ?? {}), [
    ['__proto__', 1],
    ['x', 2],
  ]);
  t.equal(Object.getPrototypeOf(plain), null);
});

t.test('nothing is assigned to, and bytes are copies', async (t) => {
  const values: readonly Value[] = [
    [1],
    new FlaggedList(1, []),
    map(['a', 1]),
    new GeoJson('{"coordinates":[1,2]}'),
  ];
  for (const value of values) t.ok(Object.isFrozen(toPlain(value)));
  const isDeep = [map(['a', [1]]), new GeoJson('{"a":[1,2]}')].map(toPlain);
  for (const plain of isDeep) t.ok(Object.values(plain ?? {}).every(Object.isFrozen));
  const bytes = Buffer.of(1);
  for (const value of [bytes, new TypedBytes(ParticleType.HLL, bytes), new RawMsgpack(bytes)]) {
    const plain = toPlain(value);
    t.ok(Buffer.isBuffer(plain) && plain.fill(9));
  }
  t.same(bytes, Buffer.of(1));
});

t.test('maps that are no objects', async (t) => {
  for (const value of [map([1, 'a'], ['1', 'b']), map([[1], 'a']), map([map(), 'a'])]) {
    t.throws(() => toPlain(value), { code: 'FORMAT' });
  }
  t.throws(() => toPlain(new GeoJson('{')), SyntaxError);
});
