/** Standard outputs that take nothing, not all, or nothing any more, at every filter. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { shell } from '../helpers/asb.ts';
import { lineOf, ONE_LINE, PLAIN, startFilters, withEach } from './filters.ts';

const directory = t.testdir();
const filters = await startFilters(t, directory);

/** Those that write from memory of others, and what is no filter. */
const FEW = ['scan', 'compress', 'backup'];

for (const [what, redirected, words, names] of [
  ['a full disk', '> /dev/full', /ENOSPC/, undefined],
  ['a closed output', '>&-', /standard output: it is closed/, undefined],
  ['a file that may not be larger', '> "$OUT"', /EFBIG/, FEW],
] as const) {
  t.test(`${what} is told, and is no success`, async (t) => {
    const rows = filters.filter(({ name }) => names?.includes(name) ?? true);
    await withEach(rows, async (row) => {
      const out = join(directory, `${row.name}.out`);
      const env = { ...row.env, OUT: out };
      const line = `${PLAIN} ulimit -f 1000; ${lineOf(row)} ${redirected}`;
      const { code, stderr } = await shell(line, { env });
      t.equal(code, 1, row.name);
      t.match(stderr, ONE_LINE, row.name);
      t.match(stderr, words, row.name);
    });
  });
}

t.test('a reader that goes is no failure of a filter, but one of a backup', async (t) => {
  await withEach(filters, async (row) => {
    const status = join(directory, `${row.name}.status`);
    const line = `${PLAIN} { ${lineOf(row)}; echo $? > '${status}'; } | head -c 1`;
    const { stdout, stderr } = await shell(line, { env: row.env });
    t.equal(stdout.length, 1, row.name);
    t.equal(readFileSync(status, 'utf8'), row.readerMayGo ? '0\n' : '1\n', row.name);
    t.match(stderr, row.readerMayGo ? /^$/ : /EPIPE/, row.name);
  });
});

t.test('help that cannot be shown', async (t) => {
  const { code, stderr } = await shell('asb scan --help >&-');
  t.equal(code, 1);
  t.match(stderr, ONE_LINE);
});
