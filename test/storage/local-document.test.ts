import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { localDocument, localNames } from '../../lib/storage/local-document.ts';

const MOST = 100_000;

t.test('is written whole, and takes the place of an older one', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'a', 'b', 'test.asb.state');
  const document = localDocument(path);
  t.equal(document.location, path);
  t.equal(await document.read(MOST), undefined);
  for (const text of ['first', '', 'x'.repeat(MOST)]) {
    await document.write(Buffer.from(text));
    t.equal(`${await document.read(MOST)}`, text);
    t.strictSame(readdirSync(join(dir, 'a', 'b')), ['test.asb.state'], 'and nothing beside it');
  }
  t.equal(statSync(path).mode & 0o777, 0o600);
  for (const made of ['a', 'a/b']) t.equal(statSync(join(dir, made)).mode & 0o777, 0o700);
  await document.remove();
  t.strictSame(readdirSync(join(dir, 'a', 'b')), []);
  await document.remove();
});

t.test('no more is read than is asked for, and one byte', async (t) => {
  const path = join(t.testdir({ text: 'x'.repeat(600_000) }), 'text');
  for (const most of [0, 1, 262_143, 262_144, 599_999]) {
    t.equal((await localDocument(path).read(most))?.length, most + 1);
  }
  for (const most of [600_000, 700_000]) {
    t.equal((await localDocument(path).read(most))?.length, 600_000);
  }
});

t.test('what a killed run has left is replaced, whatever it is', async (t) => {
  const dir = t.testdir({ '.a.part': 'cut off', b: 'stays', '.b.part': t.fixture('symlink', 'b') });
  chmodSync(join(dir, '.a.part'), 0o000);
  for (const name of ['a', 'b']) {
    await localDocument(join(dir, name)).write(Buffer.from('new'));
    t.equal(readFileSync(join(dir, name), 'utf8'), 'new');
    t.equal(statSync(join(dir, name)).mode & 0o777, 0o600);
  }
  t.strictSame(readdirSync(dir), ['a', 'b']);
});

t.test('what is no file is neither read, nor replaced, nor removed', async (t) => {
  for (const path of ['/dev/null', t.testdir({})]) {
    const document = localDocument(path);
    const told = { code: 'USAGE', facts: { file: path } };
    await t.rejects(document.read(MOST), told);
    await t.rejects(document.write(Buffer.from('x')), told);
    await t.rejects(document.remove(), told);
  }
  t.ok(statSync('/dev/null').isCharacterDevice());
});

t.test('what the file system refuses', async (t) => {
  const dir = t.testdir({ file: '', '.a.part': { child: '' } });
  const below = join(dir, 'file', 'below');
  await t.rejects(localDocument(below).write(Buffer.from('x')), { code: 'STORAGE' });
  const a = localDocument(join(dir, 'a'));
  await t.rejects(a.write(Buffer.from('x')), { code: 'STORAGE', facts: { file: a.location } });
  const long = localDocument(join(dir, 'x'.repeat(300)));
  await t.rejects(long.read(MOST), { code: 'STORAGE', facts: { file: long.location } });
  t.strictSame(readdirSync(dir), ['.a.part', 'file']);
});

t.test('a file that goes away, or cannot be read, between two looks', async (t) => {
  const path = join(t.testdir({ a: 'text' }), 'a');
  const { localDocument: faulty, localNames: faultyNames } = await t.mockImport<
    typeof import('../../lib/storage/local-document.ts')
  >('../../lib/storage/local-document.ts', {
    '../../lib/storage/kind.ts': {
      kindOf: async (asked: string) => (asked.endsWith('a') ? 'file' : 'directory'),
    },
  });
  const gone = faulty(join(path, 'a'));
  await t.rejects(gone.read(MOST), { code: 'STORAGE', facts: { file: gone.location } });
  await t.rejects(gone.remove(), { code: 'STORAGE', facts: { file: gone.location } });
  await t.rejects(faultyNames(`${path}/none`), { code: 'STORAGE' });
});

t.test('names in a directory, but not those of directories', async (t) => {
  const dir = t.testdir({ b: '', a: '', '.c': '', d: {} });
  t.strictSame((await localNames(dir)).sort(), ['.c', 'a', 'b']);
  t.strictSame(await localNames(join(dir, 'none')), []);
  t.strictSame(await localNames(join(dir, 'a')), []);
  mkdirSync(join(dir, 'd', 'e'));
  writeFileSync(join(dir, 'd', 'f'), '');
  t.strictSame(await localNames(join(dir, 'd')), ['f']);
});
