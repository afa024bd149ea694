/** What is in the way of a backup. */
import { AsbError } from '../errors.ts';
import { compareNames, isState } from './names.ts';

export const fileExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} exists; choose another place, or have it removed first (--remove-files)`,
    { file },
  );

/** The state of a backup that did not get to its end. */
export const stateExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} is of an unfinished backup; go on with it (--continue ${file}), or remove it ` +
      '(--remove-files)',
    { file },
  );

/** An upload to S3 that was neither completed nor aborted. */
export const uploadExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `an upload of ${file} is unfinished: another backup writes it, or was cut off; have it removed ` +
      'first (--remove-files), or choose another place',
    { file },
  );

/** A file that a backup that goes on neither wrote nor would write. */
export const foreignExists = (file: string): AsbError =>
  new AsbError('EXISTS', `${file} is of another backup; move it to another place`, { file });

/** A file that no backup gives which may share the place with this one. */
export const othersExist = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} is of a backup with another prefix, another number of shards, or none; choose another ` +
      'place, or have all that is there removed first (--remove-artifacts, without --shard)',
    { file },
  );

/**
 * @param names all that is in the way in a directory or under a prefix
 * @returns what tells most, as an error: a state says what can be done; `undefined` for no names
 */
export const firstInTheWay = (
  names: readonly string[],
  locationOf: (name: string) => string,
): AsbError | undefined => {
  const sorted = [...names].sort(compareNames);
  const state = sorted.find(isState);
  if (state !== undefined) return stateExists(locationOf(state));
  const [first] = sorted;
  return first === undefined ? undefined : fileExists(locationOf(first));
};
