/** Who sent a request, and whether its body came as it was sent. */
import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { MIN_CHUNK, unframe } from '../helpers/s3/aws-chunked.ts';
import { checksumOf } from '../helpers/s3/checksums.ts';
import { S3Failure } from '../helpers/s3/failure.ts';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { MAX_SKEW } from '../helpers/s3/sigv4.ts';
import { ownS3Target } from '../helpers/s3/target.ts';

const BODY = Buffer.from('the body');
const crc = (bytes: Buffer): string => checksumOf('CRC32', bytes);
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');

t.test('who is let in', async (t) => {
  const { endpoint, region, credentials, bucket, server } = await ownS3Target(t);
  const rows: readonly (readonly [string | undefined, S3ClientConfig])[] = [
    [undefined, {}],
    ['SignatureDoesNotMatch', { credentials: { ...credentials, secretAccessKey: 'wrong' } }],
    ['InvalidAccessKeyId', { credentials: { ...credentials, accessKeyId: 'AKIDOTHER' } }],
    ['InvalidToken', { credentials: { ...credentials, sessionToken: 'x' } }],
    ['AuthorizationHeaderMalformed', { region: 'eu-west-1' }],
    ['AccessDenied', { signer: { sign: async (request) => request } }],
  ];
  for (const [name, config] of rows) {
    const own = { endpoint, region, credentials, forcePathStyle: true, ...config };
    const client = new S3Client(own);
    const put = client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'x' }));
    if (name === undefined) await put;
    else await t.rejects(put, { name });
    client.destroy();
  }
  t.equal((await fetch(`${endpoint}/${bucket}/k`)).status, 403, 'nobody');
  const request = { url: `/${bucket}/k` };
  const skewed = await rawRequest(server, { ...request, date: Date.now() - 2 * MAX_SKEW });
  t.strictSame([skewed.status, skewed.code], [403, 'RequestTimeTooSkewed']);
  t.equal((await rawRequest(server, { ...request, date: Date.now() - MAX_SKEW / 2 })).status, 200);
});

t.test('credentials and a region of one choosing', async (t) => {
  const credentials = { accessKeyId: 'ME', secretAccessKey: 'mine' };
  const own = await ownS3Target(t, { credentials, region: 'eu-central-1' });
  const { client, bucket: Bucket } = own;
  t.match(own.env, { AWS_ACCESS_KEY_ID: 'ME', AWS_SECRET_ACCESS_KEY: 'mine' });
  t.match(await client.send(new HeadBucketCommand({ Bucket })), { BucketRegion: 'eu-central-1' });
});

t.test('as a proxy that is asked for another server', async (t) => {
  const { bucket: Bucket, server, ...own } = await ownS3Target(t);
  const httpAgent = new Agent({ proxyEnv: { HTTP_PROXY: own.endpoint } });
  const { region, credentials } = own;
  const endpoint = 'http://s3.test';
  const requestHandler = { httpAgent };
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestHandler,
  });
  await client.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'x' }));
  t.strictSame(server.objects(Bucket), ['a b']);
  t.match(server.requests.at(-1), { url: /^http:\/\/s3\.test\//, headers: { host: 's3.test' } });
  client.destroy();
});

t.test('a body that is another than was said', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  const other = Buffer.from('the bodY');
  const put = { method: 'PUT', url: `/${bucket}/k`, body: BODY };
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const header = (name: string, value: string) => ({ headers: { [name]: value } });
  const rows: readonly (readonly [string, object])[] = [
    ['XAmzContentSHA256Mismatch', { sent: other }],
    ['InvalidArgument', header('x-amz-content-sha256', 'some')],
    ['InvalidArgument', header('x-amz-content-sha256', 'A'.repeat(64))],
    ['InvalidDigest', header('content-md5', 'AAAA')],
    ['BadDigest', header('content-md5', md5(other))],
    ['InvalidRequest', header('x-amz-checksum-crc32', 'AAAA')],
    ['BadDigest', header('x-amz-checksum-crc32', crc(other))],
    ['BadDigest', { headers: { ...unsigned, 'x-amz-checksum-crc32': crc(BODY) }, sent: other }],
    ['InvalidRequest', header('x-amz-sdk-checksum-algorithm', 'CRC32')],
    [
      'InvalidRequest',
      {
        headers: {
          'x-amz-checksum-crc32': crc(BODY),
          'x-amz-checksum-sha1': checksumOf('SHA1', BODY),
        },
      },
    ],
    [
      'InvalidRequest',
      { headers: { 'x-amz-checksum-crc32': crc(BODY), 'x-amz-sdk-checksum-algorithm': 'SHA1' } },
    ],
    ['MissingContentLength', { headers: { ...unsigned, 'transfer-encoding': 'chunked' } }],
  ];
  for (const [code, change] of rows) {
    t.equal((await rawRequest(server, { ...put, ...change })).code, code, JSON.stringify(change));
  }
  t.strictSame(server.objects(bucket), []);
  t.equal((await rawRequest(server, { ...put, headers: unsigned })).status, 200);
  t.equal((await rawRequest(server, { ...put, ...header('content-md5', md5(BODY)) })).status, 200);
});

t.test('a body that is cut off does nothing', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.end(`PUT /${bucket}/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345`);
  await text(socket);
  t.match(server.requests.at(-1), { operation: 'PutObject', status: 0, bytes: 0 });
  t.strictSame(server.objects(bucket), []);
});

const PAYLOAD = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const TRAILER = 'x-amz-checksum-crc32';

/** Frames chunks without signatures. */
const framed = (chunks: readonly Buffer[], trailers: readonly string[]): Buffer =>
  Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(['0', ...trailers, '', ''].join('\r\n')),
  ]);

t.test('framing', async (t) => {
  const large = Buffer.alloc(MIN_CHUNK, 'x');
  const trailer = `${TRAILER}:${crc(BODY)}`;
  const right = framed([BODY], [trailer]);
  const changed = (from: string, to: string) => Buffer.from(right.toString().replace(from, to));
  const options = {
    signed: {
      payload: PAYLOAD,
      signature: '',
      timestamp: '',
      scope: '',
      signingKey: Buffer.alloc(0),
    },
    length: BODY.length,
    trailers: [TRAILER],
  };
  const codeOf = (body: Buffer, change = {}): string | undefined => {
    try {
      unframe(body, { ...options, ...change });
      return undefined;
    } catch (error) {
      return error instanceof S3Failure ? error.code : String(error);
    }
  };
  const rows: readonly (readonly [string | undefined, Buffer, object?])[] = [
    [undefined, right],
    [undefined, changed(`${TRAILER}:`, `${TRAILER.toUpperCase()}: `)],
    [undefined, framed([], []), { length: 0, trailers: [] }],
    [undefined, framed([large, BODY], [trailer]), { length: large.length + BODY.length }],
    ['InvalidChunkSizeError', framed([BODY, BODY], [trailer]), { length: 2 * BODY.length }],
    ['InvalidChunkSizeError', framed([large.subarray(1), BODY], [trailer])],
    ['IncompleteBody', right, { length: BODY.length + 1 }],
    ['IncompleteBody', changed('8\r\n', 'g\r\n')],
    ['IncompleteBody', changed('8\r\n', '\r\n')],
    ['IncompleteBody', changed('8\r\n', '7\r\n')],
    ['IncompleteBody', changed('8\r\n', `8;chunk-signature=${'0'.repeat(64)}\r\n`)],
    ['IncompleteBody', Buffer.concat([right, Buffer.from('x')])],
    ['MalformedTrailerError', changed(TRAILER, 'x-amz-checksum-sha1')],
    ['MalformedTrailerError', changed(`${TRAILER}:`, '')],
    ['MalformedTrailerError', changed(trailer, `${trailer}\r\n${trailer.replace('32', '32c')}`)],
    ['MalformedTrailerError', framed([BODY], [])],
    ['MalformedTrailerError', right, { trailers: [] }],
    ['MalformedTrailerError', framed([BODY], [trailer, 'x-amz-trailer-signature:0'])],
  ];
  for (const [code, body, change] of rows) {
    t.equal(codeOf(body, change), code, body.toString().slice(0, 200));
  }
  for (let end = 0; end < right.length; end++) {
    t.equal(codeOf(right.subarray(0, end)), 'IncompleteBody', `cut off at ${end}`);
  }
});

t.test('framing in a request', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  const put = { method: 'PUT', url: `/${bucket}/k` };
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': PAYLOAD,
    'x-amz-decoded-content-length': String(BODY.length),
    'x-amz-trailer': TRAILER,
  };
  const wrong = framed([BODY], [`${TRAILER}:${crc(Buffer.from('other'))}`]);
  t.equal((await rawRequest(server, { ...put, headers, body: wrong })).code, 'BadDigest');
  const body = framed([BODY], [`${TRAILER}:${crc(BODY)}`]);
  const { 'x-amz-decoded-content-length': _, ...without } = headers;
  const lengthless = await rawRequest(server, { ...put, headers: without, body });
  t.equal(lengthless.code, 'MissingContentLength');
  t.strictSame(server.objects(bucket), []);
  const answer = await rawRequest(server, { ...put, headers, body });
  t.strictSame([answer.status, answer.headers[TRAILER]], [200, crc(BODY)]);
  t.match(server.object(bucket, 'k'), { bytes: BODY, headers: { 'content-encoding': undefined } });
  t.equal(server.requests.at(-1)?.bytes, BODY.length);
});

t.test("the SDK's small chunks are refused, as S3 does, unless it gathers them", async (t) => {
  const { client, endpoint, region, credentials, bucket: Bucket } = await ownS3Target(t);
  const put = () => {
    const Body = Readable.from([Buffer.from('small'), Buffer.from('er')]);
    return new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: 7 });
  };
  await t.rejects(client.send(put()), { name: 'InvalidChunkSizeError' });
  const gathering = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestStreamBufferSize: 65_536,
  });
  await gathering.send(put());
  gathering.destroy();
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  t.equal(await Body?.transformToString(), 'smaller');
});
