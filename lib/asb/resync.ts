import { LF } from './characters.ts';

/** How the items of .asb text begin. */
const BEGINNINGS = ['+ k ', '+ n ', '* i ', '* e ', '* u '].map((text) => Buffer.from(text));
/** Bytes that tell an item: the end of the line before it, and its begin. */
export const TELLING_SIZE = 5;

/**
 * Finds the next line that begins as an item does.
 *
 * @param from where the line before it may end
 * @returns its offset; -1 if there is none
 */
export const findItem = (text: Buffer, from: number, end: number): number => {
  for (
    let at = text.indexOf(LF, from);
    at >= 0 && at + TELLING_SIZE <= end;
    at = text.indexOf(LF, at + 1)
  ) {
    const start = at + 1;
    if (BEGINNINGS.some((item) => item.compare(text, start, start + item.length) === 0))
      return start;
  }
  return -1;
};
