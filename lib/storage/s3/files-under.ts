import { AsbError } from '../../errors.ts';
import { compareNames, isBackupFile, noBackup } from '../names.ts';
import type { StoredFile } from '../stored-file.ts';
import type { S3Connection } from './connection.ts';
import { listObjects, type S3Object } from './listing.ts';
import { s3StoredFile } from './s3-stored-file.ts';

/**
 * The files of a backup right under a prefix, sorted by name.
 *
 * @param location what the prefix is called in messages
 * @throws AsbError `NOT_FOUND` if nothing has such a prefix; `EMPTY` if nothing there is an `*.asb`;
 *   `STORAGE` if the service refuses
 */
export const filesUnder = async (
  connection: S3Connection,
  bucket: string,
  prefix: string,
  location: string,
): Promise<readonly StoredFile[]> => {
  const nameOf = (key: string): string => key.slice(prefix.length);
  const files: S3Object[] = [];
  const others: string[] = [];
  // A bucket that is not there would be refused.
  let isThere = prefix === '';
  const onFolder = (folder: string): void => void others.push(nameOf(folder));
  for await (const object of listObjects(connection, bucket, prefix, onFolder)) {
    const name = nameOf(object.key);
    // Some tools make an empty object of the prefix's own name.
    if (name === '') isThere = true;
    else if (isBackupFile(name)) files.push(object);
    else others.push(name);
  }
  if (files.length === 0) {
    if (!isThere && others.length === 0) throw notFound(location);
    throw noBackup(location, others.sort(compareNames));
  }
  files.sort((one, other) => compareNames(one.key, other.key));
  return files.map((object) => s3StoredFile(connection, bucket, object));
};

/** Nothing has such a key or prefix. */
export const notFound = (location: string): AsbError =>
  new AsbError('NOT_FOUND', `there is no ${location}`, {
    file: location,
    expected: 'an object, or a prefix with *.asb objects',
  });
