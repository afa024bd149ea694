/**
 * How a filter that fails in the middle of zstd frames says so to whoever reads its output. The
 * pipe alone cannot say it: the next command sees nothing but the end of its input. So the output
 * ends with a skippable frame that holds the message, for our own readers, and a frame that is cut
 * off behind the same message as text, for all others: zstd sees the cut; asrestore, which takes a
 * cut-off frame without a word, sees an item that is none.
 */
import { FRAME_MAGIC } from './magic.ts';

/** What stands before the message, as text: in the place of an item, where no reader takes it. */
export const FAILURE_PREFIX = '! asb: ';
/** Longest message that is written or read, in bytes. */
export const MAX_FAILURE_MESSAGE = 1000;
/** The last of the sixteen magics of skippable frames (RFC 8878, 3.1.2). */
export const FAILURE_MAGIC = 0x184d2a5f;

/** A frame header without content size, for a window of 2 KiB. */
const FRAME_DESCRIPTOR = Buffer.of(0x00, 0x08);

/** The message in one line behind the prefix; a longer one than `MAX_FAILURE_MESSAGE` is cut. */
export const failureText = (message: string): Buffer =>
  Buffer.concat([
    Buffer.from(FAILURE_PREFIX),
    Buffer.from(message.replace(/\s+/g, ' ')).subarray(0, MAX_FAILURE_MESSAGE),
  ]);

/** The last bytes of frames whose writer failed; they stand where a frame would begin. */
export const framesFailure = (message: string): Buffer => framesAround(failureText(message));

const framesAround = (text: Buffer): Buffer => {
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32LE(FAILURE_MAGIC, 0);
  numbers.writeUInt32LE(text.length, 4);
  numbers.writeUInt32LE(FRAME_MAGIC, 8);
  // A raw block that is not the last: the size in the upper 21 of 24 bits, the others 0.
  const block = Buffer.alloc(3);
  block.writeUIntLE(text.length << 3, 0, 3);
  return Buffer.concat([
    numbers.subarray(0, 8),
    text,
    numbers.subarray(8),
    FRAME_DESCRIPTOR,
    block,
    text,
  ]);
};

/** So many of the last bytes of an output tell whether its writer failed. */
export const FAILURE_TAIL_SIZE = 2 * (FAILURE_PREFIX.length + MAX_FAILURE_MESSAGE) + 17;

/**
 * The message at the end of text or frames whose writer failed, for who only passes them on. No
 * whole text ends like that, for it ends with a newline; nor do frames.
 *
 * @param tail the last `FAILURE_TAIL_SIZE` bytes; fewer only if there are no more
 */
export const failureAtEnd = (tail: Buffer, form: 'text' | 'frames'): string | undefined => {
  const line = tail.subarray(tail.lastIndexOf('\n') + 1);
  for (let at = line.indexOf(FAILURE_PREFIX); at >= 0; at = line.indexOf(FAILURE_PREFIX, at + 1)) {
    const failure = form === 'text' ? line.subarray(at) : framesAround(line.subarray(at));
    if (tail.subarray(-failure.length).equals(failure)) {
      return line.toString('utf8', at + FAILURE_PREFIX.length);
    }
  }
  return undefined;
};
