/** Base64 (standard alphabet, padded, no line breaks), read from buffer to buffer, strictly. */

/** From this many characters on, Node's own decoder wins, though it needs a string. */
const NATIVE_FROM = 320;

const PADDING = 0x3d;
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** By character: its 6 bits; -1 if base64 has no such character. */
const VALUES = new Int8Array(256).fill(-1);
/** The same of two characters, as they stand in memory. */
const PAIRS = new Int16Array(65_536).fill(-1);
ALPHABET.forEach((first, high) => {
  VALUES[first] = high;
  ALPHABET.forEach((second, low) => {
    PAIRS[(first << 8) | second] = (high << 6) | low;
  });
});

/**
 * Reads base64 in whole groups of four characters.
 *
 * @param text holds the characters from `start` to `end`, which are a multiple of 4 apart
 * @param out has room for three bytes for each four characters at `at`, and for one more
 * @returns the offset in `out` after the bytes; for a wrong character, `~` its offset in `text`.
 *   Bits of the last character that belong to no byte must be 0, as every encoder has them.
 */
export const readBase64 = (
  text: DataView,
  start: number,
  end: number,
  out: DataView,
  at: number,
): number => {
  if (start === end) return at;
  const last = end - 4;
  if (end - start >= NATIVE_FROM) return readNative(text, start, last, out, at);
  let next = at;
  for (let from = start; from < last; from += 4) {
    const four = text.getUint32(from);
    const bits = (PAIRS[four >>> 16]! << 12) | PAIRS[four & 0xffff]!;
    if (bits < 0) return wrongAt(text, from);
    out.setUint32(next, bits << 8);
    next += 3;
  }
  return readLast(text, last, out, next);
};

/** The last group: it may be padded. */
const readLast = (text: DataView, from: number, out: DataView, at: number): number => {
  const head = PAIRS[text.getUint16(from)]!;
  const tail = PAIRS[text.getUint16(from + 2)]!;
  if (head >= 0 && tail >= 0) {
    out.setUint8(at, head >> 4);
    out.setUint16(at + 1, (head << 12) | tail);
    return at + 3;
  }
  if (head < 0 || text.getUint8(from + 3) !== PADDING) return wrongAt(text, from);
  const third = VALUES[text.getUint8(from + 2)]!;
  if (third >= 0) {
    if ((third & 3) !== 0) return ~(from + 2);
    out.setUint16(at, (head << 4) | (third >> 2));
    return at + 2;
  }
  if (text.getUint8(from + 2) !== PADDING) return ~(from + 2);
  if ((head & 15) !== 0) return ~(from + 1);
  out.setUint8(at, head >> 4);
  return at + 1;
};

const wrongAt = (text: DataView, from: number): number => {
  let at = from;
  while (VALUES[text.getUint8(at)]! >= 0) at++;
  return ~at;
};

/**
 * Node's decoder passes over what is no base64, and takes `-` and `_` too: so all groups must give
 * all their bytes, and neither of the two may stand in them.
 */
const readNative = (
  text: DataView,
  start: number,
  last: number,
  out: DataView,
  at: number,
): number => {
  const size = last - start;
  const characters = Buffer.from(text.buffer, text.byteOffset + start, size).toString('latin1');
  const bytes = Buffer.from(out.buffer, out.byteOffset + at, (size / 4) * 3);
  const written = bytes.write(characters, 'base64');
  if (written !== bytes.length || characters.includes('-') || characters.includes('_')) {
    return wrongAt(text, start);
  }
  return readLast(text, last, out, at + written);
};
