/** Names as .asb text has them, `\` before SP, LF and `\`, from buffer to buffer. */

const SP = 0x20;
const LF = 0x0a;
const BACKSLASH = 0x5c;
/** Four bytes that need no escape. */
const LETTERS = 0x61616161;

/**
 * Writes the name that `bytes` hold from `start` to `end`, four bytes at a time, and a byte behind it.
 *
 * @param out has room for twice as many bytes at `at`, and for four more
 * @param after ends the name: a space or a line feed
 * @returns the offset after that byte; up to 3 bytes behind that may have been written, too
 */
export const writeName = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
  after: number,
): number => {
  let next = at;
  let from = start;
  for (; from + 4 <= end; from += 4) {
    const four = bytes.getInt32(from);
    if (mayNeedEscape(four)) return writeSlowly(out, next, bytes, from, end, after);
    out.setInt32(next, four);
    next += 4;
  }
  const left = end - from;
  if (from + 4 > bytes.byteLength) return writeSlowly(out, next, bytes, from, end, after);
  // What stands behind the name in its last word counts as letters.
  const behind = -1 >>> (8 * left);
  const last = bytes.getInt32(from) & ~behind;
  if (mayNeedEscape(last | (LETTERS & behind))) {
    return writeSlowly(out, next, bytes, from, end, after);
  }
  out.setInt32(next, last | ((after << 24) >>> (8 * left)));
  return next + left + 1;
};

/** Whether one of four bytes is `\`, or SP or any that is below it. */
const mayNeedEscape = (four: number): boolean => {
  const backslash = four ^ 0x5c5c5c5c;
  const found = ((four - 0x21212121) & ~four) | ((backslash - 0x01010101) & ~backslash);
  return (found & 0x80808080) !== 0;
};

const writeSlowly = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
  after: number,
): number => {
  let next = at;
  for (let from = start; from < end; from++) {
    const byte = bytes.getUint8(from);
    if (byte === SP || byte === LF || byte === BACKSLASH) out.setUint8(next++, BACKSLASH);
    out.setUint8(next++, byte);
  }
  out.setUint8(next, after);
  return next + 1;
};
