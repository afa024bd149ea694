/** Lists of partition ids. */
import { PARTITION_COUNT } from '../../record/layout.ts';

/** Deals ids out into at most `parts` lists of about the same length, in order. */
export const split = (ids: readonly number[], parts: number): number[][] => {
  const size = Math.ceil(ids.length / parts);
  const pieces: number[][] = [];
  for (let at = 0; at < ids.length; at += size) pieces.push(ids.slice(at, at + size));
  return pieces;
};

/** Ranges that a message has room for. */
export const MAX_RANGES = 20;

/**
 * `0-7,12`: partition ids, which are in order; `,…` stands for those beyond.
 * @param most ranges; by default as many as a message has room for
 */
export const ranges = (ids: readonly number[], most = MAX_RANGES): string => {
  const parts: string[] = [];
  let at = 0;
  while (at < ids.length && parts.length < most) {
    const begin = ids[at]!;
    let end = begin;
    while (ids[++at] === end + 1) end++;
    parts.push(begin === end ? `${begin}` : `${begin}-${end}`);
  }
  return at < ids.length ? `${parts.join(',')},…` : parts.join(',');
};

/**
 * Reads what {@link ranges} wrote whole.
 * @returns `undefined` if it is no such list
 */
export const parseRanges = (text: string): number[] | undefined => {
  const ids: number[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (match === null) return undefined;
    const [begin, end] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (begin <= (ids.at(-1) ?? -1) || end < begin || end >= PARTITION_COUNT) return undefined;
    for (let id = begin; id <= end; id++) ids.push(id);
  }
  return ids;
};
