/** Names of a backup's files in a directory. */
import { numberedName } from '../stages/rotate.ts';

/** Whether a backup with this prefix gives such names to its files. */
export const isNumbered = (name: string, prefix: string): boolean =>
  numberIn(name, prefix) !== undefined;

/** `undefined` for names that a backup with this prefix gives to no file. */
const numberIn = (name: string, prefix: string): number | undefined => {
  if (!name.startsWith(`${prefix}_`)) return undefined;
  const [, digits] = /^(\d{5,})\.asb$/.exec(name.slice(prefix.length + 1)) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/** Names that are still free in a backup. */
export interface FreeNames {
  /** Whether its first file is not there: where readers look for indexes and UDF modules. */
  readonly lacksFirst: boolean;
  /** By index, from 0, which is the first file's if that is not there. */
  readonly at: (index: number) => string;
}

/**
 * The names of the files that are still to come: what is missing between those that are there, and then
 * the next ones. When several threads write, and are killed, the first files need not be those that were
 * whole; what they left is written anew, and so no number is missing in the end.
 *
 * @param kept names of the files that are there
 */
export const freeNames = (prefix: string, kept: readonly string[]): FreeNames => {
  const taken = new Set(kept.map((name) => numberIn(name, prefix)));
  return {
    lacksFirst: !taken.has(0),
    at(index) {
      let number = -1;
      for (let left = index; left >= 0; left--) {
        do number++;
        while (taken.has(number));
      }
      return numberedName(prefix, number);
    },
  };
};
