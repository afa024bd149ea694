import t from 'tap';
import {
  ABORTS,
  abortUpload,
  abortUploads,
  removeObject,
  removeObjects,
} from '../../../lib/storage/s3/clearing.ts';
import { REQUESTS_AT_ONCE } from '../../../lib/storage/s3/in-parallel.ts';
import { listObjects, listUploads } from '../../../lib/storage/s3/listing.ts';
import { BUCKET, connect, ownServer } from '../../helpers/s3/connection.ts';

const numbered = (index: number): string => `b/${String(index).padStart(5, '0')}.asb`;

t.test('an object is removed, or was none', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  for (const key of ['a', 'b']) server.put(BUCKET, key, '');
  await removeObject(connection, BUCKET, 'a');
  await removeObject(connection, BUCKET, 'a');
  server.faults.push({ kind: { status: 404, code: 'NoSuchKey' } });
  await removeObject(connection, BUCKET, 'a');
  t.strictSame(server.objects(BUCKET), ['b']);
});

t.test('objects are removed while they are listed, and no others', async (t) => {
  const server = await ownServer(t, { pageSize: 7 });
  const keep = ['a', 'b', 'b/x/1', 'b/x/2', 'b0'];
  for (let index = 0; index < 500; index++) server.put(BUCKET, numbered(index), '');
  for (const key of keep) server.put(BUCKET, key, '');
  let atOnce = 0;
  let most = 0;
  server.before = async ({ operation }) => {
    if (operation !== 'DeleteObject') return;
    most = Math.max(most, ++atOnce);
    await new Promise(setImmediate);
    atOnce--;
  };
  const connection = connect(server);
  await removeObjects(connection, BUCKET, listObjects(connection, BUCKET, 'b/'));
  t.strictSame(server.objects(BUCKET), keep);
  t.equal(server.requests.count('DeleteObject'), 500);
  t.ok(most > 1 && most <= REQUESTS_AT_ONCE, `${most} at once`);
});

t.test('an upload is aborted, or is gone already', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  const uploadId = server.startUpload(BUCKET, 'a', [Buffer.from('part')]);
  server.startUpload(BUCKET, 'a');
  const upload = { key: 'a', uploadId };
  await abortUpload(connection, BUCKET, upload);
  t.equal(server.uploads(BUCKET).length, 1);
  await abortUpload(connection, BUCKET, upload);
  t.equal(server.requests.count('AbortMultipartUpload'), 2);
});

t.test('an upload is aborted until it is gone', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  const done = { status: 204, code: '' };
  const operation = 'AbortMultipartUpload';
  const upload = { key: 'a', uploadId: server.startUpload(BUCKET, 'a') };
  server.faults.push({ operation, times: 2, kind: done });
  await abortUpload(connection, BUCKET, upload);
  t.strictSame(server.uploads(BUCKET), []);
  t.equal(server.requests.count(operation), 3);
  t.equal(server.requests.count('ListParts'), 3);

  const stubborn = { key: 'a', uploadId: server.startUpload(BUCKET, 'a') };
  server.faults.push({ operation, times: ABORTS, kind: done });
  await t.rejects(abortUpload(connection, BUCKET, stubborn), {
    code: 'STORAGE',
    facts: { file: `s3://${BUCKET}/a` },
  });
  t.equal(server.faults.length, 0);
});

t.test('uploads are aborted, and no others', async (t) => {
  const server = await ownServer(t, { pageSize: 7 });
  for (let index = 0; index < 200; index++) {
    // The upload that a page ends with is often one of many of a key.
    server.startUpload(BUCKET, numbered(Math.floor(index / 10)), [Buffer.from('part')]);
  }
  for (const key of ['a', 'b', 'c']) server.startUpload(BUCKET, key);
  const connection = connect(server);
  await abortUploads(connection, BUCKET, listUploads(connection, BUCKET, 'b/'));
  t.strictSame(
    server.uploads(BUCKET).map(({ key }) => key),
    ['a', 'b', 'c'],
  );
});

t.test('what the service refuses', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  const [key, uploadId] = ['a', server.startUpload(BUCKET, 'a')];
  const items = async function* () {
    yield { key, uploadId };
  };
  const works: readonly (() => Promise<void>)[] = [
    () => removeObject(connection, BUCKET, key),
    () => removeObjects(connection, BUCKET, items()),
    () => abortUpload(connection, BUCKET, { key, uploadId }),
    () => abortUploads(connection, BUCKET, items()),
  ];
  for (const work of works) {
    server.faults.push({ kind: { status: 403, code: 'AccessDenied' } });
    await t.rejects(work(), {
      code: 'STORAGE',
      facts: { file: `s3://${BUCKET}/a` },
      cause: { name: 'AccessDenied' },
    });
  }
  await t.rejects(removeObject(connection, 'no-such-bucket', key), {
    code: 'STORAGE',
    cause: { name: 'NoSuchBucket' },
  });
});
