/** Removing objects, and uploads that are unfinished. */
import { setTimeout } from 'node:timers/promises';
import { AsbError } from '../../errors.ts';
import type { S3Connection } from './connection.ts';
import { isMissing, s3Error } from './failure.ts';
import { inParallel } from './in-parallel.ts';
import type { S3Upload } from './listing.ts';
import { s3UrlOf } from './url.ts';

/** How often an upload is aborted at most, while parts that were in flight still come in. */
export const ABORTS = 6;
/** Milliseconds between the first two; each further wait is twice as long. */
const ABORT_DELAY = 50;

/**
 * Removes an object; one that is not there is none.
 *
 * @throws AsbError `STORAGE` if the service refuses
 */
export const removeObject = async (
  connection: S3Connection,
  bucket: string,
  key: string,
): Promise<void> => {
  const { client, sdk } = await connection.service();
  try {
    await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
  } catch (cause) {
    // S3 itself says nothing of it, others do.
    if (!isMissing(cause)) throw s3Error('remove', s3UrlOf(bucket, key), cause);
  }
};

/**
 * Removes objects, each with a request of its own: not every server knows DeleteObjects.
 *
 * @throws AsbError `STORAGE` if the service refuses
 */
export const removeObjects = (
  connection: S3Connection,
  bucket: string,
  objects: AsyncIterable<{ readonly key: string }> | Iterable<{ readonly key: string }>,
): Promise<void> => inParallel(objects, ({ key }) => removeObject(connection, bucket, key));

/**
 * Aborts an upload, so that none of its parts is left; one that is gone already is none. A part that
 * is in flight may come in after an abort, and stay: so it is done again until the service knows
 * the upload no more.
 *
 * @throws AsbError `STORAGE` if the service refuses, or still has the upload after `ABORTS` times
 */
export const abortUpload = async (
  connection: S3Connection,
  bucket: string,
  { key, uploadId }: S3Upload,
): Promise<void> => {
  const location = s3UrlOf(bucket, key);
  const upload = { Bucket: bucket, Key: key, UploadId: uploadId };
  const { client, sdk } = await connection.service();
  for (let times = 0; times < ABORTS; times++) {
    if (times > 0) await setTimeout(ABORT_DELAY * 2 ** (times - 1));
    try {
      await client.send(new sdk.AbortMultipartUploadCommand(upload));
      await client.send(new sdk.ListPartsCommand({ ...upload, MaxParts: 1 }));
    } catch (cause) {
      if (isMissing(cause)) return;
      throw s3Error('abort an upload of', location, cause);
    }
  }
  throw new AsbError(
    'STORAGE',
    `an upload of ${location} is still there after ${ABORTS} aborts; try again (--remove-files)`,
    { file: location },
  );
};

/**
 * Aborts uploads.
 *
 * @throws AsbError as {@link abortUpload} does
 */
export const abortUploads = async (
  connection: S3Connection,
  bucket: string,
  uploads: AsyncIterable<S3Upload>,
): Promise<void> => {
  // All are listed first: pages go on behind an upload, which must be there for that.
  const all: S3Upload[] = [];
  for await (const upload of uploads) all.push(upload);
  await inParallel(all, (upload) => abortUpload(connection, bucket, upload));
};
