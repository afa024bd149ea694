/**
 * How a filter that fails in the middle of .asb text says so to whoever reads its output: it ends
 * with an item that no reader takes, and that no newline ends. The pipe alone cannot say it: the
 * next command sees nothing but the end of its input.
 */

/** What follows the `!` in the place of an item. */
export const TEXT_FAILURE_PREFIX = '! asb: ';
/** Longest message that is written or read, in bytes. */
export const MAX_FAILURE_MESSAGE = 1000;

/**
 * The last bytes of .asb text whose writer failed; they stand where an item would begin.
 * @param message in one line; a longer one than `MAX_FAILURE_MESSAGE` is cut
 */
export const textFailure = (message: string): Buffer =>
  Buffer.concat([
    Buffer.from(TEXT_FAILURE_PREFIX),
    Buffer.from(message.replace(/\s+/g, ' ')).subarray(0, MAX_FAILURE_MESSAGE),
  ]);
