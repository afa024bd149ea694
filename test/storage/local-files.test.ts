import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { localFiles } from '../../lib/storage/local-files.ts';
import { compareNames } from '../../lib/storage/names.ts';

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
  const path = t.testdir({
    empty: {},
    few: { 'b.txt': '' },
    many: { 1: '', 2: '', 3: '', 10: {} },
  });
  for (const [name, words] of [
    ['empty', /it is empty/],
    ['few', /"b\.txt"$/],
    ['many', /"1", "2", "3", 1 more$/],
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

t.test('names in order', async (t) => {
  const names = ['', '01', '1', '1a', '9', '10', '99999999999999999998', '99999999999999999999'];
  const others = ['a', 'a1', 'a1b2', 'a01b10', 'a1b10', 'a2', 'b', 'b0', 'b00'];
  const sorted = [...names, ...others];
  const wrong = sorted.flatMap((one, index) =>
    sorted
      .filter((other, place) => Math.sign(compareNames(one, other)) !== Math.sign(index - place))
      .map((other) => [one, other]),
  );
  t.same(wrong, []);
  t.same(sorted.toReversed().sort(compareNames), sorted);
});
