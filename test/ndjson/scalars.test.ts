import t from 'tap';
import type { Json } from '../../lib/ndjson/json.ts';
import { Place } from '../../lib/ndjson/place.ts';
import {
  isInteger,
  readBase64,
  readCount,
  readDouble,
  readInt,
  readString,
} from '../../lib/ndjson/scalars.ts';

const place = new Place(undefined);

t.test('isInteger', async (t) => {
  for (const value of [0, -0, 1, Number.MAX_SAFE_INTEGER]) t.ok(isInteger(place, value));
  for (const value of [0.5, 5e-324, -1.25]) t.notOk(isInteger(place, value));
  for (const value of [2 ** 53, -(2 ** 53), 1e300, Number.POSITIVE_INFINITY]) {
    t.throws(() => isInteger(place, value), { code: 'RANGE' });
  }
});

t.test('readInt', async (t) => {
  for (const value of ['0', '-5', '18446744073709551615', '-9223372036854775808']) {
    t.equal(readInt(place, value, -(2n ** 63n), 2n ** 64n - 1n), BigInt(value));
  }
  for (const value of ['', '-', '+1', '01', '1.0', ' 1', '0x1', '9'.repeat(21), 5, null]) {
    t.throws(() => readInt(place, value, -(2n ** 63n), 2n ** 64n - 1n), { code: 'FORMAT' });
  }
  for (const value of ['11', '-1']) {
    t.throws(() => readInt(place, value, 0n, 10n), { code: 'FORMAT' });
  }
});

t.test('readDouble', async (t) => {
  const rows: readonly (readonly [Json, string])[] = [
    ['5', '4014000000000000'],
    [5, '4014000000000000'],
    [0.5, '3fe0000000000000'],
    ['-0', '8000000000000000'],
    ['1e+300', '7e37e43c8800759c'],
    ['NaN', '7ff8000000000000'],
    ['Infinity', '7ff0000000000000'],
    ['-Infinity', 'fff0000000000000'],
    ['0x7ff8000000000001', '7ff8000000000001'],
  ];
  for (const [json, hex] of rows) t.equal(readDouble(place, json).toString('hex'), hex);
  for (const json of ['', 'nan', '0x1', '5 ', '.5', '0x7FF8000000000001', true, null]) {
    t.throws(() => readDouble(place, json), { code: 'FORMAT' });
  }
});

t.test('readBase64 is strict', async (t) => {
  t.same(readBase64(place, ''), Buffer.alloc(0));
  t.same(readBase64(place, '/+8='), Buffer.of(0xff, 0xef));
  for (const json of ['/+8', '_-8=', '/+9=', '/+8=\n', '====', 5, null]) {
    t.throws(() => readBase64(place, json), { code: 'FORMAT' }, String(json));
  }
});

t.test('readString refuses half a surrogate pair', async (t) => {
  t.same(readString(place, 'é😀'), Buffer.from('é😀'));
  for (const json of ['\ud800', 5, undefined]) {
    t.throws(() => readString(place, json), { code: 'FORMAT' });
  }
});

t.test('readCount', async (t) => {
  t.equal(readCount(place, 7, 7), 7);
  t.equal(readCount(place, 0, 7), 0);
  for (const json of [8, -1, 0.5, '1', null]) {
    t.throws(() => readCount(place, json, 7), { code: 'RANGE' });
  }
});
