import type { SelectionOptions } from './selector.ts';

const countDistinct = (bytes: Iterable<Uint8Array>): number =>
  new Set(Array.from(bytes, (one) => Buffer.from(one).toString('latin1'))).size;

/**
 * How many records of one backup can meet a selection at most, since no digest is in it twice: who
 * has found so many need not read on.
 *
 * @returns `Infinity` if nobody can say: a user key may be in every set
 */
export const mostRecords = ({ digests, keys, sets, invert = false }: SelectionOptions): number => {
  const byDigest = digests === undefined ? Number.POSITIVE_INFINITY : countDistinct(digests);
  const isInOneSet = keys !== undefined && sets?.length === 1;
  const typed = keys?.map(({ type, bytes }) => Buffer.concat([Buffer.of(type), bytes])) ?? [];
  const byKey = isInOneSet ? countDistinct(typed) : Number.POSITIVE_INFINITY;
  return invert ? Number.POSITIVE_INFINITY : Math.min(byDigest, byKey);
};
