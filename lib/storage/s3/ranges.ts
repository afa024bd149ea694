/** How an object is cut into ranges, and whether an answer is the range that was asked for. */
import { RANGE_SIZE } from './options.ts';

const MIB = 1024 * 1024;

/**
 * Bytes of the first range, which is asked for alone: enough for the head of most backups, after
 * which some readers leave.
 */
export const FIRST_RANGE_SIZE = MIB;

/** Bytes of an object from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The ranges of an object of so many bytes, in order. */
export function* rangesOf(size: number): Generator<ByteRange, undefined> {
  for (let start = 0; start < size; ) {
    const end = Math.min(size, start + (start === 0 ? FIRST_RANGE_SIZE : RANGE_SIZE));
    yield { start, end };
    start = end;
  }
}

/** A range as the header of a request has it. */
export const rangeHeader = ({ start, end }: ByteRange): string => `bytes=${start}-${end - 1}`;

/** What an answer says of its body. */
export interface RangeAnswer {
  readonly ContentRange?: string | undefined;
  readonly ContentLength?: number | undefined;
}

/**
 * Whether an answer is that range of an object of `size` bytes. A server that knows nothing of
 * ranges gives the whole object, and no Content-Range.
 */
export const isRange = (answer: RangeAnswer, { start, end }: ByteRange, size: number): boolean => {
  const { ContentRange: range, ContentLength: length } = answer;
  if (range === undefined) return start === 0 && end === size && length === size;
  return range === `bytes ${start}-${end - 1}/${size}`;
};
