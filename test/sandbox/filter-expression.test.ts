import fc from 'fast-check';
import t from 'tap';
import { encodeParticle } from '../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { encodeMsgpack } from '../../lib/record/msgpack-writer.ts';
import { Double, GeoJson, RawMsgpack, type Value } from '../../lib/record/values.ts';
import { parseFilter } from '../../lib/sandbox/filter-expression.ts';
import type { StoredRecord } from '../../lib/sandbox/store.ts';

const NOW = (EPOCH_SECONDS + 1000) * 1000;
const record: StoredRecord = {
  digest: Buffer.from('000102030405060708090a0b0c0d0e0f07000000', 'hex'),
  set: Buffer.from('s1'),
  key: Buffer.from('\x03a key'),
  generation: 1,
  voidTime: 1600,
  lastUpdate: NOW - 5,
  bins: Object.entries({
    i: 5,
    d: 1.5,
    nan: Number.NaN,
    s: 'text',
    b: Buffer.of(1, 0xff),
    t: true,
    f: false,
    l: [1],
  }).map(([name, value]) => {
    const { type, bytes } = encodeParticle(value);
    return { name: Buffer.from(name), type, bytes: Buffer.from(bytes) };
  }),
};

/** A bin's name stands as plain bytes, without a particle type. */
const name = (text: string) =>
  new RawMsgpack(Buffer.from(`${String.fromCharCode(0xa0 + text.length)}${text}`, 'latin1'));
const bin = (type: number, text: string): Value => [81, type, name(text)];
const [BOOL, INT, STRING, BLOB, FLOAT] = [1, 2, 3, 6, 7] as const;
const [EQ, NE, GT, GE, LT, LE] = [1, 2, 3, 4, 5, 6] as const;
const [AND, OR, NOT] = [16, 17, 18] as const;
const missing: Value = [EQ, bin(INT, 'nope'), 1];

const matches = (expression: Value, of = record): boolean | undefined =>
  parseFilter(encodeMsgpack(expression))?.(of, NOW);

const CASES: readonly (readonly [Value, boolean | undefined])[] = [
  [true, true],
  [false, false],
  [[EQ, bin(INT, 'i'), 5], true],
  [[NE, bin(INT, 'i'), 5], false],
  [[GT, bin(INT, 'i'), 4], true],
  [[GE, bin(INT, 'i'), 6], false],
  [[LT, bin(INT, 'i'), 6], true],
  [[LE, bin(INT, 'i'), 5], true],
  [[LT, -1, bin(INT, 'i')], true],
  [[LT, bin(INT, 'i'), 2n ** 62n], true],
  [[EQ, bin(FLOAT, 'd'), new Double(1.5)], true],
  [[EQ, bin(FLOAT, 'nan'), bin(FLOAT, 'nan')], false],
  [[NE, bin(FLOAT, 'nan'), bin(FLOAT, 'nan')], true],
  [[LE, bin(FLOAT, 'nan'), new Double(1)], false],
  [[EQ, bin(STRING, 's'), 'text'], true],
  [[GT, bin(STRING, 's'), 'tex'], true],
  [[GT, bin(STRING, 's'), 'tey'], false],
  [[EQ, bin(BLOB, 'b'), Buffer.of(1, 0xff)], true],
  [[GT, bin(BLOB, 'b'), Buffer.of(1, 0x7f, 0)], true],
  [bin(BOOL, 't'), true],
  [bin(BOOL, 'f'), false],
  [[EQ, bin(BOOL, 'f'), false], true],
  [[EQ, null, null], true],
  // Unknown: a bin that is missing, or of another type, decides nothing.
  [missing, false],
  [[NOT, missing], false],
  [[EQ, 1, bin(INT, 's')], false],
  [[AND, missing, true], false],
  [[OR, missing, true], true],
  [[NOT, [AND, missing, false]], true],
  [[OR, missing, false], false],
  [[AND, true, true, bin(BOOL, 't')], true],
  [[OR, false, false], false],
  [[NOT, false], true],
  // What the record says about itself.
  [[EQ, [70], 's1'], true],
  [[EQ, [66], BigInt(record.lastUpdate) * 1_000_000n], true],
  [[EQ, [67], 5], true],
  [[EQ, [68], BigInt(EPOCH_SECONDS + 1600) * 1_000_000_000n], true],
  [[EQ, [69], 600], true],
  [[71], true],
  [[EQ, [64, 4], 3], true],
  [[EQ, [80, STRING], 'a key'], true],
  [[EQ, [80, INT], 1], false],
  [[EQ, [82, name('l')], 20], true],
  [[NE, [82, name('nope')], 0], false],
  // What is refused.
  [[EQ, 1, 'x'], undefined],
  [[EQ, 1], undefined],
  [5, undefined],
  ['x', undefined],
  [[AND, true], undefined],
  [[AND, 1, true], undefined],
  [[NOT, 1], undefined],
  [[7, 0, 'regex', bin(STRING, 's')], undefined],
  [[72], undefined],
  [[64, 0], undefined],
  [[64, 'x'], undefined],
  [[81, 4, name('l')], undefined],
  [[81, INT, 5], undefined],
  [[EQ, new GeoJson('{}'), new GeoJson('{}')], undefined],
  [[EQ, new Map(), new Map()], undefined],
  [['x'], undefined],
  [[], undefined],
];

t.test('expressions match, do not match, or are refused', async (t) => {
  for (const [expression, expected] of CASES) {
    t.equal(matches(expression), expected, encodeMsgpack(expression).toString('hex'));
  }
});

t.test('a record without key and void time', async (t) => {
  const bare = { ...record, key: undefined, voidTime: 0 };
  t.equal(matches([71], bare), false);
  t.equal(matches([EQ, [80, STRING], 'a key'], bare), false);
  t.equal(matches([EQ, [68], -1], bare), true);
  t.equal(matches([EQ, [69], -1], bare), true);
});

t.test('bytes that are cut off, go on, or nest too deeply are refused', async (t) => {
  const whole = encodeMsgpack([AND, [EQ, bin(INT, 'i'), 5], [EQ, [70], 's1']]);
  t.ok(parseFilter(whole));
  for (let size = 0; size < whole.length; size++) {
    t.equal(parseFilter(whole.subarray(0, size)), undefined);
  }
  t.equal(parseFilter(Buffer.concat([whole, Buffer.of(0xc0)])), undefined);
  const deep = Buffer.concat([Buffer.alloc(2000, Buffer.of(0x92, NOT)), Buffer.of(0xc3)]);
  t.equal(parseFilter(deep), undefined);
});

t.test('any bytes are a filter or none', async () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const filter = parseFilter(Buffer.from(bytes));
      return filter === undefined || typeof filter(record, NOW) === 'boolean';
    }),
  );
});
