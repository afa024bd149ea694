import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { localFiles } from '../../lib/storage/local-files.ts';

t.test('a file, whatever its name', async (t) => {
  const path = join(t.testdir({ backup: 'Version 3.1\n' }), 'backup');
  t.match(await localFiles(path), [{ name: 'backup', location: path, size: 12 }]);
});

t.test('a FIFO or device has no size', async (t) => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  for (const device of [path, '/dev/null']) {
    t.match(await localFiles(device), [{ location: device, size: undefined }]);
  }
});

t.test('the *.asb of a directory, numbers as numbers', async (t) => {
  const directory = t.testdir({
    'test_100000.asb': '',
    'test_99999.asb': '1',
    'test_00002.asb': '',
    'metadata_test_0.asb': '',
    '.test_00003.asb.part': '',
    '.hidden.asb': '',
    'notes.txt': '',
    'directory.asb': {},
    'link.asb': t.fixture('symlink', 'test_99999.asb'),
  });
  const files = await localFiles(directory);
  t.same(
    files.map(({ name, size }) => [name, size]),
    [
      ['link.asb', 1],
      ['metadata_test_0.asb', 0],
      ['test_00002.asb', 0],
      ['test_99999.asb', 1],
      ['test_100000.asb', 0],
    ],
  );
  t.equal(files[0]?.location, join(directory, 'link.asb'));
});

t.test('a directory without a backup says what is there', async (t) => {
  const path = t.testdir({ empty: {}, some: { 'b.txt': '', 'a.asb': {}, '.c.asb': '' } });
  for (const [name, words] of [
    ['empty', /it is empty/],
    ['some', /"\.c\.asb", "a\.asb", "b\.txt"$/],
  ] as const) {
    const file = join(path, name);
    await t.rejects(localFiles(file), { code: 'EMPTY', facts: { file }, message: words });
  }
});

t.test('what is not there, or cannot be read', async (t) => {
  const directory = t.testdir({ dangling: { 'a.asb': t.fixture('symlink', 'nothing') } });
  const missing = join(directory, 'missing');
  await t.rejects(localFiles(missing), { code: 'NOT_FOUND', facts: { file: missing } });
  const file = join(directory, 'dangling', 'a.asb');
  await t.rejects(localFiles(join(directory, 'dangling')), { code: 'STORAGE', facts: { file } });
});
