import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { directory } from '../../lib/storage/directory.ts';

t.test('is made when it is not there, for its owner only', async (t) => {
  const path = join(t.testdir({}), 'a', 'b');
  const storage = directory(path);
  t.equal(storage.location, path);
  await storage.prepare({ removeFiles: false });
  t.equal(statSync(path).mode & 0o777, 0o700);
  await storage.prepare({ removeFiles: false });
});

t.test('writes files, and removes them', async (t) => {
  const path = t.testdir({});
  const storage = directory(path);
  const file = await storage.create('a.asb');
  await file.write(Buffer.from('text'));
  await file.close();
  t.equal(readFileSync(join(path, 'a.asb'), 'utf8'), 'text');
  await t.rejects(storage.create('a.asb'), { code: 'EXISTS', facts: { file: file.location } });
  await storage.remove('a.asb');
  t.same(readdirSync(path), []);
  await storage.remove('a.asb');
});

t.test('what cannot be removed', async (t) => {
  const path = t.testdir({ 'a.asb': { 'b.txt': '' } });
  const facts = { file: join(path, 'a.asb') };
  await t.rejects(directory(path).remove('a.asb'), { code: 'STORAGE', facts });
});

t.test('the files of the backup in it', async (t) => {
  const path = t.testdir({ 'b.asb': 'text', 'a.asb': '', '.c.asb.part': '', 'notes.txt': '' });
  t.match(await directory(path).files(), [
    { name: 'a.asb', location: join(path, 'a.asb'), size: 0 },
    { name: 'b.asb', location: join(path, 'b.asb'), size: 4 },
  ]);
  const missing = directory(join(path, 'missing'));
  await t.rejects(missing.files(), { code: 'NOT_FOUND', facts: { file: missing.location } });
});

const OTHERS = { 'notes.txt': '', 'b.asb.gz': '', '.c.part': '', '.hidden': '' };

for (const name of ['a.asb', '.a.asb.part']) {
  t.test(`refuses ${name} of an older backup, or removes it and nothing else`, async (t) => {
    const path = t.testdir({ ...OTHERS, [name]: '', 'z.asb': '' });
    const file = join(path, name);
    const storage = directory(path);
    await t.rejects(storage.prepare({ removeFiles: false }), { code: 'EXISTS', facts: { file } });
    t.equal(readdirSync(path).length, 6);
    await storage.prepare({ removeFiles: true });
    t.same(readdirSync(path).sort(), Object.keys(OTHERS).sort());
    await storage.prepare({ removeFiles: false });
  });
}

t.test('a file in its place is an error', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  const prepared = directory(path).prepare({ removeFiles: true });
  await t.rejects(prepared, { code: 'STORAGE', facts: { file: path } });
});
