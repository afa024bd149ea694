import fc from 'fast-check';
import t from 'tap';
import { readInt64 } from '../../../lib/record/text/read-integer.ts';

const out = Buffer.alloc(16);
const view = new DataView(out.buffer, out.byteOffset, 16);
const read = (text: string): number => readInt64(Buffer.from(`${text}\n`), 0, view, 3);

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

t.test('reads any int64', async () => {
  const edges = [0n, 1n, 2n ** 32n, 10n ** 15n, 10n ** 15n - 1n, 10n ** 18n, MOST, LEAST + 1n];
  const check = (value: bigint): boolean =>
    read(String(value)) === String(value).length && out.readBigInt64BE(3) === value;
  for (const value of [LEAST, ...edges, ...edges.map((edge) => -edge)])
    t.ok(check(value), `${value}`);
  fc.assert(fc.property(fc.bigInt({ min: LEAST, max: MOST }), check));
});

t.test('begins anywhere, and takes zeros before the number', async (t) => {
  t.equal(readInt64(Buffer.from('x 0042 '), 2, view, 0), 6);
  t.equal(out.readBigInt64BE(0), 42n);
});

for (const [text, wrongAt] of [
  ['', 0],
  ['-', 1],
  ['+5', 0],
  [' 5', 0],
  [String(MOST + 1n), 18],
  [String(LEAST - 1n), 19],
  ['9999999999999999999', 18],
  ['10000000000000000000', 19],
  ['-123456789012345678901', 20],
] as const) {
  t.test(`refuses "${text}"`, async (t) => t.equal(read(text), ~wrongAt));
}
