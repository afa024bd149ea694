import type { Readable } from 'node:stream';
import { AsbError } from '../errors.ts';
import { backupFiles, joinLocation } from '../storage/homes.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { type StoredFile, streamedFile } from '../storage/stored-file.ts';

/** Where a backup is: exactly one of the four. Each path may be `s3://bucket/…`. */
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
  /** How S3 is reached, and what is asked of it. */
  readonly s3?: S3Options;
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
  const { directory, directoryList, parentDirectory: parent, inputFile } = source;
  const listed = directoryList?.map((path) =>
    parent === undefined ? path : joinLocation(parent, path),
  );
  return listed ?? [directory, inputFile].filter((path) => path !== undefined);
};

/**
 * Finds the files of a backup.
 *
 * @throws AsbError `USAGE` unless there is one source; `NOT_FOUND` for a path with nothing there,
 *   `EMPTY` for a directory without `*.asb`, `STORAGE` if the file system or S3 refuses
 */
export const findFiles = async (source: RestoreSource): Promise<RestoreFiles> => {
  const { input, s3 } = source;
  checkSource(source);
  if (input !== undefined) return { groups: [[streamedFile(input)]], rereadable: false };
  const groups: (readonly StoredFile[])[] = [];
  for (const path of pathsOf(source)) groups.push(await backupFiles(path, s3));
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
