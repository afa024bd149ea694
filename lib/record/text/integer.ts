/**
 * Integers as decimal text, written into a buffer without a string or a bigint between: they
 * stand in every line of .asb and NDJSON. The caller has made room for the longest text.
 */

const ZERO = 0x30;
const MINUS = 0x2d;
const SPACE = 0x20;
const BILLION = 1_000_000_000;
/** From here on there are more than eight digits. */
const EIGHT_DIGITS = 100_000_000;
/** `00` to `99`, as they stand in memory: two digits are one store, and half the divisions. */
const PAIRS = Uint16Array.from(
  { length: 100 },
  (_, value) => ((ZERO + Math.floor(value / 10)) << 8) | (ZERO + (value % 10)),
);
/** Of four digits as text, what they are worth. */
const VALUES = 0x0f0f0f0f;
/** Above this high half, the 64 bits are more than a double holds exactly. */
const LAST_SAFE_HIGH = 0x1fffff;

/** Four digits of `value`, which is below 10,000, as they stand in memory. */
const fourDigits = (value: number): number => {
  const high = (value / 100) | 0;
  return (PAIRS[high]! << 16) | PAIRS[value - high * 100]!;
};

/** Writes exactly 8 digits of `value`, which is below 10^8. */
const writeEight = (out: DataView, at: number, value: number): number => {
  const high = (value / 10_000) | 0;
  out.setInt32(at, fourDigits(high));
  out.setInt32(at + 4, fourDigits(value - high * 10_000));
  return at + 8;
};

/**
 * Writes the eight decimal places of a fraction, without the zeros at its end.
 *
 * @param value 1 to 10^8-1
 * @param out has room for 8 bytes at `at`, whatever the value
 * @returns the offset after the last digit that is not 0
 */
export const writeEightFraction = (out: DataView, at: number, value: number): number => {
  const high = (value / 10_000) | 0;
  const low = value - high * 10_000;
  const first = fourDigits(high);
  out.setInt32(at, first);
  if (low === 0) return at + 4 - zerosAtEnd(first);
  const last = fourDigits(low);
  out.setInt32(at + 4, last);
  return at + 8 - zerosAtEnd(last);
};

/** How many of four digits are zeros at the end; not all are. */
const zerosAtEnd = (digits: number): number => {
  const values = digits & VALUES;
  return (31 - Math.clz32(values & -values)) >> 3;
};

/** Writes exactly 9 digits of `value`, which is below 10^9. */
const writeNine = (out: DataView, at: number, value: number): number => {
  const high = (value / EIGHT_DIGITS) | 0;
  out.setUint8(at, ZERO + high);
  return writeEight(out, at + 1, value - high * EIGHT_DIGITS);
};

/**
 * Writes a number of one to four digits that is not 0. What is stored is always a whole word: the bytes behind the
 * text may be anything, and there must be room for them.
 */
const writeFew = (out: DataView, at: number, value: number): number => {
  const digits = fourDigits(value);
  const zeros = Math.clz32(digits & VALUES) >> 3;
  out.setInt32(at, digits << (8 * zeros));
  return at + 4 - zeros;
};

/**
 * Writes a number below 10^8 in decimal.
 *
 * @returns the offset after the text; up to 3 bytes behind that may have been written, too
 */
export const writeSmall = (out: DataView, at: number, value: number): number => {
  if (value < 10) {
    out.setUint8(at, ZERO + value);
    return at + 1;
  }
  if (value < 10_000) return writeFew(out, at, value);
  const high = (value / 10_000) | 0;
  const next = writeFew(out, at, high);
  out.setInt32(next, fourDigits(value - high * 10_000));
  return next + 4;
};

/**
 * Writes exactly `width` digits, with zeros before the number.
 *
 * @param value an integer from 0 to 2^53-1 with no more than `width` digits
 * @returns the offset after the text
 */
export const writePadded = (out: DataView, at: number, value: number, width: number): number => {
  let rest = value;
  let position = at + width;
  for (; position - at >= 8; position -= 8) {
    const high = Math.floor(rest / EIGHT_DIGITS);
    writeEight(out, position - 8, rest - high * EIGHT_DIGITS);
    rest = high;
  }
  let low = rest | 0;
  for (; position - at >= 2; position -= 2) {
    const high = (low / 100) | 0;
    out.setUint16(position - 2, PAIRS[low - high * 100]!);
    low = high;
  }
  if (position > at) out.setUint8(at, ZERO + low);
  return at + width;
};

/**
 * Writes a number in decimal.
 *
 * @param value an integer from 0 to 2^53-1
 * @returns the offset after the text
 */
export const writeUnsigned = (out: DataView, at: number, value: number): number => {
  if (value < EIGHT_DIGITS) return writeSmall(out, at, value);
  // In parts that are integers to V8, too: a larger number among the arguments is an object.
  const high = Math.floor(value / EIGHT_DIGITS);
  const low = (value - high * EIGHT_DIGITS) | 0;
  return writeEight(out, writeUnsigned(out, at, high | 0), low);
};

/**
 * Writes a number in decimal, with `-` before it if it is negative.
 *
 * @param value a safe integer; -0 is written as 0
 * @returns the offset after the text
 */
export const writeInteger = (out: DataView, at: number, value: number): number => {
  if (value >= 0) return writeUnsigned(out, at, value);
  out.setUint8(at, MINUS);
  return writeUnsigned(out, at + 1, -value);
};

/**
 * Writes a size and a space behind it.
 *
 * @param size 0 to 2^31-1
 * @returns the offset after the space; up to 3 bytes behind that may have been written, too
 */
export const writeSize = (out: DataView, at: number, size: number): number => {
  if (size < 100) {
    if (size < 10) {
      out.setUint16(at, ((ZERO + size) << 8) | SPACE);
      return at + 2;
    }
    out.setInt32(at, (PAIRS[size]! << 16) | (SPACE << 8));
    return at + 3;
  }
  const next = writeUnsigned(out, at, size);
  out.setUint8(next, SPACE);
  return next + 1;
};

/**
 * Writes 64 unsigned bits in decimal.
 *
 * @param highBits upper 32 bits; those from 2^31 on may be negative: larger ones are objects to V8
 * @param lowBits lower 32 bits, so too
 * @returns the offset after the text, which has at most 20 bytes
 */
export const writeUint64 = (
  out: DataView,
  at: number,
  highBits: number,
  lowBits: number,
): number => {
  const high = highBits >>> 0;
  const low = lowBits >>> 0;
  let value = high * 0x100000000 + low;
  /** The last nine digits, if they are apart from the value. */
  let nine = -1;
  if (high > LAST_SAFE_HIGH) {
    // Long division by 10^9 in steps of 16 bits: a remainder times 2^16 stays exact.
    const upper = Math.floor(high / BILLION);
    let step = (high - upper * BILLION) * 0x10000 + (low >>> 16);
    const middle = Math.floor(step / BILLION);
    step = (step - middle * BILLION) * 0x10000 + (low & 0xffff);
    const lower = Math.floor(step / BILLION);
    value = upper * 0x100000000 + middle * 0x10000 + lower;
    nine = (step - lower * BILLION) | 0;
  }
  // In parts, as in writeUnsigned, and not by it.
  const first = Math.floor(value / EIGHT_DIGITS);
  const last = (value - first * EIGHT_DIGITS) | 0;
  const next =
    first === 0 ? writeSmall(out, at, last) : writeEight(out, writeSmall(out, at, first | 0), last);
  return nine < 0 ? next : writeNine(out, next, nine);
};

/**
 * Writes the 8 big-endian bytes of a signed integer in decimal.
 *
 * @param bytes holds the integer at `from`; 8 bytes must be there
 * @returns the offset after the text, which has at most 20 bytes
 */
export const writeInt64 = (out: DataView, at: number, bytes: DataView, from: number): number => {
  const high = bytes.getInt32(from);
  const low = bytes.getInt32(from + 4);
  if (high === 0 && low >= 0 && low < EIGHT_DIGITS) return writeSmall(out, at, low);
  if (high >= 0) return writeUint64(out, at, high, low);
  out.setUint8(at, MINUS);
  // Two's complement: the carry reaches the upper half only if the lower is 0.
  return low === 0
    ? writeUint64(out, at + 1, -high | 0, 0)
    : writeUint64(out, at + 1, ~high, -low | 0);
};
