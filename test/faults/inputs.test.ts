/** Standard inputs that give nothing, at every filter that reads one. */
import t from 'tap';
import { shell } from '../helpers/asb.ts';
import { lineOf, ONE_LINE, PLAIN, startFilters, withEach } from './filters.ts';

const directory = t.testdir();
const readers = (await startFilters(t, directory)).filter(({ input }) => input !== undefined);

for (const [what, redirected, words] of [
  ['closed', '<&-', /standard input: it is closed/],
  ['a directory', `< '${directory}'`, /EISDIR/],
] as const) {
  t.test(`an input that is ${what} is told, and whoever reads the output is, too`, async (t) => {
    await withEach(readers, async (row) => {
      const line = `${PLAIN} ${lineOf({ ...row, input: 'INPUT' })}`.replace(
        "< 'INPUT'",
        redirected,
      );
      const { code, stdout, stderr } = await shell(line);
      t.equal(code, 1, row.name);
      t.match(stderr, ONE_LINE, row.name);
      t.match(stderr, words, row.name);
      t.not(stdout.length, 0, row.name);
    });
  });
}

t.test('an input that was meant to be empty is taken for what it is', async (t) => {
  await withEach(readers, async (row) => {
    const line = `${PLAIN} ${lineOf({ ...row, input: '/dev/null' })}`;
    const { code, stderr } = await shell(line);
    // No record is no failure of a scan; all other languages have a begin.
    t.equal(code, row.name === 'serialize' ? 0 : 1, row.name);
    t.match(stderr, row.name === 'serialize' ? /^$/ : ONE_LINE, row.name);
  });
});
