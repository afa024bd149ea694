/** Integers as decimal text, read without a string or a bigint between. */

const ZERO = 0x30;
const MINUS = 0x2d;
const TWO_32 = 0x100000000;
/** As many digits as a number of JavaScript holds for certain. */
const SAFE_DIGITS = 15;
/** Digits that come first when there are more: the rest is 9. */
const MAX_DIGITS = 19;
const BILLION = 1_000_000_000;

/**
 * Reads a signed integer, as long as digits come, into its 8 big-endian bytes.
 *
 * @param text ends with a byte that is no digit
 * @param out has 8 bytes at `at`
 * @returns the offset in `text` behind it; if there is none, or it is outside int64, `~` the
 *   offset of the wrong byte
 */
export const readInt64 = (text: Uint8Array, start: number, out: DataView, at: number): number => {
  const negative = text[start] === MINUS;
  const first = negative ? start + 1 : start;
  let from = first;
  let value = 0;
  for (let digit = text[from]! - ZERO; digit >= 0 && digit <= 9; digit = text[++from]! - ZERO) {
    value = value * 10 + digit;
  }
  if (from === first) return ~from;
  if (from - first > SAFE_DIGITS) return readLong(text, first, from, negative, out, at);
  const low = value >>> 0;
  return write(out, at, (value - low) / TWO_32, low, negative, from);
};

const write = (
  out: DataView,
  at: number,
  high: number,
  low: number,
  negative: boolean,
  end: number,
): number => {
  // Two's complement: the carry reaches the upper half only if the lower is 0.
  out.setUint32(at, negative ? (low === 0 ? -high : ~high) : high);
  out.setUint32(at + 4, negative ? -low : low);
  return end;
};

/** More digits than a double holds: in two parts, in steps that stay exact. */
const readLong = (
  text: Uint8Array,
  start: number,
  end: number,
  negative: boolean,
  out: DataView,
  at: number,
): number => {
  // The first wrong digit, however many have come behind it.
  const last = Math.min(end, start + MAX_DIGITS);
  let upper = 0;
  let lower = 0;
  for (let from = start; from < last - 9; from++) upper = upper * 10 + text[from]! - ZERO;
  for (let from = last - 9; from < last; from++) lower = lower * 10 + text[from]! - ZERO;
  // upper, below 10^10, times 10^9 plus lower, by 16 bits of upper at a time.
  const rest = (upper % 0x10000) * BILLION + lower;
  const step = Math.floor(upper / 0x10000) * BILLION + Math.floor(rest / 0x10000);
  const high = Math.floor(step / 0x10000);
  const low = (step % 0x10000) * 0x10000 + (rest % 0x10000);
  const most = negative && low === 0 ? 0x80000000 : 0x7fffffff;
  if (high > most) return ~(last - 1);
  if (last < end) return ~last;
  return write(out, at, high, low, negative, end);
};
