import { BufferPool } from '../../memory/buffer-pool.ts';
import type { StoredFile } from '../stored-file.ts';
import type { S3Connection } from './connection.ts';
import type { S3Object } from './listing.ts';
import { ObjectReader } from './object-reader.ts';
import { ObjectRequests } from './object-requests.ts';
import {
  DEFAULT_DOWNLOADS,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT,
  RANGE_SIZE,
} from './options.ts';
import { s3UrlOf } from './url.ts';

/**
 * Memory for ranges, one for all files that are read over a connection. Each reader holds it; between
 * two it may be collected, since connections stay for as long as somebody knows their files.
 */
const pools = new WeakMap<S3Connection, WeakRef<BufferPool>>();

/**
 * An object as a file to be read: by ranged GETs, of which several are in flight
 * (`maxAsyncDownloads`), and so many times `RANGE_SIZE` is the memory that it takes. What is read is
 * the object that was listed: the stream fails if another has taken its place, or if the bytes don't
 * have the CRC32 that the service knows of the whole object.
 */
export const s3StoredFile = (
  connection: S3Connection,
  bucket: string,
  object: S3Object,
): StoredFile => {
  const { key, size, etag } = object;
  const {
    maxAsyncDownloads: rangesAtOnce = DEFAULT_DOWNLOADS,
    requestTimeout: timeout = DEFAULT_REQUEST_TIMEOUT,
    maxAttempts: attempts = DEFAULT_MAX_ATTEMPTS,
  } = connection.options;
  const requests = new ObjectRequests(connection, bucket, object);
  return {
    name: key.slice(key.lastIndexOf('/') + 1),
    location: s3UrlOf(bucket, key),
    size,
    etag,
    open: () =>
      new ObjectReader({
        size,
        get: (range, signal) => requests.range(range, signal),
        checksum: (signal) => requests.crc32(signal),
        failure: (cause) => requests.failure(cause),
        pool: poolOf(connection, rangesAtOnce),
        rangesAtOnce,
        timeout,
        attempts,
      }),
  };
};

const poolOf = (connection: S3Connection, rangesAtOnce: number): BufferPool => {
  const known = pools.get(connection)?.deref();
  if (known !== undefined) return known;
  // One more: pieces of a range that was handed on are still looked at.
  const pool = new BufferPool(RANGE_SIZE, rangesAtOnce + 1);
  pools.set(connection, new WeakRef(pool));
  return pool;
};
