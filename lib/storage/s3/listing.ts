/** What there is in a bucket. */
import { Readable } from 'node:stream';
import type {
  HeadObjectCommandOutput,
  ListMultipartUploadsCommandOutput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { AsbError } from '../../errors.ts';
import type { S3Connection, S3Service } from './connection.ts';
import { isMissing, s3Error } from './failure.ts';
import { s3UrlOf } from './url.ts';

export interface S3Object {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** As the service has it, in quotes; another content has another. */
  readonly etag: string;
}

/** An upload that was begun, and neither completed nor aborted. */
export interface S3Upload {
  readonly key: string;
  readonly uploadId: string;
}

/**
 * The objects right under a prefix, but not those further down (behind another `/`), in the order
 * of their keys' bytes. Removing those that were given does not change which ones follow.
 *
 * @param onFolder called with each prefix, up to its slash, of those further down
 * @throws AsbError `STORAGE` if the service refuses, or answers what cannot be
 */
export async function* listObjects(
  connection: S3Connection,
  bucket: string,
  prefix: string,
  onFolder: (prefix: string) => void = () => {},
): AsyncGenerator<S3Object> {
  const location = s3UrlOf(bucket, prefix);
  let token: string | undefined;
  for (;;) {
    const page: ListObjectsV2CommandOutput = await ask(connection, 'list', location, (service) =>
      service.client.send(
        new service.sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          Delimiter: '/',
          EncodingType: 'url',
          ContinuationToken: token,
        }),
      ),
    );
    for (const { Key, Size: size, ETag: etag } of page.Contents ?? []) {
      const key = keyIn(page, Key, location);
      if (size === undefined || etag === undefined) throw strange(location, `no size of ${key}`);
      yield { key, size, etag };
    }
    for (const { Prefix } of page.CommonPrefixes ?? []) onFolder(keyIn(page, Prefix, location));
    if (page.IsTruncated !== true) return;
    const next = page.NextContinuationToken;
    if (next === undefined || next === token) throw strange(location, 'no next page');
    token = next;
  }
}

/**
 * The unfinished uploads of all keys that begin so, also of those further down. (Asked for keys right
 * under a prefix, radosgw knows of none; asked to encode keys, it does not say that it did.)
 *
 * @throws AsbError `STORAGE` if the service refuses, or answers what cannot be
 */
export async function* listUploads(
  connection: S3Connection,
  bucket: string,
  prefix: string,
): AsyncGenerator<S3Upload> {
  const location = s3UrlOf(bucket, prefix);
  let from: { readonly key: string; readonly uploadId: string | undefined } | undefined;
  for (;;) {
    const page: ListMultipartUploadsCommandOutput = await ask(
      connection,
      'list uploads to',
      location,
      (service) =>
        service.client.send(
          new service.sdk.ListMultipartUploadsCommand({
            Bucket: bucket,
            Prefix: prefix,
            KeyMarker: from?.key,
            UploadIdMarker: from?.uploadId,
          }),
        ),
    );
    for (const { Key: key, UploadId: uploadId } of page.Uploads ?? []) {
      if (key === undefined || uploadId === undefined)
        throw strange(location, 'no id of an upload');
      yield { key, uploadId };
    }
    if (page.IsTruncated !== true) return;
    const { NextKeyMarker: key, NextUploadIdMarker: uploadId } = page;
    const isSame = key === from?.key && uploadId === from?.uploadId;
    if (key === undefined || isSame) throw strange(location, 'no next page');
    from = { key, uploadId };
  }
}

/** Those of what is listed that are wanted. */
export async function* filtered<T>(
  items: AsyncIterable<T>,
  wanted: (item: T) => boolean,
): AsyncGenerator<T> {
  for await (const item of items) if (wanted(item)) yield item;
}

/**
 * Looks whether an object is there.
 *
 * @throws AsbError `STORAGE` if the service refuses, or there is no such bucket
 */
export const findObject = async (
  connection: S3Connection,
  bucket: string,
  key: string,
): Promise<S3Object | undefined> => {
  const location = s3UrlOf(bucket, key);
  const { client, sdk } = await connection.service();
  let head: HeadObjectCommandOutput;
  try {
    head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    const reason = await refusalOf(connection, bucket, key, error);
    if (isMissing(reason)) return undefined;
    throw s3Error('look for', location, reason);
  }
  const { ContentLength: size, ETag: etag } = head;
  if (size === undefined || etag === undefined) throw strange(location, 'no size');
  return { key, size, etag };
};

/**
 * Why HeadObject failed. Its answers have no body, so they tell neither a missing bucket from a
 * missing object nor a wrong secret from a wrong name; those to GetObject, which needs no other
 * right, do.
 */
const refusalOf = async (
  connection: S3Connection,
  bucket: string,
  key: string,
  ofHead: unknown,
): Promise<unknown> => {
  const { client, sdk } = await connection.service();
  if (!(ofHead instanceof sdk.S3ServiceException) || ofHead.$fault !== 'client') return ofHead;
  const get = new sdk.GetObjectCommand({ Bucket: bucket, Key: key });
  return client.send(get).then(
    ({ Body: body }) => {
      // It is not wanted; and a client that compares checksums would say that it was cut off.
      if (body instanceof Readable) body.on('error', () => {}).destroy();
      return ofHead;
    },
    (ofGet: unknown) => ofGet,
  );
};

const ask = async <T>(
  connection: S3Connection,
  action: string,
  location: string,
  request: (service: S3Service) => Promise<T>,
): Promise<T> => {
  const service = await connection.service();
  try {
    return await request(service);
  } catch (cause) {
    throw s3Error(action, location, cause);
  }
};

/** A key, of which control characters come through XML only if it is encoded. */
const keyIn = (
  page: { readonly EncodingType?: string | undefined },
  key: string | undefined,
  location: string,
): string => {
  if (key === undefined) throw strange(location, 'no key');
  if (page.EncodingType !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw s3Error('list', location, cause);
  }
};

const strange = (location: string, what: string): AsbError =>
  new AsbError('STORAGE', `cannot list ${location}: the service tells ${what}`, { file: location });
