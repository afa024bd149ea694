import fc from 'fast-check';
import t from 'tap';
import { viewOf } from '../../../lib/record/layout.ts';
import { MAX_DOUBLE_TEXT, writeDouble } from '../../../lib/record/text/double.ts';

const bytes = Buffer.alloc(64);
const out = viewOf(bytes);
const START = 5;

/** A view that holds the double at 1. */
const eight = (value: number): DataView => {
  const view = new DataView(new ArrayBuffer(9));
  view.setFloat64(1, value);
  return view;
};

const textOf = (value: number): string =>
  bytes.toString('latin1', START, writeDouble(out, START, eight(value), 1));

const expected = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

t.test('writeDouble, one by one', async (t) => {
  const rows: readonly (readonly [number, string])[] = [
    [0, '0'],
    [-0, '-0'],
    [741, '741'],
    [-741, '-741'],
    [0.1, '0.1'],
    [-0.5, '-0.5'],
    [9_999_999.99999999, '9999999.99999999'],
    [10_000_000.5, '10000000.5'],
    [-475_001.03125, '-475001.03125'],
    [0.999999999999, '0.999999999999'],
    [1e7, '10000000'],
    [-0.000001, '-0.000001'],
    [0.1 + 0.2, '0.30000000000000004'],
    [12.34, '12.34'],
    [100000000.5, '100000000.5'],
    [1.00000001, '1.00000001'],
    [0.000001, '0.000001'],
    [0.00000123456789012345, '0.00000123456789012345'],
    [0.0000012345, '0.0000012345'],
    [0.00000125, '0.00000125'],
    [0.0000009, '9e-7'],
    [0.9999999999999999, '0.9999999999999999'],
    [999999999999999.9, '999999999999999.9'],
    [2 ** 53 - 1, '9007199254740991'],
    [1e15, '1000000000000000'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ];
  for (const [value, text] of rows) t.equal(textOf(value), text);
});

t.test('writeDouble uses the words of the caller', async (t) => {
  const words = { nan: 'nan', infinity: 'inf', negativeInfinity: '-inf' };
  const rows: readonly (readonly [number, string])[] = [
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [-0, '-0'],
    [1e300, '1e+300'],
  ];
  for (const [value, text] of rows) {
    t.equal(bytes.toString('latin1', 0, writeDouble(out, 0, eight(value), 1, words)), text);
  }
});

t.test('writeDouble writes what String prints', async () => {
  const same = (value: number): boolean => {
    const text = textOf(value);
    return text === expected(value) && text.length <= MAX_DOUBLE_TEXT;
  };
  fc.assert(fc.property(fc.double(), same), { numRuns: 5000 });
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(24), (digits, places) => same(digits / 10 ** places)),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.integer(), fc.nat(12), (digits, places) => same(digits / 10 ** places)),
    { numRuns: 5000 },
  );
});
