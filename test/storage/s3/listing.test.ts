import fc from 'fast-check';
import t from 'tap';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { filtered, findObject, listObjects, listUploads } from '../../../lib/storage/s3/listing.ts';
import { s3Document } from '../../../lib/storage/s3/s3-document.ts';
import { clientOf } from '../../helpers/s3/client.ts';
import { all, BUCKET, cannedServer, connect, ownServer } from '../../helpers/s3/connection.ts';
import type { FaultKind } from '../../helpers/s3/server.ts';

/** More than fit into one page of any server. */
const MANY = 2500;

/** Keys that XML, a URL or a path would change. */
const ODD_KEYS = [
  ' blank at both ends ',
  'a+b c%20d%2Bé.asb',
  '&lt;&amp;"\'<>',
  'line\nfeed\rreturn\ttab',
  'control\u0001\u001f\u007f',
  '..',
  '日本語 😀 \ufffd.asb',
  '?list-type=2#x',
  '\\back\\slash',
  '%',
];

const keysOf = (items: readonly { readonly key: string }[]): string[] =>
  items.map(({ key }) => key);
const numbered = (index: number): string => `b/${String(index).padStart(5, '0')}.asb`;

t.test('objects right under a prefix, with size and ETag', async (t) => {
  const server = await ownServer(t, { pageSize: 2 });
  for (const key of ['a.asb', 'b/1', 'b/2', 'b/c/3', 'b/c/4', 'b/d', 'b/d/5', 'b/e', 'b0', 'c']) {
    server.put(BUCKET, key, key);
  }
  const connection = connect(server);
  const under = async (prefix: string) => all(listObjects(connection, BUCKET, prefix));
  const folders: string[] = [];
  await all(listObjects(connection, BUCKET, 'b/', (folder) => folders.push(folder)));
  t.strictSame(folders, ['b/c/', 'b/d/']);
  t.strictSame(keysOf(await under('b/')), ['b/1', 'b/2', 'b/d', 'b/e']);
  t.strictSame(keysOf(await under('b/d')), ['b/d'], 'and not as if it were a directory');
  t.strictSame(keysOf(await under('')), ['a.asb', 'b0', 'c']);
  t.strictSame(await under('x'), []);
  t.strictSame(await under('b/e'), [
    { key: 'b/e', size: 3, etag: server.object(BUCKET, 'b/e')?.etag },
  ]);
});

t.test('any number of objects and uploads, page by page', async (t) => {
  const server = await ownServer(t, { pageSize: 100 });
  const keys = Array.from({ length: MANY }, (_, index) => numbered(index));
  const uploads = keys.map((key, index) => {
    server.put(BUCKET, key, '');
    // Some keys have many uploads, also at the end of a page.
    const uploadKey = numbered(Math.floor(index / 70));
    return { key: uploadKey, uploadId: server.startUpload(BUCKET, uploadKey) };
  });
  const connection = connect(server);
  t.strictSame(keysOf(await all(listObjects(connection, BUCKET, 'b/'))), keys);
  t.equal(server.requests.count('ListObjectsV2'), MANY / 100);
  t.strictSame(await all(listUploads(connection, BUCKET, 'b/')), uploads);
  t.equal(server.requests.count('ListMultipartUploads'), MANY / 100);
});

t.test('uploads whose keys begin so', async (t) => {
  const server = await ownServer(t);
  for (const key of ['a', 'b', 'b', 'b/c', 'c']) server.startUpload(BUCKET, key);
  const connection = connect(server);
  t.strictSame(keysOf(await all(listUploads(connection, BUCKET, 'b'))), ['b', 'b', 'b/c']);
  t.strictSame(await all(listUploads(connection, BUCKET, 'x')), []);
});

t.test('odd keys, page by page', async (t) => {
  const server = await ownServer(t, { pageSize: 1 });
  const connection = connect(server);
  for (const key of ODD_KEYS) {
    server.put(BUCKET, key, key);
    server.startUpload(BUCKET, key);
  }
  const expected = server.objects(BUCKET);
  t.strictSame(keysOf(await all(listObjects(connection, BUCKET, ''))), expected);
  t.strictSame(keysOf(await all(listUploads(connection, BUCKET, ''))), expected);
});

t.test('any key', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  const anyKey = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((key) => Buffer.from(key).toString() === key);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(anyKey, async (end) => {
      run++;
      const key = `${run}/${end}`;
      server.put(BUCKET, key, end);
      server.startUpload(BUCKET, key);
      const found = await findObject(connection, BUCKET, key);
      t.match(found, { key, size: Buffer.byteLength(end) });
      const listed = await all(listObjects(connection, BUCKET, key.slice(0, -end.length)));
      t.strictSame(keysOf(listed), end.includes('/') ? [] : [key]);
      t.strictSame(keysOf(await all(listUploads(connection, BUCKET, `${run}/`))), [key]);
      t.strictSame(keysOf(await all(listUploads(connection, BUCKET, key))), [key]);
    }),
    { numRuns: 50, examples: [['/'], ['//a'], ['../x'], ['./x'], ['\0'], ['+'], ['%2F']] },
  );
});

t.test('an object that is there, or not', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  server.put(BUCKET, 'a/b', 'bytes');
  const etag = server.object(BUCKET, 'a/b')?.etag;
  t.strictSame(await findObject(connection, BUCKET, 'a/b'), { key: 'a/b', size: 5, etag });
  for (const key of ['a', 'a/', 'a/b/', 'c']) {
    t.equal(await findObject(connection, BUCKET, key), undefined);
  }
  server.before = ({ operation }) => {
    if (operation === 'GetObject') server.put(BUCKET, 'new', Buffer.alloc(1 << 20));
  };
  t.equal(await findObject(connection, BUCKET, 'new'), undefined, 'it came a moment later');
});

t.test('failures that pass are nobody’s concern', async (t) => {
  const server = await ownServer(t, { pageSize: 1 });
  const connection = connect(server);
  const passing: readonly FaultKind[] = [
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown' },
    'reset',
    'lostAnswer',
  ];
  for (const key of ['a', 'b']) {
    server.put(BUCKET, key, '');
    server.startUpload(BUCKET, key);
  }
  for (const kind of passing) {
    const failing = async <T>(result: Promise<T>): Promise<T> => {
      server.faults.push({ kind });
      return result;
    };
    t.strictSame(keysOf(await failing(all(listObjects(connection, BUCKET, '')))), ['a', 'b']);
    t.strictSame(keysOf(await failing(all(listUploads(connection, BUCKET, '')))), ['a', 'b']);
    t.match(await failing(findObject(connection, BUCKET, 'a')), { key: 'a' });
    t.equal(server.faults.length, 0);
  }
});

t.test('refusals say what they are about', async (t) => {
  const server = await ownServer(t);
  const asked = (
    connection = connect(server),
    bucket = BUCKET,
  ): readonly (() => Promise<unknown>)[] => [
    () => all(listObjects(connection, bucket, 'a/')),
    () => all(listUploads(connection, bucket, 'a/')),
    () => findObject(connection, bucket, 'a/'),
  ];
  for (const ask of asked(undefined, 'no-such-bucket')) {
    await t.rejects(ask(), {
      code: 'STORAGE',
      facts: { file: 's3://no-such-bucket/a/' },
      cause: { name: 'NoSuchBucket' },
    });
  }
  for (const [status, code] of [
    [403, 'AccessDenied'],
    [500, 'InternalError'],
  ] as const) {
    for (const ask of asked()) {
      server.faults.push({ times: 2, kind: { status, code } });
      const cause = { $metadata: { httpStatusCode: status } };
      await t.rejects(ask(), { code: 'STORAGE', facts: { file: `s3://${BUCKET}/a/` }, cause });
      server.faults.length = 0;
    }
  }
  server.put(BUCKET, 'a', '');
  server.faults.push({ operation: 'HeadObject', kind: { status: 403, code: 'AccessDenied' } });
  await t.rejects(findObject(connect(server), BUCKET, 'a'), { code: 'STORAGE' }, 'only HEAD fails');

  for (const ask of asked(connect(server, { endpoint: 'http://127.0.0.1:1' }))) {
    await t.rejects(ask(), { code: 'STORAGE', cause: { code: 'ECONNREFUSED' } });
  }
  const connection = connect(server);
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
  for (const ask of asked(connection)) {
    await t.rejects(ask(), { code: 'STORAGE', cause: { name: 'SignatureDoesNotMatch' } });
  }
});

t.test('an answer without what it must have is refused', async (t) => {
  const page = (name: string, content: string, type = 'url'): string =>
    `<${name}><EncodingType>${type}</EncodingType>${content}</${name}>`;
  const more = '<IsTruncated>true</IsTruncated>';
  const token = '<NextContinuationToken>same</NextContinuationToken>';
  const marker = '<NextKeyMarker>same</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>';
  const rest = '<Size>1</Size><ETag>"e"</ETag>';
  const table = [
    ['ListBucketResult', '<Contents><Key>a</Key><ETag>"e"</ETag></Contents>'],
    ['ListBucketResult', '<Contents><Key>a</Key><Size>1</Size></Contents>'],
    ['ListBucketResult', `<Contents>${rest}</Contents>`],
    ['ListBucketResult', `<Contents><Key>%ff</Key>${rest}</Contents>`],
    ['ListBucketResult', more],
    ['ListBucketResult', more + token],
    ['ListMultipartUploadsResult', '<Upload><Key>a</Key></Upload>'],
    ['ListMultipartUploadsResult', '<Upload><UploadId>1</UploadId></Upload>'],
    ['ListMultipartUploadsResult', more],
    ['ListMultipartUploadsResult', more + marker],
  ] as const;
  let answer = '';
  const connection = await cannedServer(t, (_request, response) => response.end(answer));
  for (const [name, content] of table) {
    answer = page(name, content);
    const list = name === 'ListBucketResult' ? listObjects : listUploads;
    await t.rejects(all<unknown>(list(connection, BUCKET, '')), { code: 'STORAGE' }, content);
  }
  answer = page('ListBucketResult', `<Contents><Key>a+%41</Key>${rest}</Contents>`, 'other');
  const [object] = await all(listObjects(connection, BUCKET, ''));
  t.strictSame(object, { key: 'a+%41', size: 1, etag: '"e"' }, 'a key that is not encoded');

  for (const headers of [{ etag: '"e"' }, { 'content-length': 1 }]) {
    const headless = await cannedServer(t, (_request, response) => {
      response.writeHead(200, headers).end();
    });
    await t.rejects(findObject(headless, BUCKET, 'a'), { code: 'STORAGE' });
  }
});

t.test('an answer that breaks off is asked for again', async (t) => {
  const page =
    '<ListBucketResult><Contents><Key>a</Key><Size>1</Size><ETag>"e"</ETag></Contents>' +
    '</ListBucketResult>';
  let times = 0;
  const connection = await cannedServer(t, (_request, response) => {
    times++;
    response.writeHead(200, { 'content-length': page.length });
    if (times > 1) response.end(page);
    else response.write(page.slice(0, 80), () => response.socket?.destroySoon());
  });
  t.strictSame(keysOf(await all(listObjects(connection, BUCKET, ''))), ['a']);
  t.equal(times, 2);
});

t.test(
  'a refusal that GetObject does not share, by a client that compares checksums',
  async (t) => {
    const server = await ownServer(t);
    const client = clientOf(t, server, { maxAttempts: 1 });
    await s3Document({ client, bucket: BUCKET, key: 'a' }).write(Buffer.alloc(100_000));
    server.faults.push({ operation: 'HeadObject', kind: { status: 403, code: 'AccessDenied' } });
    const found = findObject(new S3Connection({ client }), BUCKET, 'a');
    await t.rejects(found, { code: 'STORAGE', facts: { file: `s3://${BUCKET}/a` } });
  },
);

t.test('those that are wanted', async (t) => {
  const numbers = async function* () {
    yield* [1, 2, 3, 4];
  };
  const odd = await all(filtered(numbers(), (number) => number % 2 === 1));
  t.strictSame(odd, [1, 3]);
});
