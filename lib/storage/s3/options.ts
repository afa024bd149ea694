/** How an S3 service is reached, and what is asked of it. */
import type {
  S3Client,
  S3ClientConfig,
  ServerSideEncryption,
  StorageClass,
} from '@aws-sdk/client-s3';
import { AsbError } from '../../errors.ts';

const MIB = 1024 * 1024;

/** Bounds of a multipart upload: AWS's, which other servers share. */
export const MIN_PART_SIZE = 5 * MIB;
export const MAX_PART_SIZE = 5 * 1024 * MIB;
export const MAX_PARTS = 10_000;

/**
 * Bytes that one ranged GET asks for. Each request costs some milliseconds of CPU time: in ranges of
 * asbackup's 5 MiB, a read takes a quarter longer (benchmarks/README.md).
 */
export const RANGE_SIZE = 16 * MIB;

/**
 * How an upload is checked: by a checksum that the server keeps with the object, or by the MD5 that
 * its ETags are.
 */
export type S3Checksum = 'crc32' | 'sha256' | 'md5';

/** Long-lived credentials; those with a session token end, and are better left to a profile. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Options {
  /**
   * A client of `@aws-sdk/client-s3` to use as it is; then what concerns the connection here (all
   * up to `logger`) has no effect.
   */
  readonly client?: S3Client;
  /** Default: that of the environment or the profile; with an `endpoint`, `us-east-1` if none is. */
  readonly region?: string;
  /** Profile of the files that all AWS tools share. */
  readonly profile?: string;
  /** Default: as all AWS tools find them, which also renew those that end. */
  readonly credentials?: S3Credentials;
  /**
   * `http://host:port` of a server that speaks S3; buckets are then part of the path. Default: AWS.
   */
  readonly endpoint?: string;
  /** Milliseconds until a connection must stand; 0 is no limit. Default 1000. */
  readonly connectTimeout?: number;
  /** Milliseconds in which a request must be answered, or a transfer go on. Default 600 000. */
  readonly requestTimeout?: number;
  /**
   * Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured, or the same in small letters,
   * which go before. Default false.
   */
  readonly systemProxy?: boolean;
  /** How often a request is tried, all in all. Default 10. */
  readonly maxAttempts?: number;
  /** Gets what the SDK does, request by request. */
  readonly logger?: NonNullable<S3ClientConfig['logger']>;

  /**
   * Least bytes of a part of an upload, 5 MiB to 5 GiB. Default: 8 MiB, or 16 MiB where nobody knows
   * how large the file will be; more where 10,000 parts would not suffice.
   */
  readonly minPartSize?: number;
  /** Parts in flight for each file. Default: as many as take 64 MiB, from 2 to 16. */
  readonly maxAsyncUploads?: number;
  /**
   * Ranges of 16 MiB in flight for each file that is read. Default 4: more brought nothing, and each
   * takes its size in memory.
   */
  readonly maxAsyncDownloads?: number;
  /** Default `crc32`. Choose `md5` for a server that refuses requests with a checksum. */
  readonly checksum?: S3Checksum;
  readonly storageClass?: StorageClass;
  /** Encryption by the server; one that it does not confirm is an error. */
  readonly serverSideEncryption?: ServerSideEncryption;
  /** Of the key service, with `aws:kms`. */
  readonly kmsKeyId?: string;
  /** Told of what could not be cleared up after a failure. */
  readonly onNotice?: (message: string) => void;
}

export const DEFAULT_CONNECT_TIMEOUT = 1000;
export const DEFAULT_REQUEST_TIMEOUT = 600_000;
export const DEFAULT_MAX_ATTEMPTS = 10;
/** Parts in flight at most, unless the caller says how many. */
export const MAX_UPLOADS = 16;
export const DEFAULT_DOWNLOADS = 4;

/** Milliseconds: a day. Timers count no more than 24 of them. */
export const MAX_TIMEOUT = 86_400_000;

/**
 * @throws AsbError `RANGE` for a number that no transfer can work with; `USAGE` for an endpoint that
 *   is none, for a region, profile or credentials without a name, and for two kinds of credentials
 */
export const checkS3Options = (options: S3Options): void => {
  const { minPartSize, maxAsyncUploads, maxAsyncDownloads, maxAttempts } = options;
  inRange('minPartSize', minPartSize, MIN_PART_SIZE, MAX_PART_SIZE);
  inRange('maxAsyncUploads', maxAsyncUploads, 1, 1024);
  inRange('maxAsyncDownloads', maxAsyncDownloads, 1, 1024);
  inRange('maxAttempts', maxAttempts, 1, 1000);
  inRange('connectTimeout', options.connectTimeout, 0, MAX_TIMEOUT);
  inRange('requestTimeout', options.requestTimeout, 1, MAX_TIMEOUT);
  const { endpoint, region, profile, credentials } = options;
  if (endpoint !== undefined && !isEndpoint(endpoint)) {
    throw wrong('endpoint', 'http://host:port or https://host:port, without a user or a query');
  }
  if (region === '') throw wrong('region', 'the name of a region');
  if (profile === '') throw wrong('profile', 'the name of a profile');
  if (credentials?.accessKeyId === '') throw wrong('access key id', 'an access key id');
  if (credentials?.secretAccessKey === '') throw wrong('secret access key', 'a secret access key');
  if (profile === undefined || credentials === undefined) return;
  throw new AsbError('USAGE', 'credentials for S3 come from a profile, or are given, not both');
};

const inRange = (name: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  const expected = `a whole number from ${min} to ${max}`;
  throw new AsbError('RANGE', `${name} ${value}; expected ${expected}`, { expected });
};

const isEndpoint = (text: string): boolean => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false;
  return [url.username, url.password, url.search, url.hash].every((part) => part === '');
};

/** Of which the value is not quoted: there may be a password in it. */
const wrong = (name: string, expected: string): AsbError =>
  new AsbError('USAGE', `the ${name} of S3 is none; expected ${expected}`, { expected });
