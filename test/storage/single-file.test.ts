import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { singleFile } from '../../lib/storage/single-file.ts';

t.test('puts one file in its place', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'all.asb');
  const storage = singleFile(path);
  t.match(storage, { location: path, name: 'all.asb' });
  await storage.prepare({ removeFiles: false });
  const file = await storage.create('any name');
  await file.write(Buffer.from('new'));
  t.notOk(readdirSync(dir).includes('all.asb'));
  await file.close();
  t.equal(readFileSync(path, 'utf8'), 'new');
  t.match(await storage.files(), [{ name: 'all.asb', location: path, size: 3 }]);
  await storage.remove('any name');
  t.same(readdirSync(dir), []);
  await storage.remove('any name');
  await t.rejects(storage.files(), { code: 'NOT_FOUND', facts: { file: path } });
});

t.test('an older file is in the way, or stays until the new one is whole', async (t) => {
  const path = join(t.testdir({ 'all.asb': 'old' }), 'all.asb');
  const storage = singleFile(path);
  const refused = storage.prepare({ removeFiles: false });
  await t.rejects(refused, { code: 'EXISTS', facts: { file: path } });
  await storage.prepare({ removeFiles: true });
  const aborted = await storage.create('');
  await aborted.write(Buffer.from('half'));
  await aborted.abort();
  t.equal(readFileSync(path, 'utf8'), 'old');
  const file = await storage.create('');
  await file.write(Buffer.from('new'));
  await file.close();
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('what a killed run has left is in the way, or removed', async (t) => {
  const dir = t.testdir({ '.all.asb.part': 'cut off', '.other.asb.part': 'cut off' });
  const storage = singleFile(join(dir, 'all.asb'));
  await storage.prepare({ removeFiles: false });
  await t.rejects(storage.create(''), { code: 'EXISTS' });
  await storage.prepare({ removeFiles: true });
  t.strictSame(readdirSync(dir), ['.other.asb.part']);
});

t.test('a directory is no file', async (t) => {
  const path = join(t.testdir({}), 'all.asb');
  mkdirSync(path);
  const storage = singleFile(path);
  await t.rejects(storage.prepare({ removeFiles: true }), { code: 'USAGE' });
  await t.rejects(storage.remove(''), { code: 'STORAGE', facts: { file: path } });
});

t.test('a device is neither replaced nor in the way', async (t) => {
  const storage = singleFile('/dev/null');
  await storage.prepare({ removeFiles: false });
  const file = await storage.create('');
  await file.write(Buffer.from('x'));
  await file.close();
  t.equal(readFileSync('/dev/null').length, 0);
});
