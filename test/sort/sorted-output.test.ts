import t from 'tap';
import { ENTRY_HEADER_SIZE, writeHeader } from '../../lib/sort/entry.ts';
import { type Keep, type SortedBatch, SortedOutput } from '../../lib/sort/sorted-output.ts';
import { batchOf, digestOf, type Sample, wordOf, wordsOf } from './records.ts';

type Row = Sample & { readonly source: number };

const push = (output: SortedOutput, row: Row): SortedBatch | undefined => {
  const { bytes: message } = batchOf([row]);
  const entry = Buffer.concat([Buffer.alloc(ENTRY_HEADER_SIZE + 3), message]);
  writeHeader(entry, 3, { source: row.source, message, start: 0, end: message.length });
  return output.push(entry, 3);
};

const word = (row: Row): string => wordOf(digestOf(row), row.source, row.id);

t.test('of one digest the last stays, or that of each source', async (t) => {
  const rows = [
    { digest: 1, source: 0, id: 1 },
    { digest: 1, source: 0, id: 2, tail: 1 },
    { digest: 2, source: 0, id: 3 },
    { digest: 2, source: 0, id: 4, size: 900_000 },
    { digest: 2, source: 0, id: 5 },
    { digest: 2, source: 3, id: 6 },
    { digest: 2, source: 7, id: 7, size: 700_000 },
    { digest: 2, source: 7, id: 8 },
    { digest: 3, source: 7, id: 9 },
  ];
  const expected: readonly (readonly [Keep, readonly number[]])[] = [
    ['last', [1, 2, 8, 9]],
    ['last-of-each-source', [1, 2, 5, 6, 8, 9]],
  ];
  for (const [keep, ids] of expected) {
    const output = new SortedOutput(keep);
    for (const row of rows) t.equal(push(output, row), undefined, 'there is room');
    const batch = output.take()!;
    t.strictSame(wordsOf(batch), rows.filter(({ id }) => ids.includes(id)).map(word));
    t.equal(output.replaced, rows.length - ids.length);
    t.equal(output.take(), undefined);
  }
});

t.test('records of one digest are in one batch, however large', async (t) => {
  const output = new SortedOutput('last-of-each-source');
  const rows = Array.from({ length: 12 }, (_, index) => {
    return { digest: Math.floor(index / 4), source: index, id: index, size: 150_000 };
  });
  const found: string[] = [];
  for (const row of rows) {
    const batch = push(output, row);
    if (batch === undefined) continue;
    t.equal(batch.records.length, 4);
    found.push(...wordsOf(batch));
    batch.records.release();
  }
  t.strictSame([...found, ...wordsOf(output.take()!)], rows.map(word));
});

t.test('a batch that is given out keeps what it has until it is released', async (t) => {
  const output = new SortedOutput('last');
  const batches: SortedBatch[] = [];
  const rows = Array.from({ length: 40 }, (_, id) => ({
    digest: id,
    source: 0,
    id,
    size: 100_000,
  }));
  for (const row of rows) batches.push(...[push(output, row) ?? []].flat());
  batches.push(output.take()!);
  t.ok(batches.length > 5);
  t.strictSame(batches.flatMap(wordsOf), rows.map(word));
  for (const { records } of batches) records.release();
  push(output, rows[0]!);
  t.strictSame(wordsOf(output.take()!), [word(rows[0]!)]);
});
