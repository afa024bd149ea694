import fc from 'fast-check';
import t from 'tap';
import { MAX_DOUBLE_LENGTH, readDouble } from '../../../lib/record/text/read-double.ts';

const out = Buffer.alloc(16);
const view = new DataView(out.buffer, out.byteOffset, 16);
const read = (text: string, end = text.length): number =>
  readDouble(Buffer.from(`${text}\n\0\0`), 0, end, view, 2);

/** As printf writes it. */
const ofC = (value: number): string =>
  Object.is(value, -0) ? '-0' : value.toPrecision(17).replace(/(\.\d*?)0+(e|$)/, '$1$2');

t.test('reads what JavaScript and C write of any double', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
      [Object.is(value, -0) ? '-0' : String(value), ofC(value)].every(
        (text) => read(text) === text.length && Object.is(view.getFloat64(2), value),
      ),
    ),
  );
});

t.test('decimals of few digits come out as Number reads them', async () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -40, max: 40 }), (digits, exponent) => {
      const text = `${digits}e${exponent}`;
      return read(text) === text.length && Object.is(view.getFloat64(2), Number(text));
    }),
  );
});

for (const [text, value] of [
  ['1.', 1],
  ['.5', 0.5],
  ['+1e+300', 1e300],
  ['0.000', 0],
  ['-0.0', -0],
  ['0e999', 0],
  ['1'.repeat(300), Number('1'.repeat(300))],
  ['nan', Number.NaN],
  ['NaN', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-INFINITY', Number.NEGATIVE_INFINITY],
] as const) {
  t.test(`reads ${text.slice(0, 20)}`, async (t) => {
    t.equal(read(text, text.length + 1), text.length);
    t.ok(Object.is(view.getFloat64(2), value));
  });
}

t.test('the sign of a NaN stays', async (t) => {
  t.equal(read('-nan', 5), 4);
  t.equal(out.toString('hex', 2, 10), 'fff8000000000000');
});

t.test('a word that ends with the text may go on', async (t) => {
  for (const text of ['', 'i', 'inf', 'infini']) t.equal(read(text), ~text.length);
});

for (const [text, wrongAt] of [
  ['x', 0],
  ['-x', 1],
  ['.', 1],
  ['-.', 2],
  ['1e', 2],
  ['1e+', 3],
  ['infi', 0],
  ['infinityx', 0],
  ['1e400', 0],
  ['-1e400', 0],
  ['1e-400', 0],
  ['1'.repeat(MAX_DOUBLE_LENGTH + 1), 0],
  ['0'.repeat(MAX_DOUBLE_LENGTH + 1), 0],
] as const) {
  t.test(`refuses "${text.slice(0, 20)}"`, async (t) => {
    t.equal(read(text, text.length + 1), ~wrongAt);
  });
}

t.test('leaves off at the first byte that is no part of it', async (t) => {
  for (const text of ['1E5', '0x10', '1,5', '1-']) t.equal(read(text), 1);
  t.equal(read('1.5.5'), 3);
});
