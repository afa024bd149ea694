import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import {
  checkS3Options,
  DEFAULT_CONNECT_TIMEOUT,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT,
  type S3Options,
} from './options.ts';
import { checkSystemProxy } from './system-proxy.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** A client, and the SDK that its commands come from. */
export interface S3Service {
  readonly client: S3Client;
  readonly sdk: Sdk;
}

/** Region that is signed for if there is only an endpoint: servers other than AWS have none. */
const ANY_REGION = 'us-east-1';

const ignore = (): void => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** One way to a service, made when it is first needed: loading the SDK takes 0.1 s. */
export class S3Connection {
  readonly options: S3Options;
  #service: Promise<S3Service> | undefined;

  /**
   * @throws AsbError `RANGE` and `USAGE` as {@link checkS3Options} does; `USAGE` for a proxy of the
   *   environment that is none, if it is to be used
   */
  constructor(options: S3Options) {
    checkS3Options(options);
    if (options.systemProxy === true) checkSystemProxy(process.env);
    this.options = options;
  }

  service(): Promise<S3Service> {
    this.#service ??= this.#connect();
    return this.#service;
  }

  async #connect(): Promise<S3Service> {
    const sdk = await import('@aws-sdk/client-s3');
    const { client = new sdk.S3Client(await configOf(this.options, sdk)) } = this.options;
    return { client, sdk };
  }
}

const configOf = async (options: S3Options, sdk: Sdk): Promise<S3ClientConfig> => {
  const { profile, credentials, endpoint, systemProxy = false, logger, checksum } = options;
  const region = await regionOf(options, sdk);
  // node:http takes as long to load as Node itself, and whoever uses no S3 needs none.
  const { sharedAgents } = await import('./agents.ts');
  return {
    // Without one, the SDK fails with the first request, as it does without credentials.
    ...(region === undefined ? {} : { region }),
    // The SDK would remark on the console that credentials of the environment do not count then.
    ...(profile === undefined ? {} : { profile, logger: SILENT }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(logger === undefined ? {} : { logger }),
    // Nobody changes the middleware; without this, it is put together for each request.
    cacheMiddleware: true,
    maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    requestChecksumCalculation: checksum === 'md5' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED',
    // Whole objects are checked here, in order, whatever the ranges that they came in.
    responseChecksumValidation: 'WHEN_REQUIRED',
    // For requests that wait for "100 Continue" the SDK makes agents of its own, which know no proxy;
    // and it waits for as long as a request may take, where a server does not say it.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
      requestTimeout: options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
      ...sharedAgents(systemProxy),
    },
  };
};

/** With an endpoint, a region is of use where there is one, but not needed. */
const regionOf = async (
  { region, profile, endpoint }: S3Options,
  sdk: Sdk,
): Promise<string | undefined> => {
  if (region !== undefined || endpoint === undefined) return region;
  const client = new sdk.S3Client(profile === undefined ? {} : { profile });
  // It fails if there is none, or what is there is no name of a region.
  return client.config.region().catch(() => ANY_REGION);
};
