import { LF, PLUS, SP } from './characters.ts';
import { letter } from './letters.ts';

const KEY = letter('k');
const NAMESPACE = letter('n');
const BIN_COUNT = letter('b');
const ZERO = 0x30;
/** Bytes that tell a line: the end of the one before it, and `+ k ` or its like. */
const TELLING_SIZE = 5;

/** How far the begin of a record is looked for, in bytes: longer ones are rare. */
export const LOOK_BACK = 64 * 1024;

const isLine = (text: Buffer, at: number, kind: number): boolean =>
  text[at] === PLUS && text[at + 1] === SP && text[at + 2] === kind && text[at + 3] === SP;

/**
 * Where the last record in `text` begins, as far as its lines tell: a payload may look like one.
 *
 * @param from the begin of an item
 * @param end behind the text
 * @returns its offset; -1 if none begins behind `from` and within {@link LOOK_BACK} of the end
 */
export const lastRecord = (text: Buffer, from: number, end: number): number => {
  const least = Math.max(from, end - LOOK_BACK);
  // An item does not begin with LF; one at 0 would have no line before it to look for.
  for (let at = end - TELLING_SIZE; at > least; at--) {
    if (text[at] !== LF) continue;
    if (isLine(text, at + 1, KEY)) return at + 1;
    if (!isLine(text, at + 1, NAMESPACE)) continue;
    // A record with a key has its namespace in the second line.
    const lineAt = text.lastIndexOf(LF, at - 1) + 1;
    const start = isLine(text, lineAt, KEY) ? lineAt : at + 1;
    return start > from ? start : -1;
  }
  return -1;
};

/**
 * Whether the record from `start` to `end` may be whole: it has a line for each bin, or more if there
 * are some in payloads.
 */
export const mayBeWhole = (text: Buffer, start: number, end: number): boolean => {
  if (text[end - 1] !== LF) return false;
  let at = start;
  while (at < end && !(text[at] === LF && isLine(text, at + 1, BIN_COUNT))) at++;
  let bins = 0;
  for (at += TELLING_SIZE; at < end && text[at] !== LF; at++) bins = bins * 10 + text[at]! - ZERO;
  for (at++; at < end && bins > 0; at++) if (text[at] === LF) bins--;
  return at <= end && bins <= 0;
};
