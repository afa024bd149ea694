/**
 * The tests' own S3 server: in memory, on loopback, path style, and strict: it verifies
 * signatures, payload hashes and checksums as S3 does, and refuses what it does not know.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Settings } from './call.ts';
import type { Checksum } from './checksums.ts';
import { exchange } from './exchange.ts';
import type { FaultList } from './faults.ts';
import { seed } from './objects.ts';
import { type RequestEntry, RequestLog } from './request-log.ts';
import type { Credentials } from './sigv4.ts';
import { etagOf, NO_ATTRIBUTES, Store } from './store.ts';

export type { Fault, FaultKind, FaultList } from './faults.ts';
export type { OperationName } from './operation.ts';
export type { RequestEntry, RequestLog } from './request-log.ts';
export type { Credentials } from './sigv4.ts';

export interface S3ServerOptions {
  /** Made at once. */
  readonly buckets?: readonly string[];
  /** Entries of a list's page, at most. Default 1000. */
  readonly pageSize?: number;
  readonly credentials?: Credentials;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Whether a wish for server-side encryption is confirmed, or ignored. Default true. */
  readonly encryption?: boolean;
  /** `ignored`: neither looked at nor kept, as by servers that only know ETags. Default `kept`. */
  readonly checksums?: 'kept' | 'ignored';
}

/** An object as it rests. */
export interface ObjectView {
  readonly bytes: Buffer;
  /** In quotes. */
  readonly etag: string;
  /** What comes back with it, in lower case: content-type, x-amz-meta-… */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** `x-amz-server-side-encryption` and its like; empty if not asked for, or ignored. */
  readonly encryption: Readonly<Record<string, string>>;
  readonly checksum: Checksum | undefined;
  /** Sizes of the parts it came in; empty if it came whole. */
  readonly parts: readonly number[];
}

/** An upload that is neither completed nor aborted. */
export interface UploadView {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly { readonly partNumber: number; readonly bytes: Buffer }[];
}

export interface S3Server {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly region: string;
  /** Push what is to fail. */
  readonly faults: FaultList;
  readonly requests: RequestLog;
  /**
   * Awaited when a request is whole and found right, before anything is done (or a fault answers
   * it, but for resets). What it throws ends the process.
   */
  before: ((request: RequestEntry) => void | Promise<void>) | undefined;
  object(bucket: string, key: string): ObjectView | undefined;
  /** Keys, sorted as S3 does. */
  objects(bucket: string): string[];
  uploads(bucket: string): UploadView[];
  /** Puts an object without a request. */
  put(bucket: string, key: string, bytes: Uint8Array | string): void;
  /** Starts an upload without a request, which stays unfinished. @returns its id */
  startUpload(bucket: string, key: string, parts?: readonly Uint8Array[]): string;
  close(): Promise<void>;
}

const CREDENTIALS: Credentials = {
  accessKeyId: 'AKIDTESTSERVER',
  secretAccessKey: 'only/for+the=tests',
};

/** Starts a server on a free port. */
export const startS3Server = async (options: S3ServerOptions = {}): Promise<S3Server> => {
  const { buckets = [], credentials = CREDENTIALS } = options;
  const settings: Settings = {
    region: options.region ?? 'us-east-1',
    pageSize: options.pageSize ?? 1000,
    encryption: options.encryption ?? true,
    checksums: options.checksums ?? 'kept',
  };
  const store = new Store();
  for (const bucket of buckets) store.createBucket(bucket);
  const requests = new RequestLog();
  const faults: FaultList = [];

  const http = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const service = { store, settings, credentials, faults, before: server.before };
    const { method = '', url = '', headers } = request;
    void exchange(request, response, service, ({ operation, bucket = '', key = '', query }) => {
      const partNumber = query?.get('partNumber');
      const entry: RequestEntry = {
        operation,
        bucket,
        key,
        ...(partNumber !== undefined && { partNumber: Number(partNumber) }),
        method,
        url,
        headers,
        requestId: String(requests.length + 1).padStart(16, '0'),
        bytes: 0,
        status: 0,
      };
      requests.push(entry);
      return entry;
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;

  const server: S3Server = {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    credentials,
    region: settings.region,
    faults,
    requests,
    before: undefined,
    object: (bucket, key) => store.bucket(bucket).objects.get(key),
    objects: (bucket) => store.sortedKeys(bucket),
    uploads: (bucket) =>
      [...store.bucket(bucket).uploads.values()].map(({ key, uploadId, parts }) => ({
        key,
        uploadId,
        parts: [...parts.values()].sort((one, other) => one.partNumber - other.partNumber),
      })),
    put: (bucket, key, bytes) => seed(store, bucket, key, { settings, body: Buffer.from(bytes) }),
    startUpload: (bucket, key, parts = []) => {
      const upload = store.startUpload(bucket, {
        ...NO_ATTRIBUTES,
        key,
        algorithm: undefined,
        type: undefined,
      });
      parts.forEach((part, index) => {
        const bytes = Buffer.from(part);
        const etag = etagOf(bytes, upload);
        const partNumber = index + 1;
        upload.parts.set(partNumber, {
          partNumber,
          bytes,
          etag,
          modified: new Date(),
          checksum: undefined,
        });
      });
      return upload.uploadId;
    },
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
};
