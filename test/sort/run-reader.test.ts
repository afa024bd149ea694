import { readdir, truncate, writeFile } from 'node:fs/promises';
import t from 'tap';
import { ENTRY_HEADER_SIZE, messageSizeOf, writeHeader } from '../../lib/sort/entry.ts';
import { RunReader } from '../../lib/sort/run-reader.ts';
import type { Run } from '../../lib/sort/run-writer.ts';
import { batchOf } from './records.ts';

/** Entries in these sizes, one behind the other. */
const entriesOf = (sizes: readonly number[]): Buffer[] =>
  sizes.map((size, index) => {
    const { bytes: message } = batchOf([{ digest: index, id: index, size }]);
    const entry = Buffer.concat([Buffer.alloc(ENTRY_HEADER_SIZE), message]);
    writeHeader(entry, 0, { source: 0, message, start: 0, end: message.length });
    return entry;
  });

const runOf = async (path: string, entries: readonly Buffer[]): Promise<Run> => {
  const bytes = Buffer.concat(entries);
  await writeFile(path, bytes);
  return { path, bytes: bytes.length };
};

const readAll = async (run: Run, size: number): Promise<Buffer[]> => {
  const reader = await RunReader.open(run, Buffer.alloc(size), 0);
  const found: Buffer[] = [];
  try {
    while (!reader.done) {
      const { bytes, at } = reader;
      const end = at + ENTRY_HEADER_SIZE + messageSizeOf(bytes, at);
      found.push(reader.isWhole ? Buffer.from(bytes.subarray(at, end)) : await reader.large());
      if (!reader.next()) await reader.load();
    }
  } finally {
    await reader.close();
  }
  return found;
};

t.test('a run is read through windows of any size', async (t) => {
  const path = `${t.testdir()}/run`;
  const entries = entriesOf([0, 5, 0, 300, 0, 0, 1, 100, 40]);
  const run = await runOf(path, entries);
  const most = Math.max(...entries.map(({ length }) => length));
  const sizes = Array.from({ length: most }, (_, index) => ENTRY_HEADER_SIZE + 1 + index);
  for (const size of [...sizes, run.bytes, run.bytes + 1]) {
    const found = await readAll(run, size);
    t.ok(Buffer.concat(found).equals(Buffer.concat(entries)), `window of ${size} bytes`);
  }
});

t.test('an empty run is done at once', async (t) => {
  const run = await runOf(`${t.testdir()}/run`, []);
  t.strictSame(await readAll(run, 100), []);
});

t.test('a run that was cut is told, wherever', async (t) => {
  const path = `${t.testdir()}/run`;
  const run = await runOf(path, entriesOf([0, 200, 0]));
  for (const size of [40, 150, 1000]) {
    for (const length of [run.bytes - 1, run.bytes - 100, ENTRY_HEADER_SIZE, 1, 0]) {
      await runOf(path, entriesOf([0, 200, 0]));
      await truncate(path, length);
      await t.rejects(readAll(run, size), { code: 'STORAGE', facts: { file: path } });
    }
  }
});

t.test('a run whose sizes are wrong is told', async (t) => {
  const path = `${t.testdir()}/run`;
  const entries = entriesOf([0, 0]);
  for (const [which, size] of [
    [1, 1000],
    [0, 0xffffffff],
    [1, 0],
    [1, entries[1]!.length - ENTRY_HEADER_SIZE - 5],
  ] as const) {
    const run = await runOf(path, entries);
    const bytes = Buffer.concat(entries);
    bytes.writeUInt32BE(size, which * entries[0]!.length);
    await writeFile(path, bytes);
    await t.rejects(readAll(run, 100), { code: 'STORAGE', facts: { file: path } });
  }
});

t.test('a file that is not there, or none', async (t) => {
  const path = t.testdir({ directory: {} });
  const window = Buffer.alloc(100);
  const missing = { path: `${path}/run`, bytes: 1 };
  await t.rejects(RunReader.open(missing, window, 0), { code: 'STORAGE' });
  const wrong = { path: `${path}/directory`, bytes: 1 };
  await t.rejects(RunReader.open(wrong, window, 0), { code: 'STORAGE' });
  t.strictSame(await readdir(path), ['directory']);
});
