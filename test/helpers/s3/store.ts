/** What the server holds: buckets, objects, unfinished uploads; all in memory. */
import { createHash } from 'node:crypto';
import type { Algorithm, Checksum, ChecksumType } from './checksums.ts';
import { S3Failure } from './failure.ts';

/** What a client said of an object beside its bytes. */
export interface Attributes {
  /** Headers that come back with the object, in lower case: content-type, x-amz-meta-… */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** `x-amz-server-side-encryption` and the like; empty if it was not asked for. */
  readonly encryption: Readonly<Record<string, string>>;
}

export interface StoredObject extends Attributes {
  readonly bytes: Buffer;
  /** In quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly checksum: Checksum | undefined;
  /** Sizes of the parts it came in; empty if it came whole. */
  readonly parts: readonly number[];
}

export interface Part {
  readonly partNumber: number;
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: Date;
  /** base64; `undefined` if the upload has none. */
  readonly checksum: string | undefined;
}

export interface Upload extends Attributes {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date;
  readonly algorithm: Algorithm | undefined;
  readonly type: ChecksumType | undefined;
  readonly parts: Map<number, Part>;
}

export interface Bucket {
  readonly name: string;
  readonly objects: Map<string, StoredObject>;
  /** By id; in order of their beginning. */
  readonly uploads: Map<string, Upload>;
}

export const NO_ATTRIBUTES: Attributes = { headers: {}, storageClass: 'STANDARD', encryption: {} };

/** As S3 sorts keys: by their bytes in UTF-8, which is not JavaScript's order. */
export const compareKeys = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Entity tags with KMS are no MD5, as nobody may rely on. */
export const etagOf = (bytes: Uint8Array, { encryption }: Attributes): string => {
  const hash = createHash('md5').update(bytes);
  if (encryption['x-amz-server-side-encryption']?.startsWith('aws:kms')) hash.update('kms');
  return `"${hash.digest('hex')}"`;
};

/** MD5 of the parts' MD5s, with their count. */
export const multipartEtag = (etags: readonly string[]): string => {
  const raw = etags.map((etag) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return `"${createHash('md5').update(Buffer.concat(raw)).digest('hex')}-${etags.length}"`;
};

const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

export class Store {
  readonly #buckets = new Map<string, Bucket>();
  #uploads = 0;

  /** @throws S3Failure `InvalidBucketName`, `BucketAlreadyOwnedByYou` */
  createBucket(name: string): void {
    if (!BUCKET_NAME.test(name) || name.includes('..')) {
      throw new S3Failure('InvalidBucketName', 'The specified bucket is not valid.', {
        BucketName: name,
      });
    }
    if (this.#buckets.has(name)) {
      throw new S3Failure(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { BucketName: name },
      );
    }
    this.#buckets.set(name, { name, objects: new Map(), uploads: new Map() });
  }

  /** @throws S3Failure `NoSuchBucket`, `BucketNotEmpty` */
  deleteBucket(name: string): void {
    if (this.bucket(name).objects.size > 0) {
      throw new S3Failure('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
        BucketName: name,
      });
    }
    this.#buckets.delete(name);
  }

  /** @throws S3Failure `NoSuchBucket` */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      throw new S3Failure('NoSuchBucket', 'The specified bucket does not exist', {
        BucketName: name,
      });
    }
    return bucket;
  }

  /** @throws S3Failure `NoSuchBucket` */
  sortedKeys(bucket: string): string[] {
    return [...this.bucket(bucket).objects.keys()].sort(compareKeys);
  }

  /** @throws S3Failure `NoSuchBucket`, `NoSuchKey` */
  object(bucket: string, key: string): StoredObject {
    const object = this.bucket(bucket).objects.get(key);
    if (object === undefined) {
      throw new S3Failure('NoSuchKey', 'The specified key does not exist.', { Key: key });
    }
    return object;
  }

  /** @throws S3Failure `NoSuchBucket`, `NoSuchUpload` */
  upload(bucket: string, key: string, uploadId: string): Upload {
    const upload = this.bucket(bucket).uploads.get(uploadId);
    if (upload?.key !== key) {
      throw new S3Failure(
        'NoSuchUpload',
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
        { UploadId: uploadId },
      );
    }
    return upload;
  }

  startUpload(
    bucket: string,
    upload: Attributes & Pick<Upload, 'key' | 'algorithm' | 'type'>,
  ): Upload {
    // In order of their beginning, as listed; with characters that a URL must escape.
    const count = String((this.#uploads += 1)).padStart(8, '0');
    const uploadId = `2~${count}/+${createHash('md5').update(count).digest('base64')}`;
    const started = { ...upload, uploadId, initiated: new Date(), parts: new Map() };
    this.bucket(bucket).uploads.set(uploadId, started);
    return started;
  }
}
