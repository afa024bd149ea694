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

for (const name of ['a.asb', '.a.asb.part', 'a.asb.state', 'a.manifest.json']) {
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

t.test('an unfinished backup is told by its state', async (t) => {
  const path = t.testdir({ 'a_00000.asb': '', '.a_00001.asb.part': '', 'a.asb.state': '' });
  const facts = { file: join(path, 'a.asb.state') };
  await t.rejects(directory(path).prepare({ removeFiles: false }), { code: 'EXISTS', facts });
});

t.test('a document that was cut off is in nobody’s way, and goes with the backup', async (t) => {
  const parts = { '.a.asb.state.part': '', '.a.manifest.json.part': '' };
  const path = t.testdir({ ...OTHERS, ...parts });
  await directory(path).prepare({ removeFiles: false });
  await directory(path).prepare({ removeFiles: true });
  t.same(readdirSync(path).sort(), Object.keys(OTHERS).sort());
});

const isOurs = (name: string): boolean => /^test_\d+\.asb$/.test(name);

t.test('a backup goes on: what is kept stays, what was cut off goes', async (t) => {
  const others = { ...OTHERS, 'test.asb.state': '', '.test.asb.state.part': '' };
  const path = t.testdir({
    ...others,
    'test_00000.asb': 'kept',
    'test_00001.asb': 'nobody knows of it',
    '.test_00002.asb.part': 'cut off',
  });
  const storage = directory(path);
  const kept = [{ name: 'test_00000.asb', bytes: 4 }];
  await storage.prepareToContinue(kept, isOurs);
  await storage.prepareToContinue(kept, isOurs);
  t.same(readdirSync(path).sort(), [...Object.keys(others), 'test_00000.asb'].sort());
});

t.test('a backup cannot go on', async (t) => {
  const files = { 'test_00000.asb': 'text', 'test_00001.asb': '', '.test_00002.asb.part': '' };
  for (const [more, kept, code, name] of [
    [{}, [{ name: 'test_00003.asb', bytes: 4 }], 'NOT_FOUND', 'test_00003.asb'],
    [{}, [{ name: 'test_00000.asb', bytes: 5 }], 'TRUNCATED', 'test_00000.asb'],
    [{ 'test_00004.asb': {} }, [{ name: 'test_00004.asb', bytes: 5 }], 'FORMAT', 'test_00004.asb'],
    [{ 'other_00000.asb': '' }, [], 'EXISTS', 'other_00000.asb'],
    [{ '.other_00000.asb.part': '' }, [], 'EXISTS', 'other_00000.asb'],
  ] as const) {
    const path = t.testdir({ ...files, ...more });
    const before = readdirSync(path);
    const told = { code, facts: { file: join(path, name) } };
    await t.rejects(directory(path).prepareToContinue(kept, isOurs), told);
    t.strictSame(readdirSync(path), before, 'and nothing is removed');
  }
});

t.test('a backup of which nothing is there yet goes on anywhere', async (t) => {
  const dir = t.testdir({ file: '' });
  await directory(join(dir, 'a')).prepareToContinue([], isOurs);
  t.equal(statSync(join(dir, 'a')).mode & 0o777, 0o700);
  const below = directory(join(dir, 'file'));
  await t.rejects(below.prepareToContinue([], isOurs), { code: 'STORAGE' });
});

t.test('no name leads out of it', async (t) => {
  const dir = t.testdir({ in: {}, 'out.asb': 'text', in2: {} });
  const storage = directory(join(dir, 'in'));
  for (const name of [
    '../out.asb',
    '/out.asb',
    '..',
    '.',
    '',
    'a/b',
    'a\0b',
    'a\nb',
    'x'.repeat(250),
  ]) {
    const told = { code: 'USAGE', facts: { file: join(dir, 'in') } };
    await t.rejects(storage.create(name), told, JSON.stringify(name));
    await t.rejects(storage.remove(name), told, JSON.stringify(name));
  }
  t.strictSame(readdirSync(dir), ['in', 'in2', 'out.asb']);
  t.strictSame(readdirSync(join(dir, 'in')), []);
});

t.test('a file in its place is an error', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  const prepared = directory(path).prepare({ removeFiles: true });
  await t.rejects(prepared, { code: 'STORAGE', facts: { file: path } });
});
