/** Several backups at work in one place, each with names of its own. */
import { othersExist } from './exists.ts';
import { compareNames, nameOfPart } from './names.ts';

/** Whose a file is, by its name: that of a whole file, a manifest or a state. */
export interface Sharing {
  /** Whether it is one that this backup gives. */
  readonly isOurs: (name: string) => boolean;
  /** Whether it is of a backup that may be at work beside this one: nobody else touches it. */
  readonly isSibling: (name: string) => boolean;
}

/** Of a backup that has its place for itself: whatever is there is its own to refuse or remove. */
export const ALONE: Sharing = { isOurs: () => true, isSibling: () => false };

/**
 * Those of what is in a place that are this backup's own, in their order. A part is its file's.
 *
 * @param names of files, parts and documents
 * @throws AsbError `EXISTS` for what is of no backup that belongs there
 */
export const ownAmong = (
  names: readonly string[],
  { isOurs, isSibling }: Sharing,
  locationOf: (name: string) => string,
): string[] => {
  const fileOf = (name: string): string => nameOfPart(name) ?? name;
  const [other] = names
    .filter((name) => !isOurs(fileOf(name)) && !isSibling(fileOf(name)))
    .sort(compareNames);
  if (other !== undefined) throw othersExist(locationOf(other));
  return names.filter((name) => isOurs(fileOf(name)));
};
