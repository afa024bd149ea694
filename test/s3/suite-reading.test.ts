/**
 * What listing, clearing and reading must do on any S3 server: the tests' own, and a real one
 * (`npm run test:rgw`).
 */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { abortUploads, removeObject, removeObjects } from '../../lib/storage/s3/clearing.ts';
import { S3Connection } from '../../lib/storage/s3/connection.ts';
import { isMissing } from '../../lib/storage/s3/failure.ts';
import { inParallel } from '../../lib/storage/s3/in-parallel.ts';
import { findObject, listObjects, listUploads } from '../../lib/storage/s3/listing.ts';
import type { S3Options } from '../../lib/storage/s3/options.ts';
import { s3StoredFile } from '../../lib/storage/s3/s3-stored-file.ts';
import type { StoredFile } from '../../lib/storage/stored-file.ts';
import { all } from '../helpers/s3/connection.ts';
import { startProxy } from '../helpers/s3/proxy.ts';
import { s3Target } from '../helpers/s3/target.ts';

const MIB = 1024 * 1024;
/** More than two pages of a real server; of ours, whose pages are small here, too. */
const MANY = process.env.S3_TEST_ENDPOINT === undefined ? 250 : 2500;
const PAGE_SIZE = 100;

const ODD_KEYS = [
  ' blanks ',
  'a+b%20c',
  'control\u0001\u007f',
  'line\nfeed\rreturn\ttab',
  '&lt;<>"\'',
  'ünï/日本/😀',
  'a//b',
  'x/../y',
  './z',
  '?uploads#x',
];

const numbered = (index: number): string => `many/${String(index).padStart(5, '0')}.asb`;
const keysOf = (items: readonly { readonly key: string }[]): string[] =>
  items.map(({ key }) => key);

/** Variables of the environment for a test; `undefined` for one that is not set. */
const setEnvironment = (t: Test, variables: Readonly<Record<string, string | undefined>>): void => {
  const set = (entries: readonly (readonly [string, string | undefined])[]): void => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  set(Object.entries(variables));
  t.teardown(() => set(before));
};

const NO_PROXY = {
  http_proxy: undefined,
  HTTP_PROXY: undefined,
  no_proxy: undefined,
  NO_PROXY: undefined,
};

const setUp = async (t: Test) => {
  const target = await s3Target(t, { pageSize: PAGE_SIZE });
  setEnvironment(t, { ...NO_PROXY, ...target.env });
  const connect = (options: S3Options = {}) => new S3Connection({ ...target.options, ...options });
  const put = async (key: string, body: Uint8Array | string): Promise<void> => {
    const object = { Bucket: target.bucket, Key: key, Body: Buffer.from(body) };
    await target.client.send(new PutObjectCommand(object));
  };
  return { target, bucket: target.bucket, connect, put };
};

const fileOf = async (
  connection: S3Connection,
  bucket: string,
  key: string,
): Promise<StoredFile> => {
  const object = await findObject(connection, bucket, key);
  if (object === undefined) throw new Error(`no ${key}`);
  return s3StoredFile(connection, bucket, object);
};

const bytesOf = async (file: StoredFile): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of file.open()) pieces.push(piece);
  return Buffer.concat(pieces);
};

t.test('many objects are listed, and removed while they are listed', async (t) => {
  const { bucket, connect, put } = await setUp(t);
  const connection = connect();
  const keys = Array.from({ length: MANY }, (_, index) => numbered(index));
  const others = ['many', 'many/further/down.asb', 'many0', 'z'];
  await inParallel([...keys, ...others], (key) => put(key, key));
  const listed = await all(listObjects(connection, bucket, 'many/'));
  t.strictSame(keysOf(listed), keys);
  t.ok(listed.every(({ size }) => size === numbered(0).length));
  await removeObjects(connection, bucket, listObjects(connection, bucket, 'many/'));
  t.strictSame(await all(listObjects(connection, bucket, 'many/')), []);
  t.strictSame(keysOf(await all(listObjects(connection, bucket, ''))), ['many', 'many0', 'z']);
  t.ok(await findObject(connection, bucket, 'many/further/down.asb'));
});

t.test('many uploads are listed, and aborted', async (t) => {
  const { target, bucket, connect } = await setUp(t);
  const connection = connect();
  const begin = async (Key: string) =>
    target.client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key, ChecksumAlgorithm: 'CRC32' }),
    );
  // Some for each key: a page may end between them.
  const keys = Array.from({ length: MANY / 2 }, (_, index) => numbered(Math.floor(index / 5)));
  await inParallel([...keys, 'other'], async (key) => void (await begin(key)));
  const { UploadId } = await begin(numbered(0));
  const upload = { Bucket: bucket, Key: numbered(0), UploadId };
  await target.client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' }));
  t.strictSame(keysOf(await all(listUploads(connection, bucket, 'many/'))), [numbered(0), ...keys]);
  await abortUploads(connection, bucket, listUploads(connection, bucket, 'many/'));
  t.strictSame(keysOf(await all(listUploads(connection, bucket, ''))), ['other']);
  const parts = target.client.send(new ListPartsCommand(upload));
  t.equal(await parts.catch(isMissing), true, 'its part, too');
});

t.test('odd keys', async (t) => {
  const { target, bucket, connect, put } = await setUp(t);
  const connection = connect();
  for (const key of ODD_KEYS) {
    await put(key, key);
    await target.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
  }
  const sorted = ODD_KEYS.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  const atTop = sorted.filter((key) => !key.includes('/'));
  t.strictSame(keysOf(await all(listObjects(connection, bucket, ''))), atTop);
  t.strictSame(keysOf(await all(listUploads(connection, bucket, ''))), sorted);
  for (const key of ODD_KEYS) {
    t.equal((await bytesOf(await fileOf(connection, bucket, key))).toString(), key);
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    t.ok(keysOf(await all(listObjects(connection, bucket, directory))).includes(key));
    await removeObject(connection, bucket, key);
    t.equal(await findObject(connection, bucket, key), undefined);
    await removeObject(connection, bucket, key);
  }
  await abortUploads(connection, bucket, listUploads(connection, bucket, ''));
  t.strictSame(await all(listUploads(connection, bucket, '')), []);
});

t.test('an object of many ranges', async (t) => {
  const { bucket, connect, put } = await setUp(t);
  const content = randomBytes(30 * MIB + 1);
  await put('large.asb', content);
  const wanted = createHash('sha256').update(content).digest('hex');
  for (const maxAsyncDownloads of [1, 4, 32]) {
    const file = await fileOf(connect({ maxAsyncDownloads }), bucket, 'large.asb');
    t.match(file, { name: 'large.asb', size: content.length });
    const hash: Hash = createHash('sha256');
    for await (const piece of file.open()) {
      hash.update(piece);
      giveBack(piece);
    }
    t.equal(hash.digest('hex'), wanted, `${maxAsyncDownloads} at once`);
  }
  const connection = connect();
  const file = await fileOf(connection, bucket, 'large.asb');
  for await (const piece of file.open()) {
    t.ok(content.subarray(0, piece.length).equals(piece), 'only the beginning');
    break;
  }
  await put('large.asb', content.subarray(1));
  await t.rejects(bytesOf(file), { code: 'STORAGE' }, 'it was changed since');
  await put('large.asb', '');
  t.equal((await bytesOf(await fileOf(connection, bucket, 'large.asb'))).length, 0);
  await removeObject(connection, bucket, 'large.asb');
  await t.rejects(bytesOf(file), { code: 'STORAGE', cause: { name: 'NoSuchKey' } });
});

/** All that asks a server for something. */
const questions = (
  connection: S3Connection,
  bucket: string,
): readonly (() => Promise<unknown>)[] => [
  () => all(listObjects(connection, bucket, 'a')),
  () => all(listUploads(connection, bucket, 'a')),
  () => findObject(connection, bucket, 'a'),
  () => removeObject(connection, bucket, 'a'),
  () => bytesOf(s3StoredFile(connection, bucket, { key: 'a', size: 1, etag: '"e"' })),
];

t.test('no such bucket', async (t) => {
  const { bucket, connect } = await setUp(t);
  for (const ask of questions(connect(), `${bucket}-none`)) {
    await t.rejects(ask(), { code: 'STORAGE', cause: { name: 'NoSuchBucket' } });
  }
});

t.test('wrong credentials', async (t) => {
  const { bucket, connect } = await setUp(t);
  const table = [
    ['AWS_SECRET_ACCESS_KEY', 'SignatureDoesNotMatch'],
    ['AWS_ACCESS_KEY_ID', 'InvalidAccessKeyId'],
  ] as const;
  for (const [variable, name] of table) {
    await t.test(variable, async (t) => {
      setEnvironment(t, { [variable]: 'wrong' });
      for (const ask of questions(connect(), bucket)) {
        await t.rejects(ask(), { code: 'STORAGE', cause: { name } });
      }
    });
  }
});

t.test('the proxy of the environment, only where it is wanted', async (t) => {
  const { target, bucket, connect, put } = await setUp(t);
  const content = randomBytes(2 * MIB);
  await put('a.asb', content);
  const proxy = await startProxy(t);
  const { hostname } = new URL(target.endpoint);
  for (const [systemProxy, no_proxy, isUsed] of [
    [true, undefined, true],
    [true, 'elsewhere.example', true],
    [true, hostname, false],
    [false, undefined, false],
  ] as const) {
    await t.test(`systemProxy ${systemProxy}, no_proxy ${no_proxy}`, async (t) => {
      setEnvironment(t, { http_proxy: proxy.url, no_proxy });
      const connection = connect({ systemProxy });
      const before = proxy.requests.length;
      t.strictSame(keysOf(await all(listObjects(connection, bucket, ''))), ['a.asb']);
      t.ok((await bytesOf(await fileOf(connection, bucket, 'a.asb'))).equals(content));
      // One list, two looks, two ranges.
      t.equal(proxy.requests.length - before, isUsed ? 5 : 0);
    });
  }
});
