import fc from 'fast-check';
import t from 'tap';
import { viewOf } from '../../../lib/record/layout.ts';
import {
  writeEightFraction,
  writeInt64,
  writeInteger,
  writePadded,
  writeSize,
  writeSmall,
  writeUint64,
  writeUnsigned,
} from '../../../lib/record/text/integer.ts';

const bytes = Buffer.alloc(64);
const out = viewOf(bytes);
const START = 3;

/** What `write` wrote, whose start is not the buffer's. */
const textOf = (write: (at: number) => number): string =>
  bytes.toString('latin1', START, write(START));

const int64 = (value: bigint): DataView => {
  const view = new DataView(new ArrayBuffer(10));
  view.setBigInt64(1, value);
  return view;
};

const powersOfTen = Array.from({ length: 19 }, (_, power) => 10n ** BigInt(power));
const powersOfTwo = Array.from({ length: 63 }, (_, power) => 2n ** BigInt(power));
const edges = [...powersOfTen, ...powersOfTwo].flatMap((value) => [value - 1n, value, value + 1n]);

t.test('writeInt64 at every power of ten and two', async (t) => {
  for (const value of [...edges, ...edges.map((edge) => -edge), 2n ** 63n - 1n, -(2n ** 63n)]) {
    const text = textOf((at) => writeInt64(out, at, int64(value), 1));
    t.equal(text, String(value));
    t.ok(text.length <= 20);
  }
});

t.test('writeInt64 writes what BigInt prints', async () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      (value) => textOf((at) => writeInt64(out, at, int64(value), 1)) === String(value),
    ),
    { numRuns: 2000 },
  );
});

t.test('writeUint64 writes what BigInt prints', async (t) => {
  const check = (value: bigint): boolean =>
    textOf((at) => writeUint64(out, at, Number(value >> 32n), Number(value & 0xffffffffn))) ===
    String(value);
  for (const value of [...edges, 2n ** 64n - 1n]) t.ok(check(value), String(value));
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), check), { numRuns: 2000 });
});

t.test('writeInteger and writeUnsigned write what String prints', async (t) => {
  t.equal(
    textOf((at) => writeInteger(out, at, -0)),
    '0',
  );
  const check = (value: number): boolean =>
    textOf((at) => writeInteger(out, at, value)) === String(value) &&
    textOf((at) => writeUnsigned(out, at, Math.abs(value))) === String(Math.abs(value));
  for (const edge of edges.map(Number).filter(Number.isSafeInteger)) t.ok(check(edge), `${edge}`);
  fc.assert(fc.property(fc.maxSafeInteger(), check));
});

t.test('writeSmall writes every number of few digits, and those of up to eight', async (t) => {
  const check = (value: number): boolean =>
    textOf((at) => writeSmall(out, at, value)) === String(value);
  for (let value = 0; value < 20_000; value++) if (!check(value)) t.fail(String(value));
  fc.assert(fc.property(fc.nat(99_999_999), check), { numRuns: 2000 });
});

t.test('writeSize has a space behind it', async (t) => {
  const check = (value: number): boolean =>
    textOf((at) => writeSize(out, at, value)) === `${value} `;
  for (let value = 0; value < 1100; value++) t.ok(check(value), String(value));
  fc.assert(fc.property(fc.nat(), check));
});

t.test('writeEightFraction drops the zeros at the end, and no others', async (t) => {
  const check = (value: number): boolean =>
    textOf((at) => writeEightFraction(out, at, value)) ===
    String(value).padStart(8, '0').replace(/0+$/, '');
  for (let digit = 1; digit < 100_000_000; digit *= 10) {
    for (const value of [digit, 3 * digit, 99_999_999 - digit, 50_000_000 + digit - 1]) {
      t.ok(check(value), String(value));
    }
  }
  fc.assert(fc.property(fc.integer({ min: 1, max: 99_999_999 }), check), { numRuns: 1000 });
});

t.test('writePadded fills up with zeros', async () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(5), (value, more) => {
      const width = String(value).length + more;
      return (
        textOf((at) => writePadded(out, at, value, width)) === String(value).padStart(width, '0')
      );
    }),
  );
});
