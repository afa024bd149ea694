/** What an upload must do on any S3 server: the tests' own, and a real one (`npm run test:rgw`). */
import { createHash, randomBytes } from 'node:crypto';
import { HeadObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import type { S3Options } from '../../lib/storage/s3/options.ts';
import { s3Object } from '../../lib/storage/s3/s3.ts';
import { type S3Target, s3Target } from '../helpers/s3/target.ts';

const MIB = 1024 * 1024;

const setUp = async (t: Test) => {
  const target = await s3Target(t);
  const { client, bucket } = target;
  const object = (key: string, options: S3Options = {}) =>
    s3Object({ client, bucket, key, minPartSize: 5 * MIB, ...options });
  const uploads = async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key }) => Key);
  };
  return { target, object, uploads };
};

/** A digest, since comparing what is large byte by byte tells no more. */
const digestOf = (chunks: Iterable<Uint8Array>): string => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

const digestOfObject = async (
  object: ReturnType<typeof s3Object>,
): Promise<{ size: number | undefined; digest: string }> => {
  const [file] = await object.files();
  const chunks: Buffer[] = [];
  for await (const chunk of file!.open()) chunks.push(Buffer.from(chunk));
  return { size: file!.size, digest: digestOf(chunks) };
};

t.test('64 MiB in parts of 5 MiB', async (t) => {
  const { object, uploads } = await setUp(t);
  const home = object('large');
  const chunks = Array.from({ length: 64 }, () => randomBytes(MIB));
  const file = await home.create('large');
  for (const chunk of chunks) await file.write(chunk);
  await file.close();
  t.strictSame(await digestOfObject(home), { size: 64 * MIB, digest: digestOf(chunks) });
  t.strictSame(await uploads(), []);
});

t.test('sizes around a part, with and without checksums', async (t) => {
  const { object } = await setUp(t);
  for (const checksum of ['crc32', 'sha256', 'md5'] as const) {
    for (const size of [0, 1, 5 * MIB, 5 * MIB + 1]) {
      const home = object(`${checksum}-${size}`, { checksum });
      const bytes = randomBytes(size);
      const file = await home.create('');
      if (size > 0) await file.write(bytes);
      await file.close();
      t.strictSame(await digestOfObject(home), { size, digest: digestOf([bytes]) });
    }
  }
});

t.test('odd keys', async (t) => {
  const { object } = await setUp(t);
  for (const key of ['a b+c%20d', 'über/日本/😀', 'quotes\'"&<>', 'a//b', 'x=1&y?z#f', 'a/./b']) {
    const home = object(key);
    const bytes = Buffer.from(key);
    const file = await home.create('');
    await file.write(bytes);
    await file.close();
    const expected = { size: bytes.length, digest: digestOf([bytes]) };
    t.strictSame(await digestOfObject(home), expected, key);
  }
});

t.test('an upload that is aborted leaves no parts', async (t) => {
  const { object, uploads } = await setUp(t);
  const file = await object('aborted').create('');
  for (let written = 0; written < 23; written++) await file.write(randomBytes(MIB));
  await file.abort();
  t.strictSame(await uploads(), []);
  await t.rejects(object('aborted').files(), { code: 'NOT_FOUND' });
});

t.test('what a killed process has left is found and aborted', async (t) => {
  const { target, object, uploads } = await setUp(t);
  const { CreateMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const { client, bucket: Bucket } = target;
  for (const Key of ['left', 'left', 'left.asb', 'other']) {
    await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  }
  await t.rejects(object('left').prepare({ removeFiles: false }), { code: 'EXISTS' });
  await object('left').prepare({ removeFiles: true });
  t.strictSame(await uploads(), ['left.asb', 'other']);
});

t.test('a wrong secret and a wrong bucket are told, and no secret with them', async (t) => {
  const { target } = await setUp(t);
  const { endpoint, region, credentials, bucket, client } = target;
  const secretAccessKey = `${credentials.secretAccessKey}x`;
  const wrong = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { ...credentials, secretAccessKey },
  });
  t.teardown(() => wrong.destroy());
  for (const [options, words] of [
    [{ client: wrong, bucket }, /SignatureDoesNotMatch/],
    [{ client, bucket: `${bucket}-not` }, /NoSuchBucket/],
  ] as const) {
    for (const size of [1, 6 * MIB]) {
      const file = await s3Object({ ...options, key: 'key', minPartSize: 5 * MIB }).create('');
      const writing = file.write(randomBytes(size)).then(() => file.close());
      const error = await writing.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      await file.abort();
      t.match(error, { code: 'STORAGE', message: words });
      t.notMatch(JSON.stringify(error), secretAccessKey);
    }
  }
});

const encryptionOf = async ({ client, bucket }: S3Target, key: string) => {
  const said = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return said.ServerSideEncryption;
};

t.test('encryption by the server', async (t) => {
  const { target, object, uploads } = await setUp(t);
  for (const size of [1, 6 * MIB]) {
    const options = { serverSideEncryption: 'aws:kms', kmsKeyId: 'testkey-1' } as const;
    const file = await object('kms', options).create('');
    await file.write(randomBytes(size));
    await file.close();
    t.equal(await encryptionOf(target, 'kms'), 'aws:kms');
  }
  // Some servers take this wish and do nothing about it.
  for (const size of [1, 6 * MIB]) {
    const home = object(`aes-${size}`, { serverSideEncryption: 'AES256' });
    const file = await home.create('');
    try {
      await file.write(randomBytes(size));
      await file.close();
      t.equal(await encryptionOf(target, `aes-${size}`), 'AES256');
    } catch (error) {
      await file.abort();
      t.match(error, { code: 'STORAGE', facts: { expected: 'AES256' } });
      await t.rejects(home.files(), { code: 'NOT_FOUND' });
    }
  }
  t.strictSame(await uploads(), []);
});
