import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { makeDirectory } from '../../lib/storage/make-directory.ts';

const place = mkdtempSync(join(tmpdir(), 'asb-make-directory-'));
t.teardown(() => rmSync(place, { recursive: true }));

t.test('makes what is missing, for the owner alone, and says what that was', async (t) => {
  const path = join(place, 'a', 'b', 'c');
  const above = [join(place, 'a'), join(place, 'a', 'b')];
  t.strictSame(await makeDirectory(path), [...above, path]);
  t.equal(statSync(path).mode & 0o777, 0o700);
  t.equal(statSync(join(place, 'a')).mode & 0o777, 0o700);
  t.strictSame(await makeDirectory(path), []);
  t.strictSame(await makeDirectory(join(path, 'd')), [join(path, 'd')]);
});

t.test('ends with an error where no directory can be made', async (t) => {
  writeFileSync(join(place, 'file'), '');
  await t.rejects(makeDirectory(join(place, 'file', 'x')), { code: 'ENOTDIR' });
  // Node's recursive mkdir spins here for ever.
  await t.rejects(makeDirectory('/proc/x/y'), { code: 'ENOENT' });
});

t.test('modes, whatever the umask is', async (t) => {
  const before = process.umask();
  t.teardown(() => process.umask(before));
  for (const umask of [0, 0o022, 0o077]) {
    process.umask(umask);
    const path = join(place, `umask ${umask}`, 'below');
    await makeDirectory(path);
    for (const each of [path, dirname(path)]) t.equal(statSync(each).mode & 0o777, 0o700, each);
  }
});
