/** The one place that knows which home a location means: `s3://…`, or else a path. */
import { join } from 'node:path';
import { directory } from './directory.ts';
import { localFiles } from './local-files.ts';
import { localStoredFile, readPool } from './local-stored-file.ts';
import { S3Connection } from './s3/connection.ts';
import type { S3Options } from './s3/options.ts';
import { s3, s3Files, s3Object } from './s3/s3.ts';
import { s3StoredFile } from './s3/s3-stored-file.ts';
import { isS3Url, parseS3Url } from './s3/url.ts';
import type { Sharing } from './sharing.ts';
import { singleFile } from './single-file.ts';
import type { Home } from './storage.ts';
import type { FoundFile, StoredFile } from './stored-file.ts';

/** What is known beforehand of what will be written. */
export interface HomeOptions extends S3Options {
  /** Bytes of the largest file, as far as that is known. */
  readonly largestFile?: number;
}

/** What is known beforehand of a place for many files. */
export interface SharedHomeOptions extends HomeOptions {
  /** Whose names are whose, if other backups work in the same place. */
  readonly sharing?: Sharing;
}

/**
 * A home for many files: a directory, or a prefix in S3.
 *
 * @param location a path, or `s3://bucket/prefix`
 * @throws AsbError `USAGE` for a URL without a bucket; `USAGE` and `RANGE` as {@link s3} does
 */
export const homeAt = (location: string, options: SharedHomeOptions = {}): Home => {
  if (!isS3Url(location)) return directory(location, options.sharing);
  const { bucket, key: prefix } = parseS3Url(location);
  return s3({ ...options, bucket, prefix });
};

/**
 * A home for one file: its name is the last part of the location.
 *
 * @param location a path, or `s3://bucket/key`
 * @throws AsbError as {@link homeAt} does; `USAGE` for a URL without a key
 */
export const fileAt = (
  location: string,
  options: HomeOptions = {},
): Home & { readonly name: string } =>
  isS3Url(location) ? s3Object({ ...options, ...parseS3Url(location) }) : singleFile(location);

/**
 * The files of a backup: one file, or the `*.asb` of a directory or a prefix, sorted by name.
 *
 * @param location a path, or `s3://bucket/key-or-prefix`
 * @throws AsbError `NOT_FOUND` if there is nothing; `EMPTY` without `*.asb`; `STORAGE` if the file
 *   system or the service refuses; and as {@link homeAt} does
 */
export const backupFiles = async (
  location: string,
  options: S3Options = {},
): Promise<readonly StoredFile[]> =>
  isS3Url(location) ? s3Files({ ...options, ...parseS3Url(location) }) : localFiles(location);

/**
 * Opens files that were found elsewhere, in another thread. An object of S3 is the same one, or reading it
 * fails; of a local file only the path says which one it is.
 *
 *     const open = foundFiles(options.s3);
 *     for (const found of files) open(found).open().pipe(…);
 *
 * @returns throws AsbError for an object as {@link homeAt} does
 */
export const foundFiles = (options: S3Options = {}): ((found: FoundFile) => StoredFile) => {
  const pool = readPool();
  let connection: S3Connection | undefined;
  return ({ location, size, etag }) => {
    if (size === undefined || etag === undefined) return localStoredFile(location, size, pool);
    const { bucket, key } = parseS3Url(location);
    connection ??= new S3Connection(options);
    return s3StoredFile(connection, bucket, { key, size, etag });
  };
};

/**
 * A location as seen from another one.
 *
 * @param parent a path, or `s3://bucket/prefix`
 * @param location a path, which goes on where the parent ends; a URL is complete and stays as it is
 */
export const joinLocation = (parent: string, location: string): string => {
  if (isS3Url(location)) return location;
  if (!isS3Url(parent)) return join(parent, location);
  return `${parent}${parent.endsWith('/') ? '' : '/'}${location.replace(/^\/+/, '')}`;
};
