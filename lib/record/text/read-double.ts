/** Doubles as the tools write them: `%.17g` of C, `'g'` and `'f'` of Go, `String()` of JavaScript. */

const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const EXPONENT = 0x65;

/** Longest text of a double: Go writes 1e300 with 301 digits. */
export const MAX_DOUBLE_LENGTH = 400;
/** The longest of the words below. */
const MAX_WORD = 9;

/** As many digits as an integer may have that a double holds for certain. */
const EXACT_DIGITS = 15;
/** Powers of ten that a double holds exactly: a product or quotient with one rounds only once. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const WORDS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
]);

/**
 * Reads the text of a double, as long as it goes on, into its 8 bytes: an optional sign, and digits
 * with at most one point and an exponent (`e`), or `nan`, `inf`, `infinity` in any case. The sign
 * of a NaN stays: C writes `-nan`. A number that is beyond a double's range is an error, not
 * infinity.
 *
 * @param text has a byte that no double has at `end`
 * @param out has 8 bytes at `at`
 * @returns the offset in `text` behind it; if there is none, `~` the offset of the wrong byte
 */
export const readDouble = (
  text: Buffer,
  start: number,
  end: number,
  out: DataView,
  at: number,
): number => {
  let from = start;
  const negative = text[from] === MINUS;
  if (negative || text[from] === PLUS) from++;
  const digitsAt = from;
  let digits = 0;
  let mantissa = 0;
  let scale = 0;
  let byte = text[from]! - ZERO;
  for (; byte >= 0 && byte <= 9; byte = text[++from]! - ZERO) {
    mantissa = mantissa * 10 + byte;
    if (mantissa > 0) digits++;
  }
  let places = from - digitsAt;
  if (byte + ZERO === POINT) {
    const pointAt = from;
    byte = text[++from]! - ZERO;
    for (; byte >= 0 && byte <= 9; byte = text[++from]! - ZERO) {
      mantissa = mantissa * 10 + byte;
      if (mantissa > 0) digits++;
    }
    scale = pointAt + 1 - from;
    places -= scale;
  }
  if (places === 0) return readWord(text, digitsAt, from, end, negative, out, at);
  if (byte + ZERO === EXPONENT) {
    from++;
    const below = text[from] === MINUS;
    if (below || text[from] === PLUS) from++;
    const exponentAt = from;
    let exponent = 0;
    for (byte = text[from]! - ZERO; byte >= 0 && byte <= 9; byte = text[++from]! - ZERO) {
      exponent = exponent * 10 + byte;
    }
    if (from === exponentAt) return ~from;
    scale += below ? -exponent : exponent;
  }
  if (from - start > MAX_DOUBLE_LENGTH) return ~start;
  let value: number;
  if (digits <= EXACT_DIGITS && scale >= -22 && scale <= 22) {
    value = scale < 0 ? mantissa / POWERS[-scale]! : mantissa * POWERS[scale]!;
  } else {
    value = Number(text.toString('latin1', digitsAt, from));
    const lost = value === Number.POSITIVE_INFINITY || (value === 0 && mantissa > 0);
    if (lost) return ~start;
  }
  out.setFloat64(at, negative ? -value : value);
  return from;
};

const readWord = (
  text: Buffer,
  wordAt: number,
  from: number,
  end: number,
  negative: boolean,
  out: DataView,
  at: number,
): number => {
  if (from > wordAt) return ~from; // a point alone
  const ahead = text.toString('latin1', wordAt, Math.min(end, wordAt + MAX_WORD));
  const word = ahead.replace(/[^a-z].*/is, '');
  if (wordAt + word.length >= end) return ~end; // it may go on
  const value = WORDS.get(word.toLowerCase());
  if (value === undefined) return ~wordAt;
  out.setFloat64(at, negative ? -value : value);
  if (negative && Number.isNaN(value)) out.setUint32(at, 0xfff80000);
  return wordAt + word.length;
};
