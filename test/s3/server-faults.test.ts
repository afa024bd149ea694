import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { checksumOf, compositeOf } from '../helpers/s3/checksums.ts';
import { type FaultKind, type RequestEntry, startS3Server } from '../helpers/s3/server.ts';
import { type OwnS3Target, ownS3Target } from '../helpers/s3/target.ts';

const BODY = Buffer.from('0123456789');

/** A target whose client tries once. */
const target = async (t: Parameters<typeof ownS3Target>[0]): Promise<OwnS3Target> => {
  const own = await ownS3Target(t);
  const { endpoint, region, credentials } = own;
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  return { ...own, client };
};

t.test('which request a fault is for, and how often', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const kind = { status: 503, code: 'SlowDown', headers: { 'retry-after': '1' } };
  const put = async (Key: string) => {
    const command = new PutObjectCommand({ Bucket, Key, Body: BODY });
    return client.send(command).then(
      () => 'done',
      ({ name, $response }) => `${name} ${$response.headers['retry-after']}`,
    );
  };
  server.faults.push(
    { operation: 'GetObject', kind },
    { operation: 'PutObject', key: /^a/, times: 2, kind },
    { bucket: 'other', kind },
  );
  const outcomes = [];
  for (const key of ['b', 'a1', 'a2', 'a3']) outcomes.push(await put(key));
  t.strictSame(outcomes, ['done', 'SlowDown 1', 'SlowDown 1', 'done']);
  t.strictSame(server.objects(Bucket), ['a3', 'b']);
  t.strictSame(
    server.faults.map(({ operation, bucket }) => operation ?? bucket),
    ['GetObject', 'other'],
  );
  t.strictSame(
    server.requests.map(({ operation, key, status, bytes }) => [operation, key, status, bytes]),
    [
      ['CreateBucket', '', 200, 0],
      ['PutObject', 'b', 200, 10],
      ['PutObject', 'a1', 503, 10],
      ['PutObject', 'a2', 503, 10],
      ['PutObject', 'a3', 200, 10],
    ],
  );
  t.equal(server.requests.count('PutObject'), 4);
});

t.test('of one part', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const algorithm = { ChecksumAlgorithm: 'CRC32' } as const;
  const create = new CreateMultipartUploadCommand({ Bucket, Key: 'k', ...algorithm });
  const { UploadId } = await client.send(create);
  const place = { Bucket, Key: 'k', UploadId };
  const kind = { status: 500, code: 'InternalError' };
  server.faults.push({ operation: 'UploadPart', partNumber: 2, kind });
  const send = (PartNumber: number) =>
    client.send(new UploadPartCommand({ ...place, PartNumber, Body: 'x' }));
  await send(1);
  await t.rejects(send(2), { name: 'InternalError' });
  await send(2);
  t.strictSame(
    server.uploads(Bucket)[0]?.parts.map(({ partNumber }) => partNumber),
    [1, 2],
  );
  t.strictSame(
    server.requests.map(({ partNumber }) => partNumber),
    [undefined, undefined, 1, 2, 2],
  );
});

t.test('what happens to a request', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const rows: readonly (readonly [FaultKind, object, done: boolean, status: number])[] = [
    ['reset', { code: 'ECONNRESET' }, false, 0],
    [{ resetBody: 4 }, { code: /^(?:ECONNRESET|EPIPE)$/ }, false, 0],
    [{ resetBody: 100 }, { code: 'ECONNRESET' }, false, 0],
    ['lostAnswer', { code: 'ECONNRESET' }, true, 0],
    [{ status: 500, code: 'InternalError' }, { name: 'InternalError' }, false, 500],
  ];
  for (const [kind, error, done, status] of rows) {
    const Key = JSON.stringify(kind);
    server.faults.push({ kind });
    const put = new PutObjectCommand({ Bucket, Key, Body: BODY });
    const failure: unknown = await client.send(put).catch((caught: unknown) => caught);
    t.match(failure, error, Key);
    t.equal(server.object(Bucket, Key) !== undefined, done, Key);
    t.match(server.requests.at(-1), { key: Key, status, operation: 'PutObject' });
  }
});

t.test('bytes that change, or get lost, on their way to rest', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const rows: readonly (readonly [FaultKind, string])[] = [
    ['corrupt', '0123446789'],
    ['shortBody', '01234'],
  ];
  for (const [kind, stored] of rows) {
    server.faults.push({ operation: 'PutObject', kind });
    const put = new PutObjectCommand({ Bucket, Key: 'k', Body: BODY });
    const { ChecksumCRC32 } = await client.send(put);
    t.equal(ChecksumCRC32, checksumOf('CRC32', Buffer.from(stored)), 'of what rests');
    t.equal(server.object(Bucket, 'k')?.bytes.toString(), stored);
  }
  server.faults.push({ operation: 'PutObject', kind: 'corrupt' });
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: Buffer.alloc(0) }));
  t.equal(server.object(Bucket, 'k')?.bytes.length, 0, 'nothing to change');
});

t.test('bytes that change, or get lost, in an upload', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const body = Buffer.alloc(1000, 'x');
  for (const operation of ['UploadPart', 'CompleteMultipartUpload'] as const) {
    for (const kind of ['corrupt', 'shortBody'] as const) {
      const place = { Bucket, Key: 'k' };
      const create = new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'CRC32' });
      const { UploadId } = await client.send(create);
      server.faults.push({ operation, kind });
      const PartNumber = 1;
      const part = { ...place, UploadId, PartNumber, Body: body };
      const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand(part));
      const Parts = [{ PartNumber, ETag, ChecksumCRC32 }];
      const complete = { ...place, UploadId, MultipartUpload: { Parts } };
      const answer = await client.send(new CompleteMultipartUploadCommand(complete));
      const bytes = server.object(Bucket, 'k')?.bytes ?? Buffer.alloc(0);
      t.notOk(bytes.equals(body));
      t.equal(bytes.length, kind === 'corrupt' ? 1000 : 500);
      const value = checksumOf('CRC32', bytes);
      t.equal(answer.ChecksumCRC32, compositeOf('CRC32', [value]), 'of what rests');
      t.equal(ChecksumCRC32 === value, operation === 'UploadPart');
    }
  }
});

t.test('bytes that change, or get lost, on their way back', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  server.put(Bucket, 'k', BODY);
  const get = async (Range?: string) => {
    const command = new GetObjectCommand({ Bucket, Key: 'k', ...(Range && { Range }) });
    const { Body, ContentLength, ContentRange } = await client.send(command);
    let seen = '';
    let error: unknown;
    try {
      for await (const chunk of Body as AsyncIterable<Buffer>) seen += chunk.toString();
    } catch (failure) {
      error = failure;
    }
    return { seen, ContentLength, ContentRange, failed: error !== undefined };
  };
  // The SDK compares checksums by itself, if there are any.
  const rows: readonly (readonly [FaultKind, string | undefined, object])[] = [
    ['corrupt', 'bytes=0-4', { seen: '01334', ContentLength: 5, failed: false }],
    ['corrupt', undefined, { failed: true }],
    [
      'shortBody',
      'bytes=2-7',
      { seen: '234', ContentLength: 3, ContentRange: 'bytes 2-7/10', failed: false },
    ],
    [{ resetBody: 3 }, 'bytes=2-7', { seen: '234', ContentLength: 6, failed: true }],
    [{ resetBody: 0 }, 'bytes=2-7', { seen: '', ContentLength: 6, failed: true }],
    [{ resetBody: 6 }, 'bytes=2-7', { seen: '234567', failed: false }],
  ];
  for (const [kind, range, expected] of rows) {
    server.faults.push({ operation: 'GetObject', kind });
    t.match(await get(range), expected, JSON.stringify(kind));
  }
  const large = Buffer.alloc(3_000_000, 'large');
  server.put(Bucket, 'k', large);
  server.faults.push({ operation: 'GetObject', kind: { resetBody: 2_000_000 } });
  const { seen, failed } = await get();
  t.ok(failed);
  t.equal(seen, large.toString('latin1', 0, 2_000_000), 'all that was sent before');
  t.match(await get(), { ContentLength: large.length, failed: false });
});

t.test('errors in an answer that began well', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const UploadId = server.startUpload(Bucket, 'k', [BODY]);
  const part = new CompleteMultipartUploadCommand({
    Bucket,
    Key: 'k',
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag: 'x' }] },
  });
  server.faults.push({ operation: 'CompleteMultipartUpload', kind: 'errorInBody' });
  await t.rejects(client.send(part), { name: 'InternalError' });
  t.equal(server.requests.at(-1)?.status, 200);
  t.equal(server.uploads(Bucket).length, 1);

  server.put(Bucket, 'a', '');
  server.faults.push({ operation: 'DeleteObjects', kind: 'errorInBody' });
  const Delete = { Objects: [{ Key: 'a' }, { Key: 'b' }] };
  const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  t.match(Errors, [
    { Key: 'a', Code: 'InternalError' },
    { Key: 'b', Code: 'InternalError' },
  ]);
  t.strictSame(server.objects(Bucket), ['a']);
  server.faults.push({ kind: { status: 503, code: 'SlowDown' } });
  const refused = client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  await t.rejects(refused, { name: 'SlowDown' });
  t.strictSame(server.objects(Bucket), ['a']);
});

t.test('before: a request is held until a test lets it go', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  const { promise: held, resolve: go } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<RequestEntry>();
  server.before = (request) => {
    arrive(request);
    return held;
  };
  const put = client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: BODY }));
  t.match(await arrived, { operation: 'PutObject', key: 'k', status: 0, bytes: BODY.length });
  t.strictSame(server.objects(Bucket), []);
  go();
  await put;
  t.strictSame(server.objects(Bucket), ['k']);
});

t.test('a stalled request has no answer, and the server can be closed under it', async (t) => {
  const server = await startS3Server({ buckets: ['bucket'] });
  const { endpoint, region, credentials } = server;
  const config = { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 };
  const client = new S3Client(config);
  t.teardown(() => client.destroy());
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  server.before = () => resolve();
  server.faults.push({ operation: 'PutObject', kind: 'stall' });
  const put = client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  await arrived;
  await server.close();
  await t.rejects(put, { code: 'ECONNRESET' });
  t.strictSame(server.objects('bucket'), []);
});

t.test('a client that goes away in mid-body does no harm', async (t) => {
  const { client, bucket: Bucket, server } = await target(t);
  server.put(Bucket, 'k', Buffer.alloc(30_000_000));
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  if (!(Body instanceof Readable)) throw new Error('no stream');
  await once(Body, 'readable');
  Body.destroy();
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  t.equal(head.ContentLength, 30_000_000);
});
