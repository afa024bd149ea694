/** Base64 (standard alphabet, padded, no line breaks), written from buffer to buffer. */

/** From this many bytes on, Node's own encoder wins, though it makes a string on the way. */
const NATIVE_FROM = 128;

const ALPHABET = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (character) => character.charCodeAt(0),
);
const PADDING = 0x3d;

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
