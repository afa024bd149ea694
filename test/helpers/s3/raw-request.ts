/** Requests as no SDK sends them: signed rightly, with whatever is wrong in them. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { S3Server } from './server.ts';
import {
  type Credentials,
  canonicalRequest,
  sha256Hex,
  sign,
  signingKey,
  stringToSign,
} from './sigv4.ts';

export interface RawRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** Encoded, with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** What is sent in place of the body that was signed. */
  readonly sent?: Uint8Array | string;
  readonly credentials?: Credentials;
  /** ms since 1970. Default: now. */
  readonly date?: number;
}

export interface RawAnswer {
  readonly status: number;
  /** Of an error; empty if it is none. */
  readonly code: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request. `x-amz-content-sha256` is that of the body, if the headers have none. */
export const rawRequest = async (
  { port, region, credentials: own }: Pick<S3Server, 'port' | 'region' | 'credentials'>,
  { method = 'GET', url, body = '', sent = body, ...given }: RawRequest,
): Promise<RawAnswer> => {
  const { accessKeyId, secretAccessKey } = given.credentials ?? own;
  const timestamp = new Date(given.date ?? Date.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${timestamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const headers: Readonly<Record<string, string>> = {
    host: `127.0.0.1:${port}`,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': sha256Hex(Buffer.from(body)),
    ...given.headers,
  };
  const names = Object.keys(headers).sort();
  const signable = { method, url, rawHeaders: Object.entries(headers).flat() };
  const canonical = canonicalRequest(signable, names, headers['x-amz-content-sha256'] ?? '');
  const signature = sign(
    signingKey(secretAccessKey, scope),
    stringToSign(canonical, timestamp, scope),
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const client = request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: { ...headers, authorization },
    agent: false,
  });
  client.end(sent);
  const [response]: IncomingMessage[] = await once(client, 'response');
  if (response === undefined) throw new Error('no response');
  const bytes = await buffer(response);
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(bytes.toString('latin1')) ?? [];
  return { status: response.statusCode ?? 0, code, headers: response.headers, body: bytes };
};
