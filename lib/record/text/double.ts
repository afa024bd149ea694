/**
 * Doubles as the shortest text that reads back to the same bits: what `String(value)` gives, but
 * without a string for the numbers that people write, those of few digits.
 */
import { writeEightFraction, writePadded, writeSmall, writeUnsigned } from './integer.ts';

/** Room to make for any text written here; the longest finite one has 24 bytes. */
export const MAX_DOUBLE_TEXT = 32;

/** How a language spells what is no finite number, in ASCII of at most 24 bytes each. */
export interface NonFiniteWords {
  readonly nan: string;
  readonly infinity: string;
  readonly negativeInfinity: string;
}

const JS_WORDS: NonFiniteWords = {
  nan: 'NaN',
  infinity: 'Infinity',
  negativeInfinity: '-Infinity',
};

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const LARGEST = 1e15;
const SMALLEST = 1e-6;
const SPLIT = 100_000_000;
/** Below it, a number with 8 decimal places has at most 15 digits. */
const LARGEST_OF_EIGHT_PLACES = 1e7;

/** Powers of ten that a double holds exactly, so that a division by one rounds only once. */
const POWERS = Float64Array.of(
  1,
  1e1,
  1e2,
  1e3,
  1e4,
  1e5,
  1e6,
  1e7,
  1e8,
  1e9,
  1e10,
  1e11,
  1e12,
  1e13,
  1e14,
  1e15,
  1e16,
  1e17,
  1e18,
  1e19,
  1e20,
);

/**
 * Writes the big-endian double at `from` so that it reads back to the same bits: as `String(value)`
 * does, but -0 is `-0`. Integral values below 1e21 have neither point nor exponent.
 *
 * It is read here and not handed over: a double among the arguments of a call is an object.
 *
 * @param bytes holds the double at `from`; 8 bytes must be there
 * @param words for NaN and the infinities; JavaScript's own if left out
 * @returns the offset after the text; room for {@link MAX_DOUBLE_TEXT} bytes must be at `at`
 */
export const writeDouble = (
  out: DataView,
  at: number,
  bytes: DataView,
  from: number,
  words = JS_WORDS,
): number => {
  const value = bytes.getFloat64(from);
  const size = Math.abs(value);
  if (size >= LARGEST_OF_EIGHT_PLACES || Number.isNaN(value))
    return writeOther(out, at, value, words);
  let next = at;
  if (value < 0 || Object.is(value, -0)) out.setUint8(next++, MINUS);
  const whole = Math.floor(size) | 0;
  next = writeSmall(out, next, whole);
  if (whole === size) return next;
  const digits = Math.round(size * SPLIT);
  if (digits / SPLIT !== size || size < SMALLEST) return writeOther(out, at, value, words);
  out.setUint8(next, POINT);
  return writeEightFraction(out, next + 1, digits - whole * SPLIT);
};

const writeOther = (out: DataView, at: number, value: number, words: NonFiniteWords): number => {
  const size = Math.abs(value);
  if (size < LARGEST) {
    let next = at;
    if (value < 0) out.setUint8(next++, MINUS);
    const whole = Math.floor(size);
    if (whole === size) return writeUnsigned(out, next, size);
    if (size >= SMALLEST) {
      next = writeDecimal(out, next, size, whole);
      if (next !== 0) return next;
    }
  }
  if (Number.isFinite(value)) return writeAscii(out, at, String(value));
  if (value === Number.POSITIVE_INFINITY) return writeAscii(out, at, words.infinity);
  if (value === Number.NEGATIVE_INFINITY) return writeAscii(out, at, words.negativeInfinity);
  return writeAscii(out, at, words.nan);
};

/**
 * Writes a number of at most 15 significant digits; gives 0 if it has more. Decimals of 15 digits
 * are farther apart than doubles, so the one that is found is the only and the shortest one.
 */
const writeDecimal = (out: DataView, at: number, size: number, whole: number): number => {
  let places = 15;
  if (whole > 0) while (whole >= POWERS[15 - places]!) places--;
  else while (size * POWERS[places - 14]! < 1) places++;
  const digits = Math.round(size * POWERS[places]!);
  if (digits >= LARGEST || digits / POWERS[places]! !== size) return 0;

  // Take the zeros off the end, in 32-bit halves: the remainder of doubles is slow.
  let high = Math.floor(digits / SPLIT);
  let low = (digits - high * SPLIT) | 0;
  let fraction: number;
  if (low === 0) {
    places -= 8;
    while (high % 10 === 0) {
      high = (high / 10) | 0;
      places--;
    }
    fraction = high - whole * POWERS[places]!;
  } else {
    let shift = 0;
    while (low % 10 === 0) {
      low = (low / 10) | 0;
      places--;
      shift++;
    }
    fraction = high * POWERS[8 - shift]! + low - whole * POWERS[places]!;
  }
  const next = writeUnsigned(out, at, whole);
  out.setUint8(next, POINT);
  return writeFraction(out, next + 1, fraction, places);
};

const writeFraction = (out: DataView, at: number, value: number, width: number): number => {
  if (width <= 15) return writePadded(out, at, value, width);
  const zeros = width - 15;
  for (let position = 0; position < zeros; position++) out.setUint8(at + position, ZERO);
  return writePadded(out, at + zeros, value, 15);
};

const writeAscii = (out: DataView, at: number, text: string): number => {
  for (let index = 0; index < text.length; index++)
    out.setUint8(at + index, text.charCodeAt(index));
  return at + text.length;
};
