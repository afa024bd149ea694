/**
 * How a filter that fails in the middle of zstd frames says so to whoever reads its output: it
 * ends with a skippable frame that announces more bytes than follow. Every decoder calls that
 * cut off; ours also reads the message in it.
 */

/** The last of the sixteen magics of skippable frames (RFC 8878, 3.1.2). */
export const FAILURE_MAGIC = 0x184d2a5f;
/** The size that the frame announces, in bytes; together with the magic it marks a failure. */
export const FAILURE_SIZE = 0xfffffff0;
/** Longest message that is written or read, in bytes. */
export const MAX_FAILURE_MESSAGE = 1000;

/**
 * The last bytes of frames whose writer failed; they stand where a frame would begin.
 * @param message in one line; a longer one than `MAX_FAILURE_MESSAGE` is cut
 */
export const framesFailure = (message: string): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(FAILURE_MAGIC, 0);
  head.writeUInt32LE(FAILURE_SIZE, 4);
  const text = Buffer.from(message.replace(/\s+/g, ' ')).subarray(0, MAX_FAILURE_MESSAGE);
  return Buffer.concat([head, text]);
};
