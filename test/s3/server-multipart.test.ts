import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import t from 'tap';
import {
  type Algorithm,
  canBe,
  checksumElement,
  checksumOf,
  compositeOf,
} from '../helpers/s3/checksums.ts';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { ownS3Target } from '../helpers/s3/target.ts';

const MIN = 5 * 1024 * 1024;
const PARTS = [Buffer.alloc(MIN, 'one'), Buffer.alloc(MIN + 1, 'two'), Buffer.from('three')];
const WHOLE = Buffer.concat(PARTS);
const ETAG = `"${createHash('md5')
  .update(Buffer.concat(PARTS.map((part) => createHash('md5').update(part).digest())))
  .digest('hex')}-3"`;

const whole = (algorithm: Algorithm, type: ChecksumType): string =>
  type === 'FULL_OBJECT'
    ? checksumOf(algorithm, WHOLE)
    : compositeOf(
        algorithm,
        PARTS.map((part) => checksumOf(algorithm, part)),
      );

/** Parts as a client of its own would send them: the last one first, numbers with gaps. */
const sendParts = async (
  client: S3Client,
  place: { Bucket: string; Key: string },
  create: { ChecksumAlgorithm?: Algorithm; ChecksumType?: ChecksumType } = {},
) => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...place, ...create }));
  const algorithm = create.ChecksumAlgorithm;
  const Parts = [];
  for (const index of [2, 0, 1]) {
    const PartNumber = 10 * (index + 1);
    const { $metadata, ...answer } = await client.send(
      new UploadPartCommand({
        ...place,
        UploadId,
        PartNumber,
        Body: PARTS[index] ?? '',
        ...(algorithm && { ChecksumAlgorithm: algorithm }),
      }),
    );
    Parts.unshift({ PartNumber, ...answer });
  }
  Parts.sort((one, other) => one.PartNumber - other.PartNumber);
  return { ...place, UploadId, MultipartUpload: { Parts } };
};

t.test('every checksum and type', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const algorithms: readonly Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
  for (const ChecksumAlgorithm of algorithms) {
    for (const ChecksumType of ['COMPOSITE', 'FULL_OBJECT'] as const) {
      const Key = `${ChecksumAlgorithm} ${ChecksumType}`;
      const place = { Bucket, Key };
      const create = { ChecksumAlgorithm, ChecksumType };
      if (!canBe(ChecksumAlgorithm, ChecksumType)) {
        const refused = client.send(new CreateMultipartUploadCommand({ ...place, ...create }));
        await t.rejects(refused, { name: 'InvalidRequest' }, Key);
        continue;
      }
      const sent = await sendParts(client, place, create);
      const checksum = whole(ChecksumAlgorithm, ChecksumType);
      const expected = { [checksumElement(ChecksumAlgorithm)]: checksum, ChecksumType, ETag: ETAG };
      const complete = { ...sent, ...expected, MpuObjectSize: WHOLE.length };
      t.match(await client.send(new CompleteMultipartUploadCommand(complete)), expected, Key);
      const head = await client.send(new HeadObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));
      t.match(head, { ...expected, ContentLength: WHOLE.length });
      const { Body } = await client.send(new GetObjectCommand(place));
      t.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(WHOLE));
      t.strictSame(
        server.object(Bucket, Key)?.parts,
        PARTS.map((part) => part.length),
      );
    }
  }
  t.strictSame(server.uploads(Bucket), []);
});

t.test('without a checksum there is one in the end, unless the server keeps none', async (t) => {
  for (const checksums of ['kept', 'ignored'] as const) {
    const own = await ownS3Target(t, { checksums });
    const { bucket: Bucket, server, client } = own;
    const UploadId = server.startUpload(Bucket, 'k', PARTS);
    const [upload] = server.uploads(Bucket);
    t.match(upload, { key: 'k', uploadId: UploadId, parts: [{ partNumber: 1, bytes: PARTS[0] }] });
    const Parts = PARTS.map((part, index) => ({
      PartNumber: index + 1,
      ETag: createHash('md5').update(part).digest('hex'),
    }));
    const request = { Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } };
    const answer = await client.send(new CompleteMultipartUploadCommand(request));
    const isKept = checksums === 'kept';
    t.match(answer, {
      ETag: ETAG,
      ChecksumCRC64NVME: isKept ? whole('CRC64NVME', 'FULL_OBJECT') : undefined,
      ChecksumType: isKept ? 'FULL_OBJECT' : undefined,
    });
  }
});

t.test('a server without checksums takes parts that have some', async (t) => {
  const { client, bucket: Bucket } = await ownS3Target(t, { checksums: 'ignored' });
  const sent = await sendParts(client, { Bucket, Key: 'k' }, { ChecksumAlgorithm: 'SHA256' });
  t.match(sent.MultipartUpload.Parts, [{ ChecksumSHA256: undefined }]);
  const answer = await client.send(new CompleteMultipartUploadCommand(sent));
  t.match(answer, { ETag: ETAG, ChecksumSHA256: undefined, ChecksumType: undefined });
});

t.test("the SDK's own Upload, with attributes", async (t) => {
  const { client, bucket: Bucket } = await ownS3Target(t);
  const said = {
    ContentType: 'text/plain',
    StorageClass: 'STANDARD_IA',
    Metadata: { a: 'b' },
  } as const;
  const params = { Bucket, Key: 'k', Body: Readable.from(PARTS), ...said };
  const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'my-key' } as const;
  const answer = await new Upload({ client, params: { ...params, ...sse }, partSize: MIN }).done();
  t.match(answer, { ...sse, ChecksumType: 'COMPOSITE' });
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  t.match(head, { ...said, ...sse, ContentLength: WHOLE.length, ETag: answer.ETag ?? '' });
});

t.test('an upload belongs to its key, and is gone once completed or aborted', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const sent = await sendParts(client, { Bucket, Key: 'k' }, { ChecksumAlgorithm: 'CRC32' });
  const abort = (change = {}) =>
    client.send(
      new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId: sent.UploadId, ...change }),
    );
  await t.rejects(abort({ Key: 'other' }), { name: 'NoSuchUpload' });
  await t.rejects(abort({ UploadId: 'unknown' }), { name: 'NoSuchUpload' });
  await abort();
  t.strictSame(server.uploads(Bucket), []);
  await t.rejects(abort(), { name: 'NoSuchUpload' });
  await t.rejects(client.send(new CompleteMultipartUploadCommand(sent)), { name: 'NoSuchUpload' });
  const part = { Bucket, Key: 'k', UploadId: sent.UploadId, PartNumber: 1, Body: 'x' };
  await t.rejects(client.send(new UploadPartCommand(part)), { name: 'NoSuchUpload' });
  t.equal(server.object(Bucket, 'k'), undefined);
});

t.test('what CompleteMultipartUpload refuses', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const place = { Bucket, Key: 'k' };
  const sent = await sendParts(client, place, { ChecksumAlgorithm: 'CRC32' });
  const [one, two, three] = sent.MultipartUpload.Parts;
  if (!one || !two || !three) throw new Error('three parts');
  server.put(Bucket, 'k', '');
  const complete = (change: object) =>
    client.send(new CompleteMultipartUploadCommand({ ...sent, ...change }));
  const parts = (...Parts: object[]) => ({ MultipartUpload: { Parts } });
  const none = { ChecksumCRC32: undefined };
  const rows: readonly (readonly [string, object])[] = [
    ['MalformedXML', parts()],
    ['InvalidPartOrder', parts(two, one)],
    ['InvalidPartOrder', parts(one, one)],
    ['InvalidPart', parts({ ...one, PartNumber: 1 })],
    ['InvalidPart', parts({ ...one, ETag: two.ETag })],
    ['InvalidPart', parts({ ...one, ETag: undefined })],
    ['InvalidPart', parts({ ...one, ChecksumCRC32: two.ChecksumCRC32 })],
    ['InvalidRequest', parts({ ...one, ...none })],
    ['InvalidArgument', parts({ ...one, PartNumber: 0 })],
    ['InvalidArgument', parts({ ...one, PartNumber: 10_001 })],
    ['EntityTooSmall', parts(three, { ...three, PartNumber: 40 })],
    ['InvalidRequest', { MpuObjectSize: WHOLE.length + 1 }],
    ['InvalidRequest', { ChecksumType: 'FULL_OBJECT' }],
    ['InvalidRequest', { ChecksumSHA256: 'AAAA' }],
    ['BadDigest', { ChecksumCRC32: checksumOf('CRC32', WHOLE) }],
    ['PreconditionFailed', { IfNoneMatch: '*' }],
  ];
  // The last part of this list is not found before the one in front of it is found too small.
  await client.send(new UploadPartCommand({ ...sent, PartNumber: 40, Body: 'x' }));
  for (const [name, change] of rows) {
    await t.rejects(complete(change), { name }, JSON.stringify(change).slice(0, 100));
  }
  t.equal(server.uploads(Bucket).length, 1, 'the upload is still there');
  const value = whole('CRC32', 'COMPOSITE').replace(/-3$/, '');
  await complete({ ChecksumCRC32: value, ChecksumType: 'COMPOSITE' });
});

t.test('what CreateMultipartUpload and UploadPart refuse', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const algorithm = 'x-amz-checksum-algorithm';
  const type = 'x-amz-checksum-type';
  const rows: readonly (readonly [Record<string, string>, string])[] = [
    [{ [algorithm]: 'MD5' }, 'InvalidRequest'],
    [{ [algorithm]: 'CRC32', [type]: 'BOTH' }, 'InvalidRequest'],
    [{ [type]: 'COMPOSITE' }, 'InvalidRequest'],
    [{ 'x-amz-storage-class': 'x' }, 'InvalidStorageClass'],
    [{}, ''],
  ];
  for (const [headers, code] of rows) {
    const request = { method: 'POST', url: `/${Bucket}/k?uploads`, headers };
    t.equal((await rawRequest(server, request)).code, code, JSON.stringify(headers));
  }
  t.equal(server.uploads(Bucket).length, 1);

  const place = { Bucket, Key: 'k' };
  const start = async (create: object) => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...place, ...create }),
    );
    return encodeURIComponent(UploadId ?? '');
  };
  const composite = await start({ ChecksumAlgorithm: 'CRC32' });
  const full = await start({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  const plain = encodeURIComponent(server.startUpload(Bucket, 'k'));
  const crc32 = { 'x-amz-checksum-crc32': checksumOf('CRC32', Buffer.from('x')) };
  const sha1 = { 'x-amz-checksum-sha1': checksumOf('SHA1', Buffer.from('x')) };
  const parts: readonly (readonly [string, string, Record<string, string>, string])[] = [
    [composite, '1', crc32, ''],
    [composite, '1', {}, 'InvalidRequest'],
    [composite, '1', sha1, 'InvalidRequest'],
    [full, '1', {}, ''],
    [full, '1', crc32, ''],
    [full, '1', sha1, 'InvalidRequest'],
    [plain, '1', {}, ''],
    [plain, '1', crc32, 'InvalidRequest'],
    [plain, '0', {}, 'InvalidArgument'],
    [plain, '10000', {}, ''],
    [plain, '10001', {}, 'InvalidArgument'],
    [plain, 'x', {}, 'InvalidArgument'],
    ['', '1', {}, 'NoSuchUpload'],
  ];
  for (const [id, number, headers, code] of parts) {
    const url = `/${Bucket}/k?partNumber=${number}&uploadId=${id}`;
    const answer = await rawRequest(server, { method: 'PUT', url, headers, body: 'x' });
    t.equal(answer.code, code, `${number} ${JSON.stringify(headers)}`);
  }
});

t.test('a part may be sent again', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  const place = {
    Bucket,
    Key: 'k',
    UploadId: server.startUpload(Bucket, 'k', [Buffer.from('old')]),
  };
  const body =
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>';
  const url = `/${Bucket}/k?uploadId=${encodeURIComponent(place.UploadId)}`;
  t.equal((await rawRequest(server, { method: 'POST', url, body })).code, 'InvalidPart');
  const put = { method: 'PUT', url: `${url}&partNumber=1`, body: 'new' };
  const etag = (await rawRequest(server, put)).headers.etag ?? '';
  const right = body.replace('"x"', etag.replaceAll('"', '&quot;'));
  t.equal((await rawRequest(server, { method: 'POST', url, body: right })).status, 200);
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  t.equal(await Body?.transformToString(), 'new');
});
