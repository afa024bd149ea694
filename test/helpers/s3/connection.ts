/** Ways to a test's S3 server, and servers that answer what no good one does. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { devNull } from 'node:os';
import type { Test } from 'tap';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import type { S3Options } from '../../../lib/storage/s3/options.ts';
import { listen } from './listen.ts';
import { type S3Server, type S3ServerOptions, startS3Server } from './server.ts';

/** The bucket of {@link ownServer}. */
export const BUCKET = 'vault';

/** Credentials come from the environment, as users' do: it has these from now on. */
const useCredentials = (accessKeyId: string, secretAccessKey: string): void => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
};

/** The tests' own server, for what only it can do: fail on demand. */
export const ownServer = async (
  t: Pick<Test, 'teardown'>,
  options: S3ServerOptions = {},
): Promise<S3Server> => {
  const server = await startS3Server({ buckets: [BUCKET], ...options });
  t.teardown(() => server.close());
  return server;
};

/** A connection to it; failures are tried twice. */
export const connect = (server: S3Server, options: S3Options = {}): S3Connection => {
  const { endpoint, region, credentials } = server;
  useCredentials(credentials.accessKeyId, credentials.secretAccessKey);
  return new S3Connection({ endpoint, region, maxAttempts: 2, ...options });
};

/** A connection to a server that looks at nothing, and answers what it is told. */
export const cannedServer = async (
  t: Pick<Test, 'teardown'>,
  listener: RequestListener,
  options: S3Options = {},
): Promise<S3Connection> => {
  const endpoint = await listen(t, createServer(listener));
  useCredentials('any', 'any');
  return new S3Connection({ endpoint, maxAttempts: 2, ...options });
};

/** All of what is iterated. */
export const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** What is odd about an answer. */
export interface OddAnswer {
  readonly status?: number;
  /** In place of the right ones; an empty list for none. */
  readonly headers?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: Buffer;
}

/** Answers a GET with the range of `content` that it asks for, and a HEAD; the ETag is `"e"`. */
export const giveRange = (
  content: Buffer,
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  odd: OddAnswer = {},
): void => {
  const [, first = 0, last = 0] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const body = odd.body ?? content.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${last}/${content.length}`;
  response.writeHead(odd.status ?? 206, { etag: '"e"', 'content-range': range, ...odd.headers });
  response.end(method === 'HEAD' ? '' : body);
};
