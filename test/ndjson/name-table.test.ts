import fc from 'fast-check';
import t from 'tap';
import { NameTable } from '../../lib/ndjson/name-table.ts';

t.test('names that repeat are found, few or many', async () => {
  const table = new NameTable();
  const name = fc.uint8Array({ maxLength: 2, max: 7 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 60, size: 'max' }), (names) => {
      const bytes = Buffer.concat(names);
      const seen = new Set<string>();
      let at = 0;
      table.clear();
      return names.every((one) => {
        const isNew = !seen.has(one.toString('latin1'));
        seen.add(one.toString('latin1'));
        at += one.length;
        return table.add(bytes, at - one.length, at) === isNew;
      });
    }),
    { numRuns: 300 },
  );
});

t.test('thousands of names are fast enough', async (t) => {
  const table = new NameTable();
  const names = Array.from({ length: 50_000 }, (_, index) => `n${index}`);
  const bytes = Buffer.from(names.join(''));
  let at = 0;
  t.ok(names.every((name) => table.add(bytes, at, (at += name.length))));
  t.notOk(table.add(bytes, 0, 2));
  table.clear();
  t.ok(table.add(bytes, 0, 2));
});
