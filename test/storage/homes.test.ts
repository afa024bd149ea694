import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { backupFiles, fileAt, foundFiles, homeAt, joinLocation } from '../../lib/storage/homes.ts';
import type { Home } from '../../lib/storage/storage.ts';
import type { FoundFile, StoredFile } from '../../lib/storage/stored-file.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { useEnvironment } from '../helpers/s3/environment.ts';

const write = async (home: Home, name: string): Promise<void> => {
  await home.prepare({ removeFiles: false });
  const file = await home.create(name);
  await file.write(Buffer.from('text'));
  await file.close();
};

t.test('paths', async (t) => {
  const path = t.testdir({});
  const [many, one] = [join(path, 'many'), join(path, 'one')];
  t.match(homeAt(many), { location: many });
  t.match(fileAt(one), { location: one, name: 'one' });
  await write(homeAt(many), 'a.asb');
  await write(fileAt(one), 'any name');
  t.strictSame(readdirSync(many), ['a.asb']);
  t.equal(readFileSync(one, 'utf8'), 'text');
  t.match(await backupFiles(many), [{ location: join(many, 'a.asb'), size: 4 }]);
  t.match(await backupFiles(one), [{ location: one, size: 4 }]);
});

t.test('URLs of S3', async (t) => {
  const { endpoint, region, credentials, object, objects } = await ownServer(t);
  useEnvironment(t, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  const options = { endpoint, region, storageClass: 'GLACIER_IR', largestFile: 4 } as const;
  const url = `s3://${BUCKET}`;
  for (const [location, sameAs, key] of [
    [url, url, 'a.asb'],
    [`${url}/many`, `${url}/many/`, 'many/a.asb'],
    [`${url}/many/more/`, `${url}/many/more/`, 'many/more/a.asb'],
  ] as const) {
    const home = homeAt(location, options);
    t.equal(home.location, sameAs);
    await write(home, 'a.asb');
    t.match(object(BUCKET, key), { storageClass: 'GLACIER_IR' }, 'with all options');
    t.match(await backupFiles(location, options), [{ location: `${url}/${key}`, size: 4 }]);
  }
  const one = fileAt(`${url}/some/one`, options);
  t.match(one, { location: `${url}/some/one`, name: 'one' });
  await write(one, 'any name');
  t.match(await backupFiles(`${url}/some/one`, options), [{ name: 'one' }]);
  t.strictSame(objects(BUCKET), ['a.asb', 'many/a.asb', 'many/more/a.asb', 'some/one']);
});

t.test('files that another thread has found', async (t) => {
  const { endpoint, region, credentials } = await ownServer(t);
  const options = { endpoint, region, credentials };
  const text = async (file: StoredFile): Promise<string> =>
    Buffer.concat(await file.open().toArray()).toString();
  const found = async (location: string): Promise<FoundFile> => {
    const [file] = await backupFiles(location, options);
    const { name: _, open: __, ...plain } = file!;
    return structuredClone(plain);
  };
  const [path, url] = [join(t.testdir(), 'a.asb'), `s3://${BUCKET}/b/a.asb`];
  const open = foundFiles(options);
  for (const location of [path, url]) {
    await write(fileAt(location, options), 'a.asb');
    const file = await found(location);
    t.match(open(file), { name: 'a.asb', location, size: 4 });
    t.equal(await text(open(file)), 'text');
    t.equal(await text(foundFiles(options)(file)), 'text');
  }
  t.match(foundFiles()({ location: '/dev/null', size: undefined }), { name: 'null' });
  const other = { ...(await found(url)), etag: '"another"' };
  await t.rejects(text(open(other)), { code: 'STORAGE', facts: { file: url } }, 'not the same');
});

t.test('URLs of nothing', async (t) => {
  for (const url of ['s3://', 's3:///key']) {
    const thrown = { code: 'USAGE', facts: { file: url } };
    t.throws(() => homeAt(url), thrown);
    t.throws(() => fileAt(url), thrown);
    await t.rejects(backupFiles(url), thrown);
  }
  for (const url of ['s3://vault', 's3://vault/', 's3://vault/a/']) {
    t.throws(() => fileAt(url), { code: 'USAGE' });
  }
});

t.test('a location as seen from another', async (t) => {
  for (const [parent, location, joined] of [
    ['out', 'monday', 'out/monday'],
    ['out/', '/monday/', 'out/monday/'],
    ['out', '../in', 'in'],
    ['', 'monday', 'monday'],
    ['s3://vault', 'monday', 's3://vault/monday'],
    ['s3://vault/', 'monday', 's3://vault/monday'],
    ['s3://vault/a', 'monday/', 's3://vault/a/monday/'],
    ['s3://vault/a', '//monday', 's3://vault/a/monday'],
    ['s3://vault/a//', 'monday', 's3://vault/a//monday'],
    ['s3://vault/a', '../b', 's3://vault/a/../b'],
    ['s3://', 'vault/monday', 's3://vault/monday'],
    ['out', 's3://vault/monday', 's3://vault/monday'],
    ['s3://safe', 's3://vault/monday', 's3://vault/monday'],
  ] as const) {
    t.equal(joinLocation(parent, location), joined, `${parent} ${location}`);
  }
});
