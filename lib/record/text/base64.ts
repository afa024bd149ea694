/** Base64 (standard alphabet, padded, no line breaks), written from buffer to buffer. */

/** From this many bytes on, Node's own encoder wins, though it makes a string on the way. */
export const NATIVE_FROM = 128;

const ALPHABET = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (character) => character.charCodeAt(0),
);
const PADDING = 0x3d;
/** The two characters of every 12 bits, as they stand in memory. */
const PAIRS = Uint16Array.from(
  { length: 4096 },
  (_, bits) => (ALPHABET[bits >> 6]! << 8) | ALPHABET[bits & 63]!,
);

/** Bytes of the base64 of `size` bytes. */
export const base64Size = (size: number): number => Math.ceil(size / 3) * 4;

/**
 * Writes `bytes` from `start` to `end` in base64.
 *
 * @param out has room for {@link base64Size} bytes at `at`
 * @returns the offset after the text
 */
export const writeBase64 = (
  out: Buffer,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number => {
  if (end - start >= NATIVE_FROM) return writeNative(out, at, bytes, start, end);
  let next = at;
  let from = start;
  for (; from + 2 < end; from += 3) {
    const group = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    out[next] = ALPHABET[group >> 18]!;
    out[next + 1] = ALPHABET[(group >> 12) & 63]!;
    out[next + 2] = ALPHABET[(group >> 6) & 63]!;
    out[next + 3] = ALPHABET[group & 63]!;
    next += 4;
  }
  if (from === end) return next;
  const first = bytes[from]!;
  const second = from + 1 < end ? bytes[from + 1]! : 0;
  out[next] = ALPHABET[first >> 2]!;
  out[next + 1] = ALPHABET[((first & 3) << 4) | (second >> 4)]!;
  out[next + 2] = from + 1 < end ? ALPHABET[(second & 15) << 2]! : PADDING;
  out[next + 3] = PADDING;
  return next + 4;
};

/**
 * The same through views: four characters are one store. Between buffers that are seen through a
 * view anyway this is the faster one.
 *
 * @returns the offset after the text
 */
export const writeBase64View = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
): number => {
  let next = at;
  let from = start;
  for (; from + 2 < end; from += 3) {
    const group = (bytes.getUint16(from) << 8) | bytes.getUint8(from + 2);
    out.setUint32(next, (PAIRS[group >> 12]! << 16) | PAIRS[group & 4095]!);
    next += 4;
  }
  if (from === end) return next;
  const pair = from + 1 < end;
  const group = pair ? bytes.getUint16(from) << 2 : bytes.getUint8(from) << 4;
  if (pair) {
    out.setUint16(next, PAIRS[group >> 6]!);
    out.setUint16(next + 2, (ALPHABET[group & 63]! << 8) | PADDING);
  } else {
    out.setUint16(next, PAIRS[group]!);
    out.setUint16(next + 2, (PADDING << 8) | PADDING);
  }
  return next + 4;
};

const writeNative = (
  out: Buffer,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number => {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return at + out.write(part.toString('base64'), at, 'latin1');
};
