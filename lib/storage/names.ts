/** Names of a backup's files. */
import { AsbError } from '../errors.ts';

/** Names that a message tells of. */
const NAMES_TOLD = 3;

/** What follows the prefix, or the name of a single file, in the name of its manifest. */
export const MANIFEST_SUFFIX = '.manifest.json';
/** What follows `PREFIX.asb`, or the name of a single file, in the name of its state. */
export const STATE_SUFFIX = '.state';

/** What every name of a state in a directory ends with. */
const STATE_END = `.asb${STATE_SUFFIX}`;

/** The longest name that file systems take, in bytes of UTF-8; the part of a file has six more. */
const MAX_NAME = 255 - '..part'.length;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_NAME = /^$|^\.\.?$|[/\0-\x1f\x7f]/;

/**
 * Whether a name names a file right in a directory, whatever directory that is. Names that come out
 * of a backup, a manifest or a state are looked at before they become a part of a path.
 */
export const isFileName = (name: string): boolean =>
  !NO_NAME.test(name) && name.isWellFormed() && Buffer.byteLength(name) <= MAX_NAME;

/**
 * @param place for the message: the directory or prefix
 * @returns the name
 * @throws AsbError `USAGE` unless {@link isFileName}
 */
export const requireFileName = (name: string, place: string): string => {
  if (isFileName(name)) return name;
  const expected = `a name without a slash or control characters, of ${MAX_NAME} bytes at most`;
  throw new AsbError(
    'USAGE',
    `${JSON.stringify(name)} names no file in ${place}; expected ${expected}`,
    { file: place, expected },
  );
};

/**
 * The same for names that readers look for in a place: they leave out those that are hidden.
 *
 * @throws AsbError `USAGE` unless {@link isFileName}, and for a name with a dot before it
 */
export const requireSeenName = (name: string, place: string): string => {
  if (!name.startsWith('.')) return requireFileName(name, place);
  const expected = 'a name without a dot before it';
  throw new AsbError(
    'USAGE',
    `${JSON.stringify(name)} would be hidden in ${place}, and no restore would find it; expected ` +
      expected,
    { file: place, expected },
  );
};

/** The name that a file has until it is whole; hidden, and no `.asb`, so that no reader takes it. */
export const partNameOf = (name: string): string => `.${name}.part`;

/** The name of the file that such a part was to become; `undefined` for other names. */
export const nameOfPart = (name: string): string | undefined => /^\.(.+)\.part$/s.exec(name)?.[1];

/** Whether a name is that of a backup's file, and not of one that is being written. */
export const isBackupFile = (name: string): boolean =>
  name.endsWith('.asb') && !name.startsWith('.');

/** Whether a name in a directory is that of the state of a backup that did not get to its end. */
export const isState = (name: string): boolean => name.endsWith(STATE_END) && !name.startsWith('.');

/** Whether a name is that of a manifest or a state, which belong to the backup beside them. */
export const isDocument = (name: string): boolean =>
  isState(name) || (name.endsWith(MANIFEST_SUFFIX) && !name.startsWith('.'));

/** The number that a run of digits is, without what JavaScript's numbers lose of a long one. */
const byNumber = (one: string, other: string): number => {
  const [mine, yours] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  return mine.length - yours.length || byText(mine, yours);
};

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** `_99999` before `_100000`: numbers in names compare as numbers. */
export const compareNames = (one: string, other: string): number => {
  // Digits stand at the odd places of both. What is over has nothing beside it, and comes later.
  const [mine, yours] = [one.split(/(\d+)/), other.split(/(\d+)/)];
  for (let index = 0; index < Math.max(mine.length, yours.length); index++) {
    const [part, against] = [mine[index] ?? '', yours[index] ?? ''];
    const order = index % 2 === 1 ? byNumber(part, against) : byText(part, against);
    if (order !== 0) return order;
  }
  return byText(one, other);
};

/** Nothing in a place is of a backup: an `EMPTY` that tells what else is there. */
export const noBackup = (path: string, names: readonly string[]): AsbError => {
  const told = names.slice(0, NAMES_TOLD).map((name) => `"${name}"`);
  if (names.length > told.length) told.push(`${names.length - told.length} more`);
  const there = told.length === 0 ? 'it is empty' : `there is ${told.join(', ')}`;
  return new AsbError('EMPTY', `${path} is a directory without an *.asb file: ${there}`, {
    file: path,
    expected: '*.asb',
  });
};
