import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { ALGORITHMS, checksumElement, checksumOf } from '../helpers/s3/checksums.ts';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { ownS3Target } from '../helpers/s3/target.ts';

const KEYS = [
  'plain',
  'a b',
  'a+b',
  '100%',
  '%41',
  'ü/é',
  '😀',
  '"quotes\'',
  '<a>&amp;',
  'line\nfeed\ttab',
  '//double//',
  '/leading',
  '.',
  'a/../b/.',
  '?x=1#y',
  '*()!~:@,;=$[]{}|\\^`',
];
const BODY = Buffer.from('0123456789');
const md5 = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

t.test('odd keys go round', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { pageSize: 5 });
  for (const Key of KEYS) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: `in ${Key}` }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    t.equal(await Body?.transformToString(), `in ${Key}`);
    await client.send(new HeadObjectCommand({ Bucket, Key }));
  }
  t.strictSame(server.objects(Bucket), [...KEYS].sort());
  const first = KEYS.slice(0, 8).map((Key) => ({ Key }));
  const { Deleted } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: first } }),
  );
  t.strictSame(Deleted, first);
  for (const Key of KEYS.slice(8)) await client.send(new DeleteObjectCommand({ Bucket, Key }));
  t.strictSame(server.objects(Bucket), []);
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'never there' }));
});

t.test('every checksum, of a buffer, and of a stream with a trailer', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const large = Buffer.alloc(100_000, 'stream');
  const bodies = [
    { name: 'buffer', bytes: BODY, body: () => BODY },
    { name: 'nothing', bytes: Buffer.alloc(0), body: () => '' },
    {
      name: 'stream',
      bytes: large,
      body: () => Readable.from([large.subarray(0, 70_000), large.subarray(70_000)]),
    },
  ];
  for (const ChecksumAlgorithm of ALGORITHMS) {
    for (const { name, bytes, body } of bodies) {
      const Key = `${name} ${ChecksumAlgorithm}`;
      const expected = {
        [checksumElement(ChecksumAlgorithm)]: checksumOf(ChecksumAlgorithm, bytes),
      };
      const put = await client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: body(),
          ContentLength: bytes.length,
          ChecksumAlgorithm,
        }),
      );
      t.match(put, { ...expected, ETag: md5(bytes), ChecksumType: 'FULL_OBJECT' }, Key);
      const head = await client.send(
        new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }),
      );
      t.match(head, { ...expected, ChecksumType: 'FULL_OBJECT', ContentLength: bytes.length });
      const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
      t.match(got, expected);
      t.ok(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes), Key);
      const { headers } = server.requests.find(({ key }) => key === Key) ?? {};
      const isTrailer = headers?.['x-amz-content-sha256'] === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
      t.equal(isTrailer, name === 'stream', 'the SDK sent what this test means');
    }
  }
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key = '', ChecksumAlgorithm } of Contents) {
    t.strictSame(ChecksumAlgorithm, [Key.split(' ')[1]]);
  }
});

t.test(
  'a checksum is kept if none is sent, and given only if asked for, of the whole',
  async (t) => {
    const { bucket, server } = await ownS3Target(t);
    server.put(bucket, 'k', BODY);
    const value = checksumOf('CRC64NVME', BODY);
    const url = `/${bucket}/k`;
    const rows: readonly (readonly [Record<string, string>, string | undefined])[] = [
      [{}, undefined],
      [{ 'x-amz-checksum-mode': 'ENABLED' }, value],
      [{ 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=0-' }, value],
      [{ 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=0-8' }, undefined],
      [{ 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=1-9' }, undefined],
    ];
    for (const [headers, expected] of rows) {
      const answer = await rawRequest(server, { url, headers });
      t.equal(answer.headers['x-amz-checksum-crc64nvme'], expected);
    }
    t.equal(server.object(bucket, 'k')?.checksum?.value, value);
    t.equal(server.object(bucket, 'other'), undefined);
  },
);

t.test('a server without checksums has only ETags', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { checksums: 'ignored' });
  const put = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: BODY }));
  t.match(put, { ETag: md5(BODY), ChecksumCRC32: undefined, ChecksumType: undefined });
  const head = new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' });
  t.match(await client.send(head), { ChecksumCRC32: undefined, ChecksumType: undefined });
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  t.match(Contents, [{ ChecksumAlgorithm: undefined }]);
  const wrong = { 'x-amz-checksum-crc32': 'AAAAAA==' };
  const url = `/${Bucket}/k`;
  t.equal(
    (await rawRequest(server, { method: 'PUT', url, headers: wrong, body: 'x' })).status,
    200,
  );
  const body = '<Delete><Object><Key>k</Key></Object></Delete>';
  const remove = { method: 'POST', url: `/${Bucket}?delete`, body };
  t.equal((await rawRequest(server, remove)).status, 200);
});

t.test('what is said of an object comes back', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const said = {
    ContentType: 'text/plain',
    CacheControl: 'no-store',
    ContentDisposition: 'inline',
    ContentLanguage: 'de',
    ContentEncoding: 'zstd',
    Metadata: { a: 'b', 'c-d': 'e  f' },
    StorageClass: 'STANDARD_IA',
    ServerSideEncryption: 'AES256',
  } as const;
  const Body = Readable.from([BODY]);
  const put = { Bucket, Key: 'k', Body, ContentLength: BODY.length, ...said };
  t.match(await client.send(new PutObjectCommand(put)), { ServerSideEncryption: 'AES256' });
  t.match(await client.send(new HeadObjectCommand({ Bucket, Key: 'k' })), said);
  const plain = new PutObjectCommand({ Bucket, Key: 'p', Body: 'x', StorageClass: 'STANDARD' });
  await client.send(plain);
  const { StorageClass, ServerSideEncryption } = await client.send(
    new HeadObjectCommand({ Bucket, Key: 'p' }),
  );
  t.strictSame([StorageClass, ServerSideEncryption], [undefined, undefined]);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  t.match(Contents, [{ StorageClass: 'STANDARD_IA' }, { StorageClass: 'STANDARD' }]);
  t.match(server.object(Bucket, 'k'), {
    bytes: BODY,
    etag: md5(BODY),
    storageClass: 'STANDARD_IA',
    encryption: { 'x-amz-server-side-encryption': 'AES256' },
    headers: { 'content-type': 'text/plain', 'x-amz-meta-a': 'b' },
    parts: [],
  });
});

t.test('encryption is confirmed with its key, and ETags are no MD5s then', async (t) => {
  for (const encryption of [true, false]) {
    const { client, bucket: Bucket } = await ownS3Target(t, { encryption });
    for (const SSEKMSKeyId of ['my-key', undefined]) {
      const answer = await client.send(
        new PutObjectCommand({
          Bucket,
          Key: 'k',
          Body: BODY,
          ServerSideEncryption: 'aws:kms',
          ...(SSEKMSKeyId && { SSEKMSKeyId }),
        }),
      );
      t.equal(answer.ETag === md5(BODY), !encryption);
      t.equal(answer.ServerSideEncryption, encryption ? 'aws:kms' : undefined);
      t.equal(answer.SSEKMSKeyId !== undefined, encryption);
      if (SSEKMSKeyId && encryption) t.equal(answer.SSEKMSKeyId, SSEKMSKeyId);
    }
  }
});

t.test('what is refused', async (t) => {
  const { client, bucket, server } = await ownS3Target(t);
  server.put(bucket, 'k', BODY);
  const Bucket = 'no-such-bucket';
  await t.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'k' })), {
    name: 'NoSuchBucket',
  });
  await t.rejects(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'x' })), {
    name: 'NoSuchKey',
  });
  await t.rejects(client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'x' })), {
    name: 'NotFound',
  });
  const glacier = { Bucket: bucket, Key: 'cold', Body: 'x', StorageClass: 'GLACIER' } as const;
  await client.send(new PutObjectCommand(glacier));
  await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'cold' }));
  await t.rejects(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'cold' })), {
    name: 'InvalidObjectState',
  });

  const sse = 'x-amz-server-side-encryption';
  const crc = { 'x-amz-checksum-crc32': checksumOf('CRC32', Buffer.alloc(0)) };
  const rows: readonly (readonly [string, string, Record<string, string>, string])[] = [
    ['GET', '', {}, 'NotImplemented'],
    ['PATCH', '/k', {}, 'NotImplemented'],
    ['GET', '/k?acl', {}, 'NotImplemented'],
    ['GET', '/k?versionId=1', {}, 'NotImplemented'],
    ['GET', '?list-type=2&fetch-owner=true', {}, 'NotImplemented'],
    ['GET', '?versions', {}, 'NotImplemented'],
    ['GET', '/%ff', {}, 'InvalidURI'],
    ['GET', `/${'k'.repeat(1025)}`, {}, 'KeyTooLongError'],
    ['GET', '/k', { 'if-modified-since': 'Fri, 24 May 2013 00:00:00 GMT' }, 'NotImplemented'],
    ['PUT', '/k', { 'x-amz-copy-source': '/b/k' }, 'NotImplemented'],
    ['PUT', '/k', { 'x-amz-storage-class': 'CHEAP' }, 'InvalidStorageClass'],
    ['PUT', '/k', { [sse]: 'ROT13' }, 'InvalidArgument'],
    ['PUT', '/k', { [sse]: 'AES256', [`${sse}-aws-kms-key-id`]: 'x' }, 'InvalidArgument'],
    ['PUT', '/k', { [`${sse}-aws-kms-key-id`]: 'x' }, 'InvalidArgument'],
    ['POST', '?delete', crc, 'MalformedXML'],
    ['POST', '?delete', {}, 'InvalidRequest'],
  ];
  for (const [method, rest, headers, code] of rows) {
    const answer = await rawRequest(server, { method, url: `/${bucket}${rest}`, headers });
    t.equal(answer.code, code, `${method} ${rest} ${Object.keys(headers)}`);
  }
  t.equal((await rawRequest(server, { url: '/' })).code, 'NotImplemented');
  const unreadable = await fetch(`${server.endpoint}/${bucket}/%`);
  t.match(await unreadable.text(), '<Code>InvalidURI</Code>');
  t.ok(server.object(bucket, 'k')?.bytes.equals(BODY), 'nothing was done');
});

t.test('DeleteObjects', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const remove = (count: number, Quiet: boolean) => {
    const Objects = Array.from({ length: count }, (_, index) => ({ Key: String(index) }));
    return client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }));
  };
  for (let index = 0; index < 1001; index++) server.put(Bucket, String(index), '');
  t.match(await remove(1000, true), { Deleted: undefined, Errors: undefined });
  t.strictSame(server.objects(Bucket), ['1000']);
  await t.rejects(remove(1001, true), { name: 'MalformedXML' });
  t.equal((await remove(2, false)).Deleted?.length, 2);
  const body = '<Delete><Object></Object></Delete>';
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  const request = { method: 'POST', url: `/${Bucket}?delete`, headers, body };
  t.equal((await rawRequest(server, request)).code, 'MalformedXML');
});
