import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  paginateListParts,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { checksumOf } from '../helpers/s3/checksums.ts';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { ownS3Target } from '../helpers/s3/target.ts';

/** In S3's order, which is that of UTF-8: JavaScript would sort the last two the other way. */
const KEYS = [
  'a',
  'a/1',
  'a/2',
  'a/b/3',
  'a0',
  'b c+d',
  'b/1',
  'line\nfeed',
  'ü&"',
  '\uff5e',
  '😀',
];

const listed = async (client: S3Client, params: { Bucket: string } & object) => {
  const pages = [];
  for await (const page of paginateListObjectsV2({ client }, params)) pages.push(page);
  return {
    keys: pages.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key)),
    prefixes: pages.flatMap(({ CommonPrefixes = [] }) =>
      CommonPrefixes.map(({ Prefix }) => Prefix),
    ),
    sizes: pages.map(({ KeyCount }) => KeyCount),
  };
};

t.test('objects, page by page', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { pageSize: 4 });
  for (const key of KEYS.toReversed()) server.put(Bucket, key, key);
  t.strictSame(server.objects(Bucket), KEYS);
  const rows: readonly (readonly [
    object,
    readonly string[],
    readonly string[],
    readonly number[],
  ])[] = [
    [{}, KEYS, [], [4, 4, 3]],
    [{ MaxKeys: 3 }, KEYS, [], [3, 3, 3, 2]],
    [{ MaxKeys: 100_000 }, KEYS, [], [4, 4, 3]],
    [{ Prefix: 'a/' }, ['a/1', 'a/2', 'a/b/3'], [], [3]],
    [{ Prefix: 'none' }, [], [], [0]],
    [{ StartAfter: 'a/2' }, KEYS.slice(3), [], [4, 4]],
    [{ StartAfter: 'a/3' }, KEYS.slice(3), [], [4, 4]],
    [{ Delimiter: '/' }, KEYS.filter((key) => !key.includes('/')), ['a/', 'b/'], [4, 4, 1]],
    [{ Prefix: 'a/', Delimiter: '/' }, ['a/1', 'a/2'], ['a/b/'], [3]],
    [
      { Delimiter: '/', StartAfter: 'a/1', MaxKeys: 1 },
      ['a0', 'b c+d', 'line\nfeed', 'ü&"', '\uff5e', '😀'],
      ['a/', 'b/'],
      Array(8).fill(1),
    ],
    [{ MaxKeys: 0 }, [], [], [0]],
  ];
  for (const [params, keys, prefixes, sizes] of rows) {
    const seen = await listed(client, { Bucket, ...params });
    t.strictSame(seen, { keys, prefixes, sizes }, JSON.stringify(params));
  }
});

t.test('objects, percent-encoded', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  for (const key of KEYS) server.put(Bucket, key, '');
  const { Contents = [], ...page } = await client.send(
    new ListObjectsV2Command({ Bucket, EncodingType: 'url', StartAfter: 'A B', Delimiter: '+' }),
  );
  t.match(page, { EncodingType: 'url', StartAfter: 'A+B', Delimiter: '%2B' });
  t.match(page.CommonPrefixes, [{ Prefix: 'b+c%2B' }]);
  const decoded = Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', '%20')));
  t.strictSame(
    decoded,
    KEYS.filter((key) => !key.includes('+')),
  );
  t.ok(Contents.every(({ Key = '' }) => /^[\w%/]+$/.test(Key)));
});

t.test('what is said of an object', async (t) => {
  const { client, bucket: Bucket } = await ownS3Target(t);
  const put = { Bucket, Key: 'k', Body: 'abc', ChecksumAlgorithm: 'SHA256' } as const;
  const { ETag } = await client.send(new PutObjectCommand(put));
  const { Contents, ...page } = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 7 }));
  t.match(page, { Name: Bucket, Prefix: '', MaxKeys: 7, KeyCount: 1, IsTruncated: false });
  t.match(Contents, [
    {
      Key: 'k',
      Size: 3,
      ETag: ETag ?? '',
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: ['SHA256'],
      ChecksumType: 'FULL_OBJECT',
      LastModified: Date,
    },
  ]);
});

t.test('what is refused', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  const rows = [
    'list-type=1',
    'list-type=2&max-keys=x',
    'list-type=2&max-keys=-1',
    'list-type=2&encoding-type=hex',
    'list-type=2&continuation-token=',
    'list-type=2&continuation-token=*',
    'uploads&max-uploads=1e3',
    'uploads&encoding-type=hex',
  ];
  for (const query of rows) {
    const { code } = await rawRequest(server, { url: `/${bucket}?${query}` });
    t.equal(code, 'InvalidArgument', query);
  }
  for (const query of ['list-type=2', 'uploads']) {
    const { code } = await rawRequest(server, { url: `/no-such-bucket?${query}` });
    t.equal(code, 'NoSuchBucket', query);
  }
});

t.test('uploads, page by page, also several of one key', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { pageSize: 2 });
  const ids = new Map<string, string[]>();
  for (const Key of [...KEYS.toReversed(), 'a', 'a/1', 'a']) {
    const create = { Bucket, Key, ChecksumAlgorithm: 'CRC32' } as const;
    const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(create));
    ids.set(Key, [...(ids.get(Key) ?? []), UploadId]);
  }
  const all = KEYS.flatMap((Key) => (ids.get(Key) ?? []).map((UploadId) => [Key, UploadId]));
  const pagesOf = async (params: object) => {
    const pages: ListMultipartUploadsCommandOutput[] = [];
    let next: object | undefined = {};
    while (next !== undefined) {
      const command = new ListMultipartUploadsCommand({ Bucket, ...params, ...next });
      const page: ListMultipartUploadsCommandOutput = await client.send(command);
      pages.push(page);
      const { NextKeyMarker, NextUploadIdMarker } = page;
      next = page.IsTruncated
        ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker }
        : undefined;
    }
    return pages;
  };
  const rows: readonly (readonly [object, readonly (readonly string[])[], number])[] = [
    [{}, all, 7],
    [{ MaxUploads: 1 }, all, 14],
    [{ Prefix: 'a/' }, all.filter(([key]) => key?.startsWith('a/')), 2],
    [{ MaxUploads: 0 }, [], 1],
  ];
  for (const [params, expected, count] of rows) {
    const pages = await pagesOf(params);
    const found = pages.flatMap(({ Uploads = [] }) =>
      Uploads.map((one) => [one.Key, one.UploadId]),
    );
    t.strictSame(found, expected, JSON.stringify(params));
    t.equal(pages.length, count);
  }
  // A key alone skips all uploads of that key; an id alone means nothing.
  const after = await client.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker: 'a' }));
  t.equal(after.Uploads?.[0]?.Key, 'a/1');
  const lone = await client.send(new ListMultipartUploadsCommand({ Bucket, UploadIdMarker: 'z' }));
  t.equal(lone.Uploads?.[0]?.Key, 'a');
  const odd = await client.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: 'b c', EncodingType: 'url' }),
  );
  t.match(odd, { Prefix: 'b+c', Uploads: [{ Key: 'b+c%2Bd', ChecksumAlgorithm: 'CRC32' }] });
  t.equal(server.uploads(Bucket).length, 14);
});

t.test('parts, page by page', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { pageSize: 2 });
  const place = { Bucket, Key: 'k' };
  const create = { ...place, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(create));
  for (const PartNumber of [10, 2, 7, 1, 10_000]) {
    await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body: 'x' }));
  }
  const pages = [];
  for await (const page of paginateListParts({ client }, { ...place, UploadId })) pages.push(page);
  const parts = pages.flatMap(({ Parts = [] }) => Parts);
  t.strictSame(
    parts.map(({ PartNumber }) => PartNumber),
    [1, 2, 7, 10, 10_000],
  );
  t.equal(pages.length, 3);
  const ChecksumCRC32 = checksumOf('CRC32', Buffer.from('x'));
  t.match(parts[0], { Size: 1, ETag: /^"[0-9a-f]{32}"$/, ChecksumCRC32, LastModified: Date });
  t.match(pages[0], {
    ...place,
    UploadId,
    ChecksumAlgorithm: 'CRC32',
    ChecksumType: 'FULL_OBJECT',
  });
  const one = await client.send(
    new ListPartsCommand({ ...place, UploadId, MaxParts: 1, PartNumberMarker: '2' }),
  );
  t.match(one, {
    Parts: [{ PartNumber: 7 }],
    IsTruncated: true,
    NextPartNumberMarker: '7',
    MaxParts: 1,
  });
  const plain = server.startUpload(Bucket, 'k', [Buffer.from('a'), Buffer.from('b')]);
  const { Parts = [] } = await client.send(new ListPartsCommand({ ...place, UploadId: plain }));
  t.strictSame(
    Parts.map(({ PartNumber, Size }) => [PartNumber, Size]),
    [
      [1, 1],
      [2, 1],
    ],
  );
  await t.rejects(client.send(new ListPartsCommand({ ...place, UploadId: 'x' })), {
    name: 'NoSuchUpload',
  });
});
