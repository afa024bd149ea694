import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { removeArtifacts } from '../../lib/jobs/remove-artifacts.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const FILES = {
  'test_00000.asb': 'old',
  'test_00001.asb': 'old',
  '.test_00002.asb.part': 'cut off',
  'test.asb.state': 'of ours',
  'test.manifest.json': 'of ours',
  'notes.txt': 'not ours',
};

t.test('of a directory: files of a backup and what was cut off, and nothing else', async (t) => {
  const root = t.testdir({ out: FILES, part: { '.test_00000.asb.part': 'x' }, none: {} });
  const remove = (name: string) => removeArtifacts({ directory: join(root, name) });
  t.strictSame(await remove('out'), { location: join(root, 'out'), files: 2 });
  t.strictSame(readdirSync(join(root, 'out')), ['notes.txt']);
  t.match(await remove('part'), { files: 0 });
  t.strictSame(readdirSync(join(root, 'part')), []);
  t.match(await remove('none'), { files: 0 });
  t.match(await remove('nope'), { files: 0 });
  t.notOk(existsSync(join(root, 'nope')), 'it is not made');
});

t.test('of one shard, in a directory or in S3', async (t) => {
  const ofShards = ['1-of-2', '2-of-2', '1-of-3'].flatMap((which) =>
    ['_00000.asb', '_00001.asb', '.manifest.json', '.asb.state'].map((end) => `p-${which}${end}`),
  );
  const stays = (names: readonly string[]) => names.filter((name) => !name.startsWith('p-2-of-2'));
  const options = { prefix: 'p', shard: { index: 2, count: 2 } };

  const parts = ['.p-1-of-2_00002.asb.part', '.p-2-of-2_00002.asb.part', '.p-2.asb.state.part'];
  const files = [...Object.keys(FILES), ...ofShards, ...parts];
  const path = t.testdir(Object.fromEntries(files.map((name) => [name, ''])));
  t.strictSame(await removeArtifacts({ directory: path, ...options }), {
    location: path,
    files: 2,
  });
  const left = stays(files).filter((name) => name !== parts[1]);
  t.strictSame(readdirSync(path).sort(), left.sort());
  t.match(await removeArtifacts({ directory: path, ...options }), { files: 0 });

  const server = await ownServer(t, { pageSize: 2 });
  const s3 = { client: clientOf(t, server) };
  for (const name of ofShards) server.put(BUCKET, `b/${name}`, '');
  for (const which of [1, 2]) server.startUpload(BUCKET, `b/p-${which}-of-2_00002.asb`);
  const directory = `s3://${BUCKET}/b`;
  t.match(await removeArtifacts({ directory, s3, ...options }), { files: 2 });
  t.strictSame(
    server.objects(BUCKET),
    stays(ofShards)
      .map((name) => `b/${name}`)
      .sort(),
  );
  t.match(server.uploads(BUCKET), [{ key: 'b/p-1-of-2_00002.asb' }]);
});

t.test('a shard without a place or a name', async (t) => {
  const [directory, shard] = [t.testdir({}), { index: 1, count: 2 }];
  await t.rejects(removeArtifacts({ directory, shard }), { code: 'USAGE' });
  await t.rejects(removeArtifacts({ outputFile: 'a', shard, prefix: 'p' }), { code: 'USAGE' });
  const none = { index: 3, count: 2 };
  await t.rejects(removeArtifacts({ directory, shard: none, prefix: 'p' }), { code: 'RANGE' });
});

t.test('of a file', async (t) => {
  const of = 'test_00000.asb';
  const documents = { [`${of}.state`]: 'of ours', [`${of}.manifest.json`]: 'of ours' };
  const root = t.testdir({ ...FILES, ...documents, directory: {} });
  const remove = (name: string) => removeArtifacts({ outputFile: join(root, name) });
  t.strictSame(await remove('test_00000.asb'), {
    location: join(root, 'test_00000.asb'),
    files: 1,
  });
  t.match(await remove('test_00002.asb'), { files: 0 });
  t.match(await remove('nope.asb'), { files: 0 });
  symlinkSync('/dev/null', join(root, 'device.asb'));
  t.match(await remove('device.asb'), { files: 0 });
  const others = ['test.asb.state', 'test.manifest.json', 'test_00001.asb'];
  t.strictSame(readdirSync(root), ['device.asb', 'directory', 'notes.txt', ...others]);
  await t.rejects(remove('directory'), { code: 'USAGE' });
});

t.test('in S3', async (t) => {
  const server = await ownServer(t, { pageSize: 2 });
  const s3 = { client: clientOf(t, server) };
  for (const [name, text] of Object.entries(FILES)) server.put(BUCKET, `b/${name}`, text);
  for (const name of ['test_00003.asb', 'test_00003.asb', 'notes']) {
    server.startUpload(BUCKET, `b/${name}`);
  }
  server.startUpload(BUCKET, 'c/test_00000.asb');
  for (const end of ['', '.state', '.manifest.json']) server.put(BUCKET, `one.asb${end}`, 'old');
  server.startUpload(BUCKET, 'one.asb');
  const directory = `s3://${BUCKET}/b`;
  t.strictSame(await removeArtifacts({ directory, s3 }), { location: directory, files: 2 });
  t.match(await removeArtifacts({ directory: `s3://${BUCKET}/c`, s3 }), { files: 0 });
  t.match(await removeArtifacts({ outputFile: `s3://${BUCKET}/one.asb`, s3 }), { files: 1 });
  t.match(await removeArtifacts({ outputFile: `s3://${BUCKET}/one.asb`, s3 }), { files: 0 });
  t.strictSame(server.objects(BUCKET), ['b/.test_00002.asb.part', 'b/notes.txt']);
  t.strictSame(
    server.uploads(BUCKET).map(({ key }) => key),
    ['b/notes'],
  );
  const nowhere = removeArtifacts({ directory: 's3://none/b', s3 });
  await t.rejects(nowhere, { code: 'STORAGE' });
});

t.test('exactly one place', async (t) => {
  await t.rejects(removeArtifacts({}), { code: 'USAGE' });
  await t.rejects(removeArtifacts({ directory: 'a', outputFile: 'b' }), { code: 'USAGE' });
});
