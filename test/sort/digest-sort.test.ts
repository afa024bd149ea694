import { deepStrictEqual } from 'node:assert/strict';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { DigestSort, MAX_SORT_MEMORY, MIN_SORT_MEMORY } from '../../lib/sort/digest-sort.ts';
import type { Keep } from '../../lib/sort/sorted-output.ts';
import { batchOf, digestOf, type Sample, wordOf, wordsOf } from './records.ts';

type Row = Sample & { readonly source: number };

const sample = fc.record({
  digest: fc.nat(30),
  tail: fc.nat(2),
  id: fc.nat(250),
  size: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(3000) }),
  source: fc.nat(3),
});

/** What a sort should give: the plain way. */
const plainSort = (rows: readonly Row[], keep: Keep): string[] => {
  const sorted = rows
    .map((row, index) => ({ ...row, index, bytes: digestOf(row) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes) || a.index - b.index);
  return sorted
    .filter(({ bytes, source }, index) => {
      const next = sorted[index + 1];
      if (next === undefined || !next.bytes.equals(bytes)) return true;
      return keep === 'last-of-each-source' && next.source !== source;
    })
    .map(({ bytes, source, id }) => wordOf(bytes, source, id));
};

const sortAll = async (sort: DigestSort, rows: readonly Row[]): Promise<string[]> => {
  const found: string[] = [];
  for (const row of rows) await sort.add(batchOf([row]), row.source);
  for await (const batch of sort.sorted()) {
    found.push(...wordsOf(batch));
    batch.records.release();
  }
  return found;
};

t.test('any records are sorted as by a plain sort, with any memory', async (t) => {
  const tempDirectory = t.testdir();
  await fc.assert(
    fc.asyncProperty(
      fc.array(sample, { maxLength: 80 }),
      fc.constantFrom<Keep>('last', 'last-of-each-source'),
      fc.constantFrom(MIN_SORT_MEMORY, 2000, 5000, 1024 * 1024),
      async (rows, keep, memory) => {
        const sort = new DigestSort({ memory, keep, tempDirectory });
        const found = await sortAll(sort, rows).finally(() => sort.close());
        const { records, replaced } = sort.info;
        deepStrictEqual(found, plainSort(rows, keep));
        deepStrictEqual([records, replaced], [rows.length, rows.length - found.length]);
      },
    ),
    { numRuns: 60 },
  );
  t.strictSame(await readdir(tempDirectory), []);
});

t.test('many runs, and several passes over them', async (t) => {
  const tempDirectory = t.testdir();
  const rows = Array.from({ length: 3000 }, (_, id) => {
    return { digest: (id * 7919) % 1000, id: id & 0xff, source: id % 3, size: id % 50 };
  });
  for (const memory of [4096, 1024 * 1024]) {
    const sort = new DigestSort({ memory, keep: 'last-of-each-source', tempDirectory });
    t.strictSame(await sortAll(sort, rows), plainSort(rows, 'last-of-each-source'));
    const { runs, bytes } = sort.info;
    if (memory === 4096) t.ok(runs > 200 && bytes > 1_000_000, `${runs} runs`);
    else t.same({ runs, bytes }, { runs: 0, bytes: 0 }, 'all in memory');
    await sort.close();
  }
  t.strictSame(await readdir(tempDirectory), []);
});

t.test('batches are full, and not one for each record', async (t) => {
  const tempDirectory = t.testdir();
  const rows = Array.from({ length: 40 }, (_, id) => ({ digest: id, id, source: 0, size: 60_000 }));
  for (const memory of [300_000, 2_000_000, 10_000_000]) {
    const sort = new DigestSort({ memory, keep: 'last', tempDirectory });
    for (const row of rows) await sort.add(batchOf([row]), 0);
    const lengths: number[] = [];
    for await (const { records } of sort.sorted()) lengths.push(records.length);
    await sort.close();
    t.equal(lengths.length, 6);
    t.equal(
      lengths.reduce((sum, length) => sum + length, 0),
      40,
    );
  }
});

t.test('records larger than the memory', async (t) => {
  const tempDirectory = t.testdir();
  const rows = Array.from({ length: 8 }, (_, id) => {
    return { digest: 100 - (id % 5), id, source: 0, size: id % 2 === 0 ? 3_000_000 : 10 };
  });
  const sort = new DigestSort({ memory: MIN_SORT_MEMORY, keep: 'last', tempDirectory });
  t.strictSame(await sortAll(sort, rows), plainSort(rows, 'last'));
  await sort.close();
});

t.test('a sort that is left early leaves nothing', async (t) => {
  const tempDirectory = t.testdir();
  const rows = Array.from({ length: 200 }, (_, id) => ({ digest: id, id, source: 0, size: 9000 }));
  for (const stage of ['none', 'added', 'begun'] as const) {
    const sort = new DigestSort({ memory: 20_000, keep: 'last', tempDirectory });
    if (stage !== 'none') for (const row of rows) await sort.add(batchOf([row]), 0);
    if (stage === 'begun') for await (const _ of sort.sorted()) break;
    t.equal((await readdir(tempDirectory)).length, stage === 'none' ? 0 : 1);
    await sort.close();
    t.strictSame(await readdir(tempDirectory), []);
  }
});

t.test('runs that are changed under it are told, and removed', async (t) => {
  const tempDirectory = t.testdir();
  const rows = Array.from({ length: 50 }, (_, id) => ({ digest: id, id, source: 0 }));
  const sort = new DigestSort({ memory: MIN_SORT_MEMORY, keep: 'last', tempDirectory });
  for (const row of rows) await sort.add(batchOf([row]), 0);
  const [directory = ''] = await readdir(tempDirectory);
  const [run = ''] = await readdir(join(tempDirectory, directory));
  await truncate(join(tempDirectory, directory, run), 10);
  await t.rejects(sortAll(sort, []), { code: 'STORAGE' });
  await sort.close();
  t.strictSame(await readdir(tempDirectory), []);
});

t.test('without a place for runs', async (t) => {
  const tempDirectory = join(t.testdir(), 'none');
  const options = { memory: MIN_SORT_MEMORY, keep: 'last', tempDirectory } as const;
  const few = [{ digest: 1, id: 1, source: 0 }];
  const small = new DigestSort(options);
  t.strictSame(await sortAll(small, few), plainSort(few, 'last'), 'none is needed');
  await small.close();
  const many = Array.from({ length: 100 }, (_, id) => ({ digest: id, id, source: 0 }));
  const sort = new DigestSort(options);
  await t.rejects(sortAll(sort, many), { code: 'STORAGE', facts: { file: tempDirectory } });
  await sort.close();
});

t.test('what cannot be sorted', async (t) => {
  for (const memory of [MIN_SORT_MEMORY - 1, MAX_SORT_MEMORY + 1, Number.NaN]) {
    t.throws(() => new DigestSort({ memory, keep: 'last' }), { code: 'RANGE' });
  }
  const sort = new DigestSort({ keep: 'last' });
  const writer = new MessageWriter();
  writer.begin();
  const end = writer.end();
  const batch = new RecordBatch(writer.take(), Uint32Array.of(0, end));
  await t.rejects(sort.add(batch, 0), { code: 'FORMAT' });
  await sort.close();
});
