import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { readBounded } from '../lib/bounded-file.ts';

t.test('a file as large as it may be, and not a byte more', async (t) => {
  const directory = t.testdir({ empty: '', small: 'abc', large: 'x'.repeat(200_000) });
  const rows: readonly [string, number, string | undefined][] = [
    ['empty', 0, ''],
    ['small', 4, 'abc'],
    ['small', 3, 'abc'],
    ['small', 2, undefined],
    ['small', 0, undefined],
    ['large', 200_000, 'x'.repeat(200_000)],
    ['large', 199_999, undefined],
  ];
  for (const [name, limit, expected] of rows) {
    const bytes = await readBounded(join(directory, name), limit);
    t.equal(bytes?.toString(), expected, `${name}, ${limit}`);
  }
});

t.test('a pipe, which comes in pieces; and one without an end', async (t) => {
  const fifo = join(t.testdir(), 'pipe');
  await promisify(execFile)('mkfifo', [fifo]);
  const bytes = 'y'.repeat(300_000);
  const [read] = await Promise.all([readBounded(fifo, 300_000), writeFile(fifo, bytes)]);
  t.equal(read?.toString(), bytes);
  t.equal(await readBounded('/dev/zero', 100_000), undefined);
});

t.test('what cannot be read', async (t) => {
  await t.rejects(readBounded(t.testdir(), 10), { code: 'EISDIR' });
  await t.rejects(readBounded(join(t.testdir(), 'nowhere'), 10), { code: 'ENOENT' });
});
