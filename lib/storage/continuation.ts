/** What a backup that goes on finds in its place. */
import { AsbError } from '../errors.ts';
import { foreignExists } from './exists.ts';
import { compareNames, isBackupFile, isFileName } from './names.ts';
import type { KeptFile } from './storage.ts';

/** What a place holds. */
export interface Findings {
  /** Whole files, also such of others, and their bytes; `undefined` for what is no file. */
  readonly files: ReadonlyMap<string, number | undefined>;
  /** Names of files that are not whole: parts, or unfinished uploads. */
  readonly unfinished: Iterable<string>;
  /** For messages: the location of a file, or of the part of one. */
  readonly locationOf: (name: string) => string;
}

/**
 * Compares what is there with what must be, as {@link Storage.prepareToContinue} has it, and touches
 * nothing.
 *
 * @returns the names of whole files that must go
 */
export const superfluousFiles = (
  { files, unfinished, locationOf }: Findings,
  kept: readonly KeptFile[],
  isOurs: (name: string) => boolean,
): string[] => {
  for (const file of kept) checkKept(file, files, locationOf);
  const keptNames = new Set(kept.map(({ name }) => name));
  const others = [...files.keys()].filter((name) => isBackupFile(name) && !keptNames.has(name));
  const [foreign] = [...others, ...unfinished].filter((name) => !isOurs(name)).sort(compareNames);
  if (foreign !== undefined) throw foreignExists(locationOf(foreign));
  return others;
};

const checkKept = (
  { name, bytes }: KeptFile,
  files: Findings['files'],
  locationOf: Findings['locationOf'],
): void => {
  if (!isFileName(name)) {
    throw new AsbError('FORMAT', `${JSON.stringify(name)} is no name of a file`, {
      expected: 'a name without a slash or control characters',
    });
  }
  const file = locationOf(name);
  const expected = `${bytes} bytes`;
  if (!files.has(name)) {
    const message = `${file} is missing, of a backup that is to go on; begin anew (--remove-files)`;
    throw new AsbError('NOT_FOUND', message, { file, expected });
  }
  const found = files.get(name);
  if (found === bytes) return;
  throw new AsbError(
    found !== undefined && found < bytes ? 'TRUNCATED' : 'FORMAT',
    `${file} has ${found ?? 'no'} bytes instead of ${bytes}: it was changed since the backup was ` +
      'stopped; begin anew (--remove-files)',
    { file, expected },
  );
};

/** Files are to stay where none does: a single file has but its part, and a command gives none back. */
export const keepsNothing = (location: string): AsbError =>
  new AsbError('USAGE', `${location} is no place of whole files that a backup could go on behind`, {
    file: location,
    expected: 'a directory, or a prefix in S3',
  });
