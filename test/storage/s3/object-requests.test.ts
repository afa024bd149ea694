import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import type { CreateMultipartUploadRequest } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import type { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { findObject } from '../../../lib/storage/s3/listing.ts';
import { ObjectRequests } from '../../../lib/storage/s3/object-requests.ts';
import {
  BUCKET,
  cannedServer,
  connect,
  giveRange,
  type OddAnswer,
  ownServer,
} from '../../helpers/s3/connection.ts';

const CONTENT = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const OBJECT = { key: 'a', size: CONTENT.length, etag: '"e"' };
const FACTS = { code: 'STORAGE', facts: { file: `s3://${BUCKET}/a` } };
const WHOLE = { start: 0, end: CONTENT.length };
const PART = { start: 10, end: 20 };
const { signal } = new AbortController();

/** Requests to a server that answers oddly. */
const oddServer = async (t: Test, odd: OddAnswer): Promise<ObjectRequests> =>
  new ObjectRequests(
    await cannedServer(t, (request, response) => giveRange(CONTENT, request, response, odd)),
    BUCKET,
    OBJECT,
  );

/** Requests for an object that is there now. */
const requestsFor = async (connection: S3Connection): Promise<ObjectRequests> => {
  const object = await findObject(connection, BUCKET, OBJECT.key);
  return new ObjectRequests(connection, BUCKET, object ?? OBJECT);
};

t.test('a range of an object', async (t) => {
  const server = await ownServer(t);
  server.put(BUCKET, OBJECT.key, CONTENT);
  const requests = await requestsFor(connect(server));
  for (const range of [WHOLE, PART, { start: 35, end: 36 }]) {
    const bytes = await buffer(await requests.range(range, signal));
    t.ok(bytes.equals(CONTENT.subarray(range.start, range.end)));
  }
  t.match(server.requests.at(-1)?.headers, {
    range: 'bytes=35-35',
    'if-match': server.object(BUCKET, OBJECT.key)?.etag,
  });
});

t.test('an answer to something else', async (t) => {
  const table: readonly OddAnswer[] = [
    { status: 200, headers: { 'content-range': [] }, body: CONTENT },
    { status: 200, headers: { 'content-range': [], 'content-length': 36 }, body: CONTENT },
    { headers: { 'content-range': 'bytes 11-20/36' } },
    { headers: { 'content-range': 'bytes 10-19/37' } },
    { headers: { 'content-range': 'rubbish' } },
    { headers: { etag: '"other"' } },
  ];
  for (const odd of table) {
    const requests = await oddServer(t, odd);
    await t.rejects(requests.range(PART, signal), FACTS, JSON.stringify(odd.headers));
  }
});

t.test('a server that knows no ranges, or no If-Match, or no quotes', async (t) => {
  const whole = { 'content-range': [], 'content-length': CONTENT.length };
  for (const odd of [
    { status: 200, headers: whole },
    { headers: { etag: [] } },
    { headers: { etag: 'e' } },
  ]) {
    const requests = await oddServer(t, odd);
    t.ok((await buffer(await requests.range(WHOLE, signal))).equals(CONTENT));
  }
});

t.test('a client that gives no stream of Node', async (t) => {
  const server = await ownServer(t);
  const { client } = await connect(server).service();
  const answer = async () => ({ Body: undefined });
  const other = new Proxy(client, {
    get: (target, property) => (property === 'send' ? answer : Reflect.get(target, property)),
  });
  const requests = new ObjectRequests(connect(server, { client: other }), BUCKET, OBJECT);
  await t.rejects(requests.range(PART, signal), FACTS);
});

t.test('another object in its place, or none', async (t) => {
  const server = await ownServer(t);
  server.put(BUCKET, OBJECT.key, CONTENT);
  const connection = connect(server);
  const requests = await requestsFor(connection);
  server.put(BUCKET, OBJECT.key, CONTENT.toReversed());
  const changed = { ...FACTS, cause: { $metadata: { httpStatusCode: 412 } } };
  await t.rejects(requests.range(PART, signal), changed);
  await t.rejects(requests.crc32(signal), changed);
  const odd = await oddServer(t, { headers: { etag: '"other"' } });
  await t.rejects(odd.crc32(signal), FACTS);

  const missing = new ObjectRequests(connection, BUCKET, { ...OBJECT, key: 'b' });
  await t.rejects(missing.range(PART, signal), { cause: { name: 'NoSuchKey' } });
  await t.rejects(missing.crc32(signal), { cause: { name: 'NotFound' } });
});

t.test('a service that is not reached', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server, { endpoint: 'http://127.0.0.1:1' });
  const requests = new ObjectRequests(connection, BUCKET, OBJECT);
  const refused = { ...FACTS, cause: { code: 'ECONNREFUSED' } };
  await t.rejects(requests.range(PART, signal), refused);
  await t.rejects(requests.crc32(signal), refused);
});

t.test('the CRC32 of a whole object, and no other checksum', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  const { client, sdk } = await connection.service();
  const target = { Bucket: BUCKET, Key: OBJECT.key };
  const crc = async () => (await requestsFor(connection)).crc32(signal);
  const inParts = async (
    kind: Pick<CreateMultipartUploadRequest, 'ChecksumAlgorithm' | 'ChecksumType'>,
  ): Promise<void> => {
    const { UploadId } = await client.send(
      new sdk.CreateMultipartUploadCommand({ ...target, ...kind }),
    );
    const { ETag, ChecksumCRC32 } = await client.send(
      new sdk.UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: CONTENT }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
    await client.send(
      new sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }),
    );
  };
  for (const algorithm of ['CRC32', 'SHA256'] as const) {
    await client.send(
      new sdk.PutObjectCommand({ ...target, Body: CONTENT, ChecksumAlgorithm: algorithm }),
    );
    t.equal(await crc(), algorithm === 'CRC32' ? crc32(CONTENT) : undefined);
  }
  for (const type of ['FULL_OBJECT', 'COMPOSITE'] as const) {
    await inParts({ ChecksumAlgorithm: 'CRC32', ChecksumType: type });
    t.equal(await crc(), type === 'FULL_OBJECT' ? crc32(CONTENT) : undefined);
  }
  server.put(BUCKET, OBJECT.key, CONTENT);
  t.equal(await crc(), undefined);
});
