/** Base64 (standard alphabet, padded, no line breaks), written from buffer to buffer. */

/** From this many bytes on, Node's own encoder wins, though it makes a string on the way. */
export const NATIVE_FROM = 128;

const ALPHABET = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (character) => character.charCodeAt(0),
);
const PADDING = 0x3d;
const LF = 0x0a;
/** The two characters of every 12 bits, as they stand in memory. */
const PAIRS = Uint16Array.from(
  { length: 4096 },
  (_, bits) => (ALPHABET[bits >> 6]! << 8) | ALPHABET[bits & 63]!,
);

/** Bytes of the base64 of `size` bytes, which are below 2^31. */
export const base64Size = (size: number): number => (((size + 2) / 3) | 0) * 4;

/** Four characters, as they stand in memory, of the upper 24 bits of `bits`. */
const fourOf = (bits: number): number => (PAIRS[bits >>> 20]! << 16) | PAIRS[(bits >>> 8) & 4095]!;

/** The four characters of two bytes, the last of which is padding. */
const ofTwo = (bits: number): number =>
  (PAIRS[bits >> 4]! << 16) | (ALPHABET[(bits & 15) << 2]! << 8) | PADDING;

/**
 * Writes `bytes` from `start` to `end` in base64: three bytes a load, four characters a store. For
 * few bytes: from {@link NATIVE_FROM} on, {@link writeLongBase64} is faster.
 *
 * @param out has room for {@link base64Size} bytes at `at`
 * @returns the offset after the text
 */
export const writeBase64 = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
): number => {
  let next = at;
  let from = start;
  // A load takes four bytes: behind the last three there may be none.
  for (const last = end - 3; from < last; from += 3) {
    out.setInt32(next, fourOf(bytes.getInt32(from)));
    next += 4;
  }
  const left = end - from;
  if (left === 0) return next;
  if (left === 3) {
    out.setInt32(next, fourOf((bytes.getUint16(from) << 16) | (bytes.getUint8(from + 2) << 8)));
  } else if (left === 2) {
    out.setInt32(next, ofTwo(bytes.getUint16(from)));
  } else {
    out.setInt32(next, (PAIRS[bytes.getUint8(from) << 4]! << 16) | (PADDING << 8) | PADDING);
  }
  return next + 4;
};

/**
 * Writes a digest, 20 bytes, in base64, and a line feed. Loads come first: V8 looks at a view anew
 * after each store.
 *
 * @param out has room for 29 bytes at `at`
 * @returns the offset after the line feed
 */
export const writeDigest = (out: DataView, at: number, bytes: DataView, from: number): number => {
  const first = fourOf(bytes.getInt32(from));
  const second = fourOf(bytes.getInt32(from + 3));
  const third = fourOf(bytes.getInt32(from + 6));
  const fourth = fourOf(bytes.getInt32(from + 9));
  const fifth = fourOf(bytes.getInt32(from + 12));
  const sixth = fourOf(bytes.getInt32(from + 15));
  const last = ofTwo(bytes.getUint16(from + 18));
  out.setInt32(at, first);
  out.setInt32(at + 4, second);
  out.setInt32(at + 8, third);
  out.setInt32(at + 12, fourth);
  out.setInt32(at + 16, fifth);
  out.setInt32(at + 20, sixth);
  out.setInt32(at + 24, last);
  out.setUint8(at + 28, LF);
  return at + 29;
};

/** The same as {@link writeBase64}, by Node's own encoder. */
export const writeLongBase64 = (
  out: Buffer,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number => {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return at + out.write(part.toString('base64'), at, 'latin1');
};
