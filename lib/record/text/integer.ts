/**
 * Integers as decimal text, written into a buffer without a string or a bigint between: they
 * stand in every line of .asb and NDJSON. The caller has made room for the longest text.
 */
import { readU32 } from '../layout.ts';

/** Bytes of the longest text: `-9223372036854775808`. */
export const MAX_INT64_TEXT = 20;

const ZERO = 0x30;
const MINUS = 0x2d;
const BILLION = 1_000_000_000;
/** `00` to `99`: two digits at a time take half the divisions. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, index) =>
  index % 2 === 0 ? ZERO + Math.floor(index / 20) : ZERO + ((index >> 1) % 10),
);
/** Above this high half, the 64 bits are more than a double holds exactly. */
const LAST_SAFE_HIGH = 0x1fffff;

/**
 * Writes exactly `width` digits of `value`, with zeros before it.
 *
 * @param value 0 to 2^31-1, with no more than `width` digits
 * @returns the offset after the text
 */
const writePadded32 = (out: Uint8Array, at: number, value: number, width: number): number => {
  let rest = value | 0;
  let position = at + width;
  while (position - at > 1) {
    const quotient = (rest / 100) | 0;
    const pair = 2 * (rest - quotient * 100);
    out[--position] = PAIRS[pair + 1]!;
    out[--position] = PAIRS[pair]!;
    rest = quotient;
  }
  if (position > at) out[at] = ZERO + rest;
  return at + width;
};

/** Number of decimal digits of `value`, which is below 10^9. */
const countDigits = (value: number): number => {
  if (value < 10000) {
    if (value < 100) return value < 10 ? 1 : 2;
    return value < 1000 ? 3 : 4;
  }
  if (value < 1000000) return value < 100000 ? 5 : 6;
  if (value < 100000000) return value < 10000000 ? 7 : 8;
  return 9;
};

/**
 * Writes exactly `width` digits, with zeros before the number.
 *
 * @param value an integer from 0 to 2^53-1 with no more than `width` digits
 * @returns the offset after the text
 */
export const writePadded = (out: Uint8Array, at: number, value: number, width: number): number => {
  if (width <= 9) return writePadded32(out, at, value, width);
  const high = Math.floor(value / BILLION);
  return writePadded32(out, writePadded32(out, at, high, width - 9), value - high * BILLION, 9);
};

/**
 * Writes a number in decimal.
 *
 * @param value an integer from 0 to 2^53-1
 * @returns the offset after the text
 */
export const writeUnsigned = (out: Uint8Array, at: number, value: number): number => {
  if (value < 10) {
    out[at] = ZERO + value;
    return at + 1;
  }
  if (value < BILLION) return writePadded32(out, at, value, countDigits(value));
  const high = Math.floor(value / BILLION);
  const next = writePadded32(out, at, high, countDigits(high));
  return writePadded32(out, next, value - high * BILLION, 9);
};

/**
 * Writes a number in decimal, with `-` before it if it is negative.
 *
 * @param value a safe integer; -0 is written as 0
 * @returns the offset after the text
 */
export const writeInteger = (out: Uint8Array, at: number, value: number): number => {
  if (value >= 0) return writeUnsigned(out, at, value);
  out[at] = MINUS;
  return writeUnsigned(out, at + 1, -value);
};

/**
 * Writes 64 unsigned bits in decimal.
 *
 * @param high upper 32 bits
 * @param low lower 32 bits
 * @returns the offset after the text, which has at most {@link MAX_INT64_TEXT} bytes
 */
export const writeUint64 = (out: Uint8Array, at: number, high: number, low: number): number => {
  if (high <= LAST_SAFE_HIGH) return writeUnsigned(out, at, high * 0x100000000 + low);
  // Long division by 10^9 in steps of 16 bits: a remainder times 2^16 stays exact.
  const upper = Math.floor(high / BILLION);
  let step = (high - upper * BILLION) * 0x10000 + (low >>> 16);
  const middle = Math.floor(step / BILLION);
  step = (step - middle * BILLION) * 0x10000 + (low & 0xffff);
  const lower = Math.floor(step / BILLION);
  const next = writeUnsigned(out, at, upper * 0x100000000 + middle * 0x10000 + lower);
  return writePadded32(out, next, step - lower * BILLION, 9);
};

/**
 * Writes the 8 big-endian bytes of a signed integer in decimal.
 *
 * @param bytes holds the integer at `from`; 8 bytes must be there
 * @returns the offset after the text, which has at most {@link MAX_INT64_TEXT} bytes
 */
export const writeInt64 = (
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
): number => {
  const high = readU32(bytes, from);
  const low = readU32(bytes, from + 4);
  if (high < 0x80000000) return writeUint64(out, at, high, low);
  out[at] = MINUS;
  // Two's complement: the carry reaches the upper half only if the lower is 0.
  return low === 0
    ? writeUint64(out, at + 1, -high >>> 0, 0)
    : writeUint64(out, at + 1, ~high >>> 0, -low >>> 0);
};
