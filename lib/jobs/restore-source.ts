import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AsbError } from '../errors.ts';
import { backupFiles } from '../storage/homes.ts';
import { type StoredFile, streamedFile } from '../storage/stored-file.ts';

/** Where a backup is: exactly one of the four. */
export interface RestoreSource {
  readonly directory?: string;
  /**
   * Backups one after another, the oldest first: a record that is in several is as the last one
   * that may be written has it.
   */
  readonly directoryList?: readonly string[];
  /** Goes before each path of `directoryList`. */
  readonly parentDirectory?: string;
  readonly inputFile?: string;
  /** A stream of one file's bytes. */
  readonly input?: Readable;
}

/** What is to be read. */
export interface RestoreFiles {
  /** Files of one group may be read at the same time; groups come one after another. */
  readonly groups: readonly (readonly StoredFile[])[];
  /** Whether files can be read twice: a stream and a FIFO can't. */
  readonly rereadable: boolean;
}

/** The paths that a source names, in their order. */
export const pathsOf = (source: RestoreSource): string[] => {
  const { directory, directoryList, parentDirectory = '', inputFile } = source;
  const listed = directoryList?.map((path) => join(parentDirectory, path));
  return listed ?? [directory, inputFile].filter((path) => path !== undefined);
};

/**
 * Finds the files of a backup.
 *
 * @throws AsbError `USAGE` unless there is one source; `NOT_FOUND` for a path with nothing there,
 *   `EMPTY` for a directory without `*.asb`, `STORAGE` if the file system refuses
 */
export const findFiles = async (source: RestoreSource): Promise<RestoreFiles> => {
  const { input } = source;
  checkSource(source);
  if (input !== undefined) return { groups: [[streamedFile(input)]], rereadable: false };
  const groups: (readonly StoredFile[])[] = [];
  for (const path of pathsOf(source)) groups.push(await backupFiles(path));
  return { groups, rereadable: groups.flat().every(({ size }) => size !== undefined) };
};

const checkSource = (source: RestoreSource): void => {
  const { directory, directoryList, parentDirectory, inputFile, input } = source;
  const given = [directory, directoryList, inputFile, input].filter((one) => one !== undefined);
  if (given.length !== 1 || directoryList?.length === 0) {
    const expected = 'one of directory, directoryList, inputFile and input';
    throw new AsbError('USAGE', `a restore reads from exactly ${expected}`, { expected });
  }
  if (parentDirectory === undefined || directoryList !== undefined) return;
  throw new AsbError('USAGE', 'parentDirectory has a meaning only with directoryList');
};
