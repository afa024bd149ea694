import { AsbError } from '../../errors.ts';
import { type Findings, keepsNothing, superfluousFiles } from '../continuation.ts';
import { fileExists, firstInTheWay, stateExists, uploadExists } from '../exists.ts';
import {
  isBackupFile,
  isDocument,
  MANIFEST_SUFFIX,
  requireFileName,
  STATE_SUFFIX,
} from '../names.ts';
import { ALONE, ownAmong, type Sharing } from '../sharing.ts';
import type { Home, StorageFile } from '../storage.ts';
import type { StoredFile } from '../stored-file.ts';
import { abortUploads, removeObject, removeObjects } from './clearing.ts';
import { S3Connection } from './connection.ts';
import { filesUnder, notFound } from './files-under.ts';
import { filtered, findObject, listObjects, listUploads } from './listing.ts';
import type { S3Options } from './options.ts';
import { createS3File } from './s3-file.ts';
import { s3StoredFile } from './s3-stored-file.ts';
import { asDirectory, s3UrlOf } from './url.ts';

/** Where files are, and how they are reached. */
export interface S3Place extends S3Options {
  readonly bucket: string;
  /** What the keys of the files begin with, as the path of a directory. Default: the whole bucket. */
  readonly prefix?: string;
  /** Bytes of the largest file, as far as that is known: the size of parts follows from it. */
  readonly largestFile?: number;
  /**
   * Whose names are whose, if others work under the same prefix. What is theirs is not looked at;
   * what is nobody's is an `EXISTS`, also with `removeFiles`.
   */
  readonly sharing?: Sharing;
}

/** One object, and how it is reached. */
export interface S3ObjectPlace extends S3Options {
  readonly bucket: string;
  readonly key: string;
  /** Bytes that it will have, as far as that is known: the size of parts follows from it. */
  readonly largestFile?: number;
}

/**
 * Files in a bucket, as {@link directory} has them in a directory: a file is an object `prefix/NAME`,
 * which is there as a whole or not at all. `prepare` with `removeFiles` removes `*.asb` under the
 * prefix, but not further down, aborts unfinished uploads of such, removes the documents beside them
 * (`*.manifest.json`, `*.asb.state`), and touches nothing else; without it, any of them is an
 * `EXISTS` that names the first.
 *
 *     rotate({ storage: s3({ bucket: 'vault', prefix: 'monday' }), name: 'test' })
 *
 * What the service refuses is an AsbError `STORAGE` with the URL and the cause.
 *
 * @throws AsbError `RANGE` and `USAGE` for options that no transfer can work with
 */
export const s3 = (place: S3Place): Home => {
  const { bucket, largestFile, sharing = ALONE } = place;
  const connection = new S3Connection(place);
  const prefix = asDirectory(place.prefix ?? '');
  const location = s3UrlOf(bucket, prefix);
  const nameOf = ({ key }: { readonly key: string }): string => key.slice(prefix.length);
  const keyOf = (name: string): string => `${prefix}${requireFileName(name, location)}`;
  const locationOf = (name: string): string => s3UrlOf(bucket, `${prefix}${name}`);
  const isFile = (found: { readonly key: string }): boolean =>
    isBackupFile(nameOf(found)) && !nameOf(found).includes('/');
  const isText = (found: { readonly key: string }): boolean => isDocument(nameOf(found));
  const isOwn = (found: { readonly key: string }): boolean => sharing.isOurs(nameOf(found));
  const isNoSibling = (found: { readonly key: string }): boolean =>
    !sharing.isSibling(nameOf(found));
  const listed = () => listObjects(connection, bucket, prefix);
  const artifacts = () => filtered(listed(), (object) => isFile(object) || isText(object));
  const uploads = () => filtered(listUploads(connection, bucket, prefix), isFile);
  /** @throws AsbError `EXISTS` for what is nobody's */
  const own = async (found: AsyncIterable<{ readonly key: string }>): Promise<string[]> => {
    const names: string[] = [];
    for await (const one of found) names.push(nameOf(one));
    return ownAmong(names, sharing, locationOf);
  };

  return {
    location,

    async prepare({ removeFiles }) {
      if (removeFiles) {
        if (place.sharing !== undefined) {
          for (const found of [artifacts(), uploads()]) await own(found);
        }
        // The uploads first: one that ends now becomes an object, which is found then.
        await abortUploads(connection, bucket, filtered(uploads(), isOwn));
        await removeObjects(connection, bucket, filtered(filtered(listed(), isFile), isOwn));
        // Documents last: whoever finds fewer files than a manifest knows of is told so.
        await removeObjects(connection, bucket, filtered(filtered(listed(), isText), isOwn));
        return;
      }
      const first = firstInTheWay(await own(artifacts()), locationOf);
      if (first !== undefined) throw first;
      const [begun] = await own(uploads());
      if (begun !== undefined) throw uploadExists(locationOf(begun));
    },

    async prepareToContinue(kept, isOurs) {
      const lookAt = async (): Promise<Findings> => {
        const files = new Map<string, number>();
        for await (const object of filtered(filtered(listed(), isFile), isNoSibling))
          files.set(nameOf(object), object.size);
        const unfinished: string[] = [];
        for await (const upload of filtered(uploads(), isNoSibling))
          unfinished.push(nameOf(upload));
        return { files, unfinished, locationOf };
      };
      superfluousFiles(await lookAt(), kept, isOurs);
      const ours = filtered(uploads(), (upload) => isOurs(nameOf(upload)));
      await abortUploads(connection, bucket, ours);
      // Once more: an upload that ended now has become an object.
      const names = superfluousFiles(await lookAt(), kept, isOurs);
      const keys = names.map((name) => ({ key: `${prefix}${name}` }));
      await removeObjects(connection, bucket, keys);
    },

    async create(name): Promise<StorageFile> {
      const key = keyOf(name);
      if ((await findObject(connection, bucket, key)) !== undefined) {
        throw fileExists(s3UrlOf(bucket, key));
      }
      return createS3File(connection, { bucket, key, name, largestFile });
    },

    async remove(name) {
      await removeObject(connection, bucket, keyOf(name));
    },
    files: () => filesUnder(connection, bucket, prefix, location),
  };
};

/**
 * One object; `name` is the end of its key, whatever name it is made under. It takes the place of an
 * older object (`removeFiles`) only when it is whole. The documents beside it (`KEY.manifest.json`,
 * `KEY.state`) belong to it.
 *
 * `prepare` throws AsbError `EXISTS` for an object or a document that is there already, or an
 * unfinished upload. What the service refuses is an AsbError `STORAGE`.
 *
 * @throws AsbError `USAGE` for a key that is none, or a prefix; and as {@link s3} does
 */
export const s3Object = (place: S3ObjectPlace): Home & { readonly name: string } => {
  const { bucket, key, largestFile } = place;
  const location = s3UrlOf(bucket, key);
  if (key === '' || key.endsWith('/')) throw noKey(location);
  const connection = new S3Connection(place);
  const name = key.slice(key.lastIndexOf('/') + 1);
  const [state, manifest] = [`${key}${STATE_SUFFIX}`, `${key}${MANIFEST_SUFFIX}`];
  const uploads = () =>
    filtered(listUploads(connection, bucket, key), (upload) => upload.key === key);
  const isThere = async (wanted: string): Promise<boolean> =>
    (await findObject(connection, bucket, wanted)) !== undefined;

  return {
    name,
    location,

    async prepare({ removeFiles }) {
      if (removeFiles) {
        await abortUploads(connection, bucket, uploads());
        for (const document of [state, manifest]) await removeObject(connection, bucket, document);
        return;
      }
      if (await isThere(state)) throw stateExists(s3UrlOf(bucket, state));
      for (const object of [key, manifest]) {
        if (await isThere(object)) throw fileExists(s3UrlOf(bucket, object));
      }
      for await (const _ of uploads()) throw uploadExists(location);
    },

    async prepareToContinue(kept) {
      if (kept.length > 0) throw keepsNothing(location);
      if (await isThere(key)) throw fileExists(location);
      await abortUploads(connection, bucket, uploads());
    },

    create: () => createS3File(connection, { bucket, key, name, largestFile }),
    remove: () => removeObject(connection, bucket, key),

    async files() {
      const object = await findObject(connection, bucket, key);
      if (object === undefined) throw notFound(location);
      return [s3StoredFile(connection, bucket, object)];
    },
  };
};

/**
 * The files of a backup: one object, or the `*.asb` right under a prefix, sorted by name.
 *
 * @throws AsbError `NOT_FOUND` if nothing has such a key or prefix; `EMPTY` for a prefix without
 *   `*.asb`; `STORAGE` if the service refuses
 */
export const s3Files = async (place: S3ObjectPlace): Promise<readonly StoredFile[]> => {
  const { bucket, key } = place;
  const connection = new S3Connection(place);
  if (key !== '' && !key.endsWith('/')) {
    const object = await findObject(connection, bucket, key);
    if (object !== undefined) return [s3StoredFile(connection, bucket, object)];
  }
  return filesUnder(connection, bucket, asDirectory(key), s3UrlOf(bucket, key));
};

/** A location that names a bucket or a prefix, and no object. */
export const noKey = (location: string): AsbError => {
  const expected = 's3://bucket/key';
  return new AsbError('USAGE', `${location} names no object; expected ${expected}`, {
    file: location,
    expected,
  });
};
