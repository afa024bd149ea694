import type { DocumentBytes } from '../documents.ts';
import { removeObject } from './clearing.ts';
import { S3Connection } from './connection.ts';
import { findObject, listObjects } from './listing.ts';
import { noKey, type S3ObjectPlace } from './s3.ts';
import { createS3File } from './s3-file.ts';
import { s3StoredFile } from './s3-stored-file.ts';
import { asDirectory, s3UrlOf } from './url.ts';

/** A document in a bucket; see {@link documentAt}. */
export const s3Document = (place: S3ObjectPlace): DocumentBytes => {
  const { bucket, key, storageClass: _, ...options } = place;
  const location = s3UrlOf(bucket, key);
  if (key === '' || key.endsWith('/')) throw noKey(location);
  // Not of the storage class of the backup: an archive gives out nothing at once.
  const connection = new S3Connection(options);
  const name = key.slice(key.lastIndexOf('/') + 1);
  return {
    location,

    async read(most) {
      const object = await findObject(connection, bucket, key);
      if (object === undefined) return undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of s3StoredFile(connection, bucket, object).open()) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > most) break;
      }
      return Buffer.concat(chunks);
    },

    async write(bytes) {
      const file = await createS3File(connection, { bucket, key, name, largestFile: bytes.length });
      try {
        await file.write(bytes);
        await file.close();
      } catch (error) {
        await file.abort();
        throw error;
      }
    },

    remove: () => removeObject(connection, bucket, key),
  };
};

/**
 * Names right under a prefix.
 * @throws AsbError `STORAGE` if the service refuses
 */
export const s3Names = async (place: S3ObjectPlace): Promise<string[]> => {
  const { bucket, key } = place;
  const prefix = asDirectory(key);
  const names: string[] = [];
  for await (const object of listObjects(new S3Connection(place), bucket, prefix)) {
    names.push(object.key.slice(prefix.length));
  }
  return names;
};
