import t, { type Test } from 'tap';
import { s3, s3Files, s3Object } from '../../../lib/storage/s3/s3.ts';
import { BUCKET, ownServer } from '../../helpers/s3/connection.ts';
import { useEnvironment } from '../../helpers/s3/environment.ts';
import type { S3ServerOptions } from '../../helpers/s3/server.ts';

/** A server, and how places on it are reached. */
const setUp = async (t: Test, options: S3ServerOptions = {}) => {
  const server = await ownServer(t, options);
  const { endpoint, region, credentials } = server;
  useEnvironment(t, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  return { server, reached: { endpoint, region, maxAttempts: 1, bucket: BUCKET } };
};

t.test('any number of objects and uploads is removed, whatever lies between', async (t) => {
  const { server, reached } = await setUp(t, { pageSize: 3 });
  const others = ['a.asb', 'b/00000a.txt', 'b/99999/a.asb', 'b0.asb', 'c/a.asb'];
  const isOther = (index: number): boolean => index % 4 === 0;
  for (let index = 0; index < 50; index++) {
    const number = String(index).padStart(5, '0');
    const key = isOther(index) ? `b/${number}.txt` : `b/${number}.asb`;
    if (isOther(index)) others.push(key);
    server.put(BUCKET, key, '');
    server.startUpload(BUCKET, key);
    server.startUpload(BUCKET, key);
  }
  for (const key of others) {
    server.put(BUCKET, key, '');
    server.startUpload(BUCKET, key);
  }
  const home = s3({ ...reached, prefix: 'b' });
  const first = { code: 'EXISTS', facts: { file: `s3://${BUCKET}/b/00001.asb` } };
  await t.rejects(home.prepare({ removeFiles: false }), first);
  await home.prepare({ removeFiles: true });
  t.strictSame(server.objects(BUCKET), others.sort());
  t.strictSame([...new Set(server.uploads(BUCKET).map(({ key }) => key))].sort(), others);
  t.equal(server.requests.count('AbortMultipartUpload'), 2 * 37);
  await home.prepare({ removeFiles: false });
});

t.test('an upload that ends while it is to be aborted is removed as an object', async (t) => {
  const { server, reached } = await setUp(t);
  server.startUpload(BUCKET, 'b/late.asb');
  server.before = ({ operation, key }) => {
    if (operation === 'AbortMultipartUpload') server.put(BUCKET, key, 'whole');
  };
  await s3({ ...reached, prefix: 'b' }).prepare({ removeFiles: true });
  t.strictSame(server.objects(BUCKET), []);
});

t.test('an upload that ends while a backup is to go on is removed as an object', async (t) => {
  const { server, reached } = await setUp(t);
  server.startUpload(BUCKET, 'b/late.asb');
  server.before = ({ operation, key }) => {
    if (operation === 'AbortMultipartUpload') server.put(BUCKET, key, 'whole');
  };
  await s3({ ...reached, prefix: 'b' }).prepareToContinue([], () => true);
  t.strictSame(server.objects(BUCKET), []);
});

t.test('an unfinished upload is in the way, under one name or many', async (t) => {
  const { server, reached } = await setUp(t);
  server.startUpload(BUCKET, 'b/a.asb');
  const inTheWay = { code: 'EXISTS', facts: { file: `s3://${BUCKET}/b/a.asb` } };
  const places = [s3({ ...reached, prefix: 'b' }), s3Object({ ...reached, key: 'b/a.asb' })];
  for (const place of places) await t.rejects(place.prepare({ removeFiles: false }), inTheWay);
  for (const key of ['b/a', 'b/a.asb2']) {
    await s3Object({ ...reached, key }).prepare({ removeFiles: false });
  }
});

t.test('what the service refuses', async (t) => {
  const { server, reached } = await setUp(t);
  const home = s3({ ...reached, prefix: 'b' });
  const file = s3Object({ ...reached, key: 'b/a.asb' });
  server.put(BUCKET, 'b/a.asb', '');
  server.startUpload(BUCKET, 'b/a.asb');
  const [prefixUrl, url] = [`s3://${BUCKET}/b/`, `s3://${BUCKET}/b/a.asb`];
  for (const [operation, ask, location] of [
    ['ListObjectsV2', () => home.prepare({ removeFiles: false }), prefixUrl],
    ['ListMultipartUploads', () => home.prepare({ removeFiles: true }), prefixUrl],
    ['AbortMultipartUpload', () => home.prepare({ removeFiles: true }), url],
    ['AbortMultipartUpload', () => home.prepareToContinue([], () => true), url],
    ['DeleteObject', () => home.prepare({ removeFiles: true }), url],
    ['DeleteObject', () => home.remove('a.asb'), url],
    ['HeadObject', () => home.create('a.asb'), url],
    ['ListObjectsV2', () => home.prepareToContinue([], () => true), prefixUrl],
    ['ListMultipartUploads', () => home.prepareToContinue([], () => true), prefixUrl],
    ['ListObjectsV2', () => home.files(), prefixUrl],
    ['ListMultipartUploads', () => file.prepare({ removeFiles: true }), url],
    ['HeadObject', () => file.prepare({ removeFiles: false }), `${url}.state`],
    ['DeleteObject', () => file.prepare({ removeFiles: true }), `${url}.state`],
    ['HeadObject', () => file.prepareToContinue([], () => true), url],
    ['DeleteObject', () => file.remove('a.asb'), url],
    ['HeadObject', () => file.files(), url],
    ['HeadObject', () => s3Files({ ...reached, key: 'b/a.asb' }), url],
    ['ListObjectsV2', () => s3Files({ ...reached, key: 'b' }), prefixUrl],
  ] as const) {
    server.faults.push({ operation, kind: { status: 500, code: 'InternalError' } });
    const told = { code: 'STORAGE', facts: { file: location }, cause: { $fault: 'server' } };
    await t.rejects<unknown>(ask(), told, operation);
    t.equal(server.faults.length, 0);
  }
  t.strictSame(server.objects(BUCKET), ['b/a.asb']);
});

t.test('many other objects are told as a few and their number', async (t) => {
  const { server, reached } = await setUp(t, { pageSize: 2 });
  for (const key of ['b/10', 'b/9', 'b/8/a.asb', 'b/8/b.asb', 'b/11']) server.put(BUCKET, key, '');
  const files = s3({ ...reached, prefix: 'b' }).files();
  await t.rejects(files, { code: 'EMPTY', message: /"8\/", "9", "10", 1 more$/ });
});

t.test('places that cannot be', async (t) => {
  for (const key of ['', 'a/', '/']) {
    t.throws(() => s3Object({ bucket: BUCKET, key }), { code: 'USAGE' }, `"${key}"`);
  }
  for (const [options, code] of [
    [{ maxAttempts: 0 }, 'RANGE'],
    [{ endpoint: 'host:9000' }, 'USAGE'],
  ] as const) {
    t.throws(() => s3({ ...options, bucket: BUCKET }), { code });
    t.throws(() => s3Object({ ...options, bucket: BUCKET, key: 'a' }), { code });
    await t.rejects(s3Files({ ...options, bucket: BUCKET, key: 'a' }), { code });
  }
});
