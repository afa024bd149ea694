import t from 'tap';
import { asDirectory, isS3Url, parseS3Url, s3UrlOf } from '../../../lib/storage/s3/url.ts';

t.test('buckets and keys, letter by letter', async (t) => {
  for (const [url, bucket, key, again = url] of [
    ['s3://vault', 'vault', ''],
    ['s3://vault/', 'vault', '', 's3://vault'],
    ['s3://vault/a', 'vault', 'a'],
    ['s3://vault/a/', 'vault', 'a/'],
    ['s3://vault//a//b', 'vault', '/a//b'],
    ['s3://vault/a b/%20+?x#y', 'vault', 'a b/%20+?x#y'],
    ['s3://vault/./../é', 'vault', './../é'],
  ] as const) {
    t.ok(isS3Url(url), url);
    t.strictSame(parseS3Url(url), { bucket, key }, url);
    t.equal(s3UrlOf(bucket, key), again);
  }
});

t.test('what names no bucket', async (t) => {
  for (const file of ['', 's3://', 's3:///key', 'vault/key', 'S3://vault/key', 's3:vault']) {
    t.throws(() => parseS3Url(file), { code: 'USAGE', facts: { file } }, file);
  }
  for (const path of ['', 's3', 's3:/vault/key', './s3://vault', '/s3://vault']) {
    t.notOk(isS3Url(path), path);
  }
});

t.test('a prefix as a directory', async (t) => {
  for (const [prefix, directory] of [
    ['', ''],
    ['a', 'a/'],
    ['a/', 'a/'],
    ['a//', 'a//'],
    ['/', '/'],
  ] as const) {
    t.equal(asDirectory(prefix), directory);
  }
});
