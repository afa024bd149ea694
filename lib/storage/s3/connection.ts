import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import {
  checkS3Options,
  DEFAULT_CONNECT_TIMEOUT,
  DEFAULT_DOWNLOADS,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT,
  DEFAULT_UPLOADS,
  type S3Options,
} from './options.ts';

/** A client, and the SDK that its commands come from. */
export interface S3Service {
  readonly client: S3Client;
  readonly sdk: typeof import('@aws-sdk/client-s3');
}

/** Region that is signed for if only an endpoint is named: servers other than AWS have none. */
const ANY_REGION = 'us-east-1';

/** One way to a service, made when it is first needed: loading the SDK takes 0.1 s. */
export class S3Connection {
  readonly options: S3Options;
  #service: Promise<S3Service> | undefined;

  /** @throws AsbError `RANGE` as {@link checkS3Options} does */
  constructor(options: S3Options) {
    checkS3Options(options);
    this.options = options;
  }

  service(): Promise<S3Service> {
    this.#service ??= this.#connect();
    return this.#service;
  }

  async #connect(): Promise<S3Service> {
    const sdk = await import('@aws-sdk/client-s3');
    const { client = new sdk.S3Client(configOf(this.options)) } = this.options;
    return { client, sdk };
  }
}

const configOf = (options: S3Options): S3ClientConfig => {
  const { region, profile, endpoint, systemProxy = false, logger, checksum } = options;
  const { maxAsyncUploads = DEFAULT_UPLOADS, maxAsyncDownloads = DEFAULT_DOWNLOADS } = options;
  const agent = {
    keepAlive: true,
    // Of each file that is open, all requests at once, and a few beside them.
    maxSockets: 2 * Math.max(maxAsyncUploads, maxAsyncDownloads) + 8,
    ...(systemProxy ? { proxyEnv: process.env } : {}),
  };
  // Without an endpoint, the SDK looks for the region itself, and says how if there is none.
  const where = region ?? (endpoint === undefined ? undefined : ANY_REGION);
  return {
    ...(where === undefined ? {} : { region: where }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(logger === undefined ? {} : { logger }),
    maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    requestChecksumCalculation: checksum === 'none' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED',
    // Whole objects are checked here, in order, whatever the ranges that they came in.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
      requestTimeout: options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
};
