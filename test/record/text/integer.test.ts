import fc from 'fast-check';
import t from 'tap';
import {
  MAX_INT64_TEXT,
  writeInt64,
  writeInteger,
  writePadded,
  writeUint64,
  writeUnsigned,
} from '../../../lib/record/text/integer.ts';

const out = Buffer.alloc(64);
const START = 3;

/** What `write` wrote, whose start is not the buffer's. */
const textOf = (write: (at: number) => number): string =>
  out.toString('latin1', START, write(START));

const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(10);
  bytes.writeBigInt64BE(value, 1);
  return bytes;
};

const powersOfTen = Array.from({ length: 19 }, (_, power) => 10n ** BigInt(power));
const powersOfTwo = Array.from({ length: 63 }, (_, power) => 2n ** BigInt(power));
const edges = [...powersOfTen, ...powersOfTwo].flatMap((value) => [value - 1n, value, value + 1n]);

t.test('writeInt64 at every power of ten and two', async (t) => {
  for (const value of [...edges, ...edges.map((edge) => -edge), 2n ** 63n - 1n, -(2n ** 63n)]) {
    const text = textOf((at) => writeInt64(out, at, int64(value), 1));
    t.equal(text, String(value));
    t.ok(text.length <= MAX_INT64_TEXT);
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
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      (value) =>
        textOf((at) => writeInteger(out, at, value)) === String(value) &&
        textOf((at) => writeUnsigned(out, at, Math.abs(value))) === String(Math.abs(value)),
    ),
  );
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
