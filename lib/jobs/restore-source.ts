import type { Readable } from 'node:stream';
import { AsbError } from '../errors.ts';
import { joinLocation } from '../storage/homes.ts';
import { type StoredFile, streamedFile } from '../storage/stored-file.ts';
import type { ExpectedFile } from './file-check.ts';
import {
  type CheckedPlace,
  checkPlace,
  type FoundManifest,
  type ManifestOptions,
} from './manifest-check.ts';

/** Where a backup is: exactly one of the four. Each path may be `s3://bucket/…`. */
export interface RestoreSource extends ManifestOptions {
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
  /** What each file must be; those that no manifest names are not in it. */
  readonly expected: ReadonlyMap<StoredFile, ExpectedFile>;
  /** Places without a manifest, as they were given; `-` for a stream. */
  readonly unchecked: readonly string[];
  /** Of all places, in their order. */
  readonly manifests: readonly FoundManifest[];
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
 * Finds the files of a backup, and holds them against its manifests as far as that can be done
 * without reading them.
 *
 * @throws AsbError `USAGE` unless there is one source; `NOT_FOUND` for a path with nothing there,
 *   `EMPTY` for a directory without `*.asb`, `STORAGE` if the file system or S3 refuses; the first of
 *   the failures that {@link checkPlace} finds
 */
export const findFiles = async (source: RestoreSource): Promise<RestoreFiles> => {
  const { input } = source;
  checkSource(source);
  if (input !== undefined) {
    const file = streamedFile(input);
    const unchecked = [file.location];
    return { groups: [[file]], rereadable: false, expected: new Map(), unchecked, manifests: [] };
  }
  const places: CheckedPlace[] = [];
  for (const path of pathsOf(source)) places.push(await checkPlace(path, source));
  refuse(places.flatMap(({ failures, wrongSizes }) => [...failures, ...wrongSizes]));
  const groups = places.map(({ files }) => files);
  return {
    groups,
    rereadable: groups.flat().every(({ size }) => size !== undefined),
    expected: new Map(places.flatMap(({ expected }) => [...expected])),
    manifests: places.flatMap(({ manifests }) => manifests),
    unchecked: places.filter(({ manifests }) => manifests.length === 0).map((one) => one.location),
  };
};

/** @throws AsbError the first of the failures */
const refuse = ([first, ...more]: readonly Error[]): void => {
  if (first === undefined) return;
  if (!(first instanceof AsbError) || more.length === 0) throw first;
  const told = `${first.message} (and ${more.length} more: asb verify tells all)`;
  throw new AsbError(first.code, told, first.facts);
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
