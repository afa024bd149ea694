import t, { type Test } from 'tap';
import { s3Document, s3Names } from '../../../lib/storage/s3/s3-document.ts';
import { clientOf } from '../../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../../helpers/s3/connection.ts';
import type { S3ServerOptions } from '../../helpers/s3/server.ts';

const MIB = 1024 * 1024;
const KEY = 'a/test.manifest.json';

const setUp = async (t: Test, options: S3ServerOptions = {}) => {
  const server = await ownServer(t, options);
  const place = { client: clientOf(t, server, { maxAttempts: 1 }), bucket: BUCKET, key: KEY };
  return { server, place };
};

t.test('one request writes it, and it is known to be there', async (t) => {
  const { server, place } = await setUp(t);
  const document = s3Document({
    ...place,
    storageClass: 'GLACIER',
    serverSideEncryption: 'AES256',
  });
  t.equal(document.location, `s3://${BUCKET}/${KEY}`);
  for (const text of ['older', '', 'newer']) {
    await document.write(Buffer.from(text));
    t.equal(`${await document.read(MIB)}`, text);
    t.match(server.object(BUCKET, KEY), {
      storageClass: 'STANDARD',
      encryption: { 'x-amz-server-side-encryption': 'AES256' },
    });
  }
  t.equal(server.requests.count('PutObject'), 3);
  t.equal(server.requests.count('CreateMultipartUpload'), 0);
  await document.remove();
  t.strictSame(server.objects(BUCKET), []);
});

t.test('a large one goes in parts, and is read as far as is asked for', async (t) => {
  const { server, place } = await setUp(t);
  const document = s3Document(place);
  const bytes = Buffer.alloc(9 * MIB, 'text ');
  await document.write(bytes);
  t.equal(server.requests.count('UploadPart'), 2);
  t.ok((await document.read(bytes.length))?.equals(bytes));
  const cut = await document.read(1);
  t.ok(cut !== undefined && cut.length > 1 && cut.equals(bytes.subarray(0, cut.length)));
});

t.test('what the service refuses leaves the older one', async (t) => {
  const { server, place } = await setUp(t);
  const document = s3Document(place);
  await document.write(Buffer.from('older'));
  for (const [operation, ask] of [
    ['PutObject', () => document.write(Buffer.from('newer'))],
    ['HeadObject', () => document.read(MIB)],
    ['GetObject', () => document.read(MIB)],
    ['DeleteObject', () => document.remove()],
    ['ListObjectsV2', () => s3Names({ ...place, key: 'a' })],
  ] as const) {
    server.faults.push({ operation, kind: { status: 403, code: 'AccessDenied' } });
    await t.rejects<unknown>(ask(), { code: 'STORAGE' }, operation);
    t.equal(server.faults.length, 0);
    t.equal(`${await document.read(MIB)}`, 'older');
  }
  t.strictSame(server.uploads(BUCKET), []);
});

t.test('names right under a prefix', async (t) => {
  const { server, place } = await setUp(t, { pageSize: 2 });
  for (const key of ['a/1', 'a/2', 'a/3', 'a/b/4', 'c', 'a']) server.put(BUCKET, key, '');
  t.strictSame(await s3Names({ ...place, key: 'a' }), ['1', '2', '3']);
  t.strictSame(await s3Names({ ...place, key: 'a/b/' }), ['4']);
  t.strictSame(await s3Names({ ...place, key: '' }), ['a', 'c']);
  t.strictSame(await s3Names({ ...place, key: 'none' }), []);
});
