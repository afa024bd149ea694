/** What is asked of a service about an object that is read. */
import { Readable } from 'node:stream';
import { AsbError } from '../../errors.ts';
import type { S3Connection, S3Service } from './connection.ts';
import { s3Error } from './failure.ts';
import type { S3Object } from './listing.ts';
import { type ByteRange, isRange, rangeHeader } from './ranges.ts';
import { s3UrlOf } from './url.ts';

/** An object as it was when it was listed, and nothing that takes its place. */
export class ObjectRequests {
  readonly #connection: S3Connection;
  readonly #bucket: string;
  readonly #object: S3Object;
  readonly #location: string;

  constructor(connection: S3Connection, bucket: string, object: S3Object) {
    this.#connection = connection;
    this.#bucket = bucket;
    this.#object = object;
    this.#location = s3UrlOf(bucket, object.key);
  }

  /** What happened, as an AsbError `STORAGE` with the URL. */
  failure(cause: unknown): AsbError {
    return s3Error('read', this.#location, cause);
  }

  /**
   * Asks for a range.
   * @throws AsbError `STORAGE` if the service refuses, the object was changed, or something else than
   *   the range is answered
   */
  async range(range: ByteRange, signal: AbortSignal): Promise<Readable> {
    const answer = await this.#ask(({ client, sdk }) =>
      client.send(new sdk.GetObjectCommand({ ...this.#target, Range: rangeHeader(range) }), {
        abortSignal: signal,
      }),
    );
    const { Body: body, ETag, ContentRange } = answer;
    if (!(body instanceof Readable)) throw this.failure(new Error('the client gives no stream'));
    if (isRange(answer, range, this.#object.size) && this.#isSame(ETag)) return body;
    body.destroy();
    if (!this.#isSame(ETag)) throw this.#changed();
    const got = ContentRange ?? 'all of it';
    throw this.failure(new Error(`asked for ${rangeHeader(range)}, got ${got}`));
  }

  /**
   * Asks for the CRC32 of the whole object; `undefined` if the service has none, but maybe another
   * checksum, or one of each part.
   * @throws AsbError `STORAGE` if the service refuses, or the object was changed
   */
  async crc32(signal: AbortSignal): Promise<number | undefined> {
    const { ETag, ChecksumType, ChecksumCRC32 } = await this.#ask(({ client, sdk }) =>
      client.send(new sdk.HeadObjectCommand({ ...this.#target, ChecksumMode: 'ENABLED' }), {
        abortSignal: signal,
      }),
    );
    if (!this.#isSame(ETag)) throw this.#changed();
    if (ChecksumType !== 'FULL_OBJECT' || ChecksumCRC32 === undefined) return undefined;
    return Buffer.from(ChecksumCRC32, 'base64').readUInt32BE();
  }

  get #target() {
    return { Bucket: this.#bucket, Key: this.#object.key, IfMatch: this.#object.etag };
  }

  async #ask<T>(request: (service: S3Service) => Promise<T>): Promise<T> {
    const service = await this.#connection.service();
    try {
      return await request(service);
    } catch (cause) {
      if (!(cause instanceof service.sdk.S3ServiceException)) throw this.failure(cause);
      throw cause.$metadata.httpStatusCode === 412 ? this.#changed(cause) : this.failure(cause);
    }
  }

  /** Not every service looks at If-Match; each says what it gives. */
  #isSame(etag: string | undefined): boolean {
    return etag === undefined || bare(etag) === bare(this.#object.etag);
  }

  #changed(cause?: unknown): AsbError {
    const message = `${this.#location} was changed while it was read; read it again`;
    return new AsbError('STORAGE', message, { file: this.#location, cause });
  }
}

/** Some services put it in quotes in one place and not in the other. */
const bare = (etag: string): string => etag.replaceAll('"', '');
