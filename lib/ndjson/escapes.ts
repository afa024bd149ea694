/** Which bytes of a JSON string are escaped, and how, as tables for a loop over bytes. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

/** What a byte of a string needs: nothing, a look whether it is UTF-8, or bytes of its escape. */
export const PLAIN = 0;
export const HIGH = 1;
export const SHORT_ESCAPE = 2;
export const LONG_ESCAPE = 6;

/** The letters of the two-byte escapes, by the byte they stand for. */
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
]);

/** The letter of a two-byte escape, or 0. */
export const ESCAPE_LETTERS = Uint8Array.from(
  { length: 256 },
  (_, byte) => SHORT_ESCAPES.get(byte)?.charCodeAt(0) ?? 0,
);

/** What each byte of a string needs. */
export const NEEDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return HIGH;
  if (SHORT_ESCAPES.has(byte)) return SHORT_ESCAPE;
  return byte < 0x20 ? LONG_ESCAPE : PLAIN;
});
