import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { TEMP_PREFIX, TempDirectory } from '../../lib/sort/temp-directory.ts';

t.test('it is there from the first file on, hidden and for its owner alone', async (t) => {
  const parent = t.testdir();
  const directory = new TempDirectory(parent);
  t.strictSame(await readdir(parent), []);
  const files = [await directory.create(), await directory.create()];
  const path = dirname(files[0]!.path);
  t.ok(basename(path).startsWith(TEMP_PREFIX));
  t.equal((await stat(path)).mode & 0o777, 0o700);
  for (const { path: file, handle } of files) {
    t.equal(dirname(file), path);
    await handle.writeFile(file);
    t.equal((await handle.stat()).mode & 0o777, 0o600);
    await handle.close();
    t.equal(await readFile(file, 'utf8'), file);
  }
  await directory.remove();
  t.strictSame(await readdir(parent), []);
  await t.resolves(directory.remove(), 'again');
});

t.test('two of them are apart', async (t) => {
  const parent = t.testdir();
  const [one, other] = [new TempDirectory(parent), new TempDirectory(parent)];
  const files = await Promise.all([one.create(), other.create()]);
  t.not(files[0].path, files[1].path);
  for (const { handle } of files) await handle.close();
  await one.remove();
  t.ok(await stat(files[1].path));
  await other.remove();
});

t.test('one that was never needed is not removed', async (t) => {
  await t.resolves(new TempDirectory(t.testdir()).remove());
});

t.test('what the file system refuses is told with its place', async (t) => {
  const parent = t.testdir();
  const nowhere = new TempDirectory(join(parent, 'none'));
  await t.rejects(nowhere.create(), { code: 'STORAGE', facts: { file: join(parent, 'none') } });
  await t.resolves(nowhere.remove());

  const directory = new TempDirectory(parent);
  const { path, handle } = await directory.create();
  await handle.close();
  await writeFile(path.replace('run-0', 'run-1'), '');
  await t.rejects(directory.create(), { code: 'STORAGE' }, 'a file is in its place');
  await directory.remove();

  const gone = join(parent, 'gone');
  await mkdir(gone);
  const other = new TempDirectory(gone);
  await (await other.create()).handle.close();
  await rename(gone, join(parent, 'moved'));
  await writeFile(gone, 'a file in the place of its parent');
  await t.rejects(other.remove(), { code: 'STORAGE' }, 'what is left is told');
});
