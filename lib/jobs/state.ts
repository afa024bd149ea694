/** What the states of backups and of restores have in common. */
import { AsbError } from '../errors.ts';
import { joinLocation } from '../storage/homes.ts';
import { kindOf } from '../storage/kind.ts';
import { requireFileName } from '../storage/names.ts';
import { isS3Url } from '../storage/s3/url.ts';

/** The options that shape what is done; those that were not given, or are defaults, are left out. */
export type Shape = Readonly<Record<string, unknown>>;

/** Leaves out what is `undefined`. The order is the one in which people are told of differences. */
export const shapeOfGiven = (options: Shape): Shape =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Names whose order does not matter; `undefined` if there are none. */
export const sortedNames = (names: readonly string[] | undefined): string[] | undefined =>
  names === undefined || names.length === 0 ? undefined : [...names].sort();

/** What differs between two shapes, as JSON; `not given` for what is in one alone. */
export interface ShapeDifference {
  readonly name: string;
  readonly was: string;
  readonly is: string;
}

/** The first option that is not the same; the order is that of `then`. */
export const firstDifference = (now: Shape, then: Shape): ShapeDifference | undefined => {
  for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const [was, is] = [JSON.stringify(then[name]), JSON.stringify(now[name])];
    if (was !== is) return { name, was: was ?? 'not given', is: is ?? 'not given' };
  }
  return undefined;
};

/**
 * @param file the state, for messages
 * @param what the state is of: `a backup`
 * @throws AsbError `USAGE` that names the first option that differs
 */
export const requireSameShape = (now: Shape, then: Shape, file: string, what: string): void => {
  const found = firstDifference(now, then);
  if (found === undefined) return;
  const expected = `${found.name} ${found.was}`;
  throw new AsbError(
    'USAGE',
    `${file} is of ${what} with other options: ${expected}, and now ${found.is}`,
    { file, expected },
  );
};

/**
 * Where a state is.
 *
 * @param asked a file, or `s3://bucket/key`; a directory that is there, or a prefix that ends with `/`
 * @param name what the state is called in a directory
 * @throws AsbError `USAGE` if the name leads out of it: a backup may say any namespace
 */
export const stateLocation = async (asked: string, name: string): Promise<string> => {
  const isPlace = isS3Url(asked) ? asked.endsWith('/') : (await kindOf(asked)) === 'directory';
  return isPlace ? joinLocation(asked, requireFileName(name, asked)) : asked;
};

/** The same failure; if there is a state to go on from, it says so. */
export const keptError = (error: Error, state: string | undefined): Error => {
  if (state === undefined || !(error instanceof AsbError)) return error;
  return new AsbError(
    error.code,
    `${error.message}; what is done is kept: go on with --continue ${state}`,
    { ...error.facts, state, cause: error },
  );
};
