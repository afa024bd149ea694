import t from 'tap';
import { encodeMsgpack, MsgpackWriter } from '../../lib/record/msgpack-writer.ts';
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

const hexOf = (value: Value): string => encodeMsgpack(value).toString('hex');

t.test('every value has the form that clients give it', async (t) => {
  const rows: readonly (readonly [Value, string])[] = [
    [null, 'c0'],
    [true, 'c3'],
    [false, 'c2'],
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [0xffffffff, 'ceffffffff'],
    [0x100000000, 'cf0000000100000000'],
    [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-32_768, 'd18000'],
    [-32_769, 'd2ffff7fff'],
    [-2_147_483_648, 'd280000000'],
    [-2_147_483_649, 'd3ffffffff7fffffff'],
    [5n, '05'],
    [2n ** 53n, 'cf0020000000000000'],
    [2n ** 64n - 1n, 'cfffffffffffffffff'],
    [-(2n ** 63n), 'd38000000000000000'],
    [0.5, 'cb3fe0000000000000'],
    [-0, 'cb8000000000000000'],
    [new Double(1), 'cb3ff0000000000000'],
    ['a', 'a20361'],
    ['é', 'a303c3a9'],
    [`${'x'.repeat(29)}é`, `d92003${'78'.repeat(29)}c3a9`],
    ['', 'a103'],
    [Buffer.of(1), 'a20401'],
    [new GeoJson('{}'), 'a3177b7d'],
    [new TypedBytes(ParticleType.JAVA_BLOB, Buffer.of(1)), 'a20701'],
    [new RawMsgpack(Buffer.of(0xd4, 1, 2)), 'd40102'],
    [[], '90'],
    [[1, [2]], '92019102'],
    [new FlaggedList(1, []), '91c70001'],
    [new Map<Value, Value>([['a', 1]]), '81a2036101'],
    [new FlaggedMap(3, new Map([[1, 2]])), '82c70003c00102'],
  ];
  for (const [value, text] of rows) t.equal(hexOf(value), text);
});

t.test('heads of every size', async (t) => {
  const rows: readonly (readonly [Value, string])[] = [
    ['x'.repeat(30), 'bf03'],
    ['x'.repeat(31), 'd92003'],
    ['x'.repeat(254), 'd9ff03'],
    ['x'.repeat(255), 'da010003'],
    ['x'.repeat(65_534), 'daffff03'],
    ['x'.repeat(65_535), 'db0001000003'],
    [new Array(15).fill(0), '9f00'],
    [new Array(16).fill(0), 'dc001000'],
    [new Array(65_535).fill(0), 'dcffff00'],
    [new Array(65_536).fill(0), 'dd0001000000'],
    [new FlaggedList(1, new Array(15).fill(0)), 'dc0010c7000100'],
    [new Map(Array.from({ length: 15 }, (_, key) => [key, 0])), '8f00'],
    [new Map(Array.from({ length: 16 }, (_, key) => [key, 0])), 'de001000'],
    [new Map(Array.from({ length: 65_536 }, (_, key) => [key, 0])), 'df0001000000'],
  ];
  for (const [value, start] of rows) t.equal(hexOf(value).slice(0, start.length), start);
});

t.test('what 64 bits cannot hold is refused', async (t) => {
  for (const value of [2n ** 64n, -(2n ** 63n) - 1n]) {
    t.throws(() => encodeMsgpack(value), { code: 'RANGE' });
    t.throws(() => encodeMsgpack([value]), { code: 'RANGE' });
  }
  const writer = new MsgpackWriter();
  // @ts-expect-error: callers in JavaScript
  t.throws(() => writer.value(undefined), { code: 'RANGE' });
});

t.test('what was taken is not written to again', async (t) => {
  const writer = new MsgpackWriter();
  writer.value('one');
  const taken = writer.take();
  writer.value('two');
  t.equal(taken.toString('hex'), 'a4036f6e65');
});
