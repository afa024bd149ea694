import { LF } from './characters.ts';
import { MAX_FAILURE_MESSAGE, TEXT_FAILURE_PREFIX } from './failure.ts';
import { expectedAt } from './grammar.ts';
import { incomplete, Misfit } from './misfit.ts';

const PREFIX = Buffer.from(TEXT_FAILURE_PREFIX);

/**
 * Reads the words with which an earlier stage that failed has ended its text. They go up to the
 * end of the input, a newline, or the longest that they may be.
 *
 * @param final whether the text ends at `end`
 * @throws Incomplete if there may be more of them; Misfit for anything else that begins with `!`
 */
export const readFailure = (text: Buffer, at: number, end: number, final: boolean): Buffer => {
  for (const [index, byte] of PREFIX.entries()) {
    if (at + index === end) throw incomplete(end + 1);
    if (text[at + index] !== byte) throw new Misfit(at + index, expectedAt(byte));
  }
  const words = text.subarray(at + PREFIX.length, end);
  const lineEnd = words.indexOf(LF);
  if (lineEnd >= 0) return words.subarray(0, lineEnd);
  if (!final && words.length < MAX_FAILURE_MESSAGE) throw incomplete(end + 1);
  return words;
};
