import { MAX_PART_SIZE, MAX_PARTS, MAX_UPLOADS, type S3Options } from './options.ts';

const MIB = 1024 * 1024;

/** Parts that are reckoned with: a file may become larger than was thought by a tenth. */
const PLANNED_PARTS = MAX_PARTS * 0.9;
/** Bytes of a part at least, unless the caller says so: smaller ones cost more requests, and time. */
const LEAST_PART_SIZE = 8 * MIB;
/** Bytes of a part if nobody knows how large the file will be: enough for 156 GiB. */
const UNKNOWN_PART_SIZE = 16 * MIB;
/** Bytes that the parts in flight of one file may take, unless the caller says how many fly. */
const MEMORY = 64 * MIB;

/** How a file is cut, and how much of it is on its way at once. */
export interface PartPlan {
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** Parts in flight. `partSize * uploads` bounds the memory that the file takes. */
  readonly uploads: number;
}

/**
 * Parts are as small as 10,000 of them allow, since each one in flight takes memory, but no smaller
 * than `minPartSize`.
 *
 * @param largestFile bytes that the file will have; `undefined` if nobody knows
 */
export const planParts = (
  largestFile: number | undefined,
  { minPartSize, maxAsyncUploads }: Pick<S3Options, 'minPartSize' | 'maxAsyncUploads'>,
): PartPlan => {
  const known = largestFile === undefined ? 0 : Math.ceil(largestFile / PLANNED_PARTS / MIB) * MIB;
  const least = minPartSize ?? (largestFile === undefined ? UNKNOWN_PART_SIZE : LEAST_PART_SIZE);
  const partSize = Math.min(MAX_PART_SIZE, Math.max(least, known));
  const fitting = Math.max(2, Math.floor(MEMORY / partSize));
  return { partSize, uploads: maxAsyncUploads ?? Math.min(MAX_UPLOADS, fitting) };
};
