import fc from 'fast-check';
import t from 'tap';
import { decodeMsgpack } from '../../lib/record/msgpack.ts';
import { MAX_NESTING } from '../../lib/record/msgpack-reader.ts';
import { encodeMsgpack } from '../../lib/record/msgpack-writer.ts';
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

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

t.test('every value comes back as it was', async (t) => {
  const rows: readonly Value[] = [
    null,
    true,
    false,
    0,
    -(2 ** 53) + 1,
    2n ** 64n - 1n,
    -(2n ** 63n),
    0.5,
    new Double(5),
    new Double(-0),
    'é',
    '',
    Buffer.of(1, 2),
    new GeoJson('{"type":"Point"}'),
    new TypedBytes(ParticleType.STRING, hex('ff')),
    new TypedBytes(ParticleType.GEOJSON, hex('ff')),
    new TypedBytes(ParticleType.JAVA_BLOB, hex('aced')),
    new RawMsgpack(hex('a26301')),
    new RawMsgpack(hex('a0')),
    new RawMsgpack(hex('ca3fc00000')),
    new RawMsgpack(hex('c7000a')),
    [],
    [1, ['two', [3n ** 39n]]],
    new Map<Value, Value>([
      [1, 'integer'],
      ['1', 'string'],
      [null, 'nil'],
      ['__proto__', 1],
    ]),
    new FlaggedList(1, [1, 2]),
    new FlaggedMap(1, new Map([['a', 1]])),
    new FlaggedMap(0x13, new Map()),
    [new RawMsgpack(hex('c7020a0102')), 1],
  ];
  for (const value of rows) t.strictSame(decodeMsgpack(encodeMsgpack(value)), value);
});

t.test('only an extension without content, and in a map with nil, is flags', async (t) => {
  const rows: readonly (readonly [string, Value])[] = [
    ['91c70001', new FlaggedList(1, [])],
    ['91c70000', [new RawMsgpack(hex('c70000'))]],
    ['91c70101aa', [new RawMsgpack(hex('c70101aa'))]],
    ['9201c70001', [1, new RawMsgpack(hex('c70001'))]],
    ['81c70001c0', new FlaggedMap(1, new Map())],
    ['81c7000105', new Map([[new RawMsgpack(hex('c70001')), 5]])],
  ];
  for (const [text, value] of rows) {
    t.strictSame(decodeMsgpack(hex(text)), value, text);
    t.equal(encodeMsgpack(value).toString('hex'), text);
  }
});

t.test('what is not exactly one item is refused', async (t) => {
  for (const text of ['', 'c1', '92', '9201', '0101', '91c700', '81c70001', '81c700']) {
    t.throws(() => decodeMsgpack(hex(text)), { code: 'FORMAT' }, text);
  }
});

t.test('nesting has an end', async (t) => {
  const nested = (depth: number): Buffer =>
    Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(1)]);
  t.doesNotThrow(() => decodeMsgpack(nested(MAX_NESTING)));
  t.throws(() => decodeMsgpack(nested(MAX_NESTING + 1)), { code: 'LIMIT' });
});

t.test('what was encoded comes back to the same bytes', async () => {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Value>(null, true, false),
      fc.maxSafeInteger(),
      fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
      fc.double({ noNaN: true }),
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(tie('value'), { maxLength: 5 }).map((items) => new FlaggedList(1, items)),
      fc
        .array(fc.tuple(fc.string(), tie('value')), { maxLength: 5 })
        .map((pairs) => new Map(pairs)),
    ),
  }));
  fc.assert(
    fc.property(value, (value) => {
      const bytes = encodeMsgpack(value);
      return encodeMsgpack(decodeMsgpack(bytes)).equals(bytes);
    }),
  );
});
