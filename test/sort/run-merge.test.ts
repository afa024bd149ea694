import { rm, truncate } from 'node:fs/promises';
import t from 'tap';
import { ENTRY_HEADER_SIZE, writeHeader } from '../../lib/sort/entry.ts';
import { RunMerge } from '../../lib/sort/run-merge.ts';
import { type Run, RunWriter } from '../../lib/sort/run-writer.ts';
import { TempDirectory } from '../../lib/sort/temp-directory.ts';
import { batchOf } from './records.ts';

/** Runs of these digests, with the last bytes of theirs; the tag of their entries is the run's number. */
const runsOf = async (
  directory: TempDirectory,
  runs: readonly (readonly number[])[],
  tails: readonly number[] = [],
) => {
  const writer = new RunWriter(directory);
  const written: Run[] = [];
  for (const [source, digests] of runs.entries()) {
    await writer.begin();
    for (const digest of digests) {
      const { bytes: message } = batchOf([{ digest, tail: tails[source] ?? 0, id: 0 }]);
      const entry = Buffer.concat([Buffer.alloc(ENTRY_HEADER_SIZE), message]);
      writeHeader(entry, 0, { source, message, start: 0, end: message.length });
      writer.put(entry, 0, entry.length);
    }
    written.push(await writer.end());
  }
  return written;
};

const merged = async (runs: readonly Run[], size: number): Promise<string[]> => {
  const merge = await RunMerge.open(runs, Buffer.alloc(size));
  const found: string[] = [];
  for (let reader = merge.top; reader !== undefined; reader = merge.top) {
    found.push(`${reader.bytes.readUInt32BE(reader.at + 8)} of ${reader.rank}`);
    if (!merge.next()) await merge.load();
  }
  await merge.close();
  return found;
};

t.test('runs are read as one, the earlier of one digest first', async (t) => {
  const directory = new TempDirectory(t.testdir());
  t.teardown(() => directory.remove());
  const rows: readonly (readonly (readonly number[])[])[] = [
    [[]],
    [[], []],
    [[1, 2, 3]],
    [
      [1, 4],
      [2, 3],
    ],
    [[5], [5], [5], [5], [5]],
    [[9], [], [8, 8], [1, 9, 10], [7], [2, 8]],
    Array.from({ length: 17 }, (_, index) => [index % 5, 6 + (index % 3), 10]),
  ];
  for (const row of rows) {
    const runs = await runsOf(directory, row);
    const wanted = row
      .flatMap((digests, rank) => digests.map((digest) => ({ digest, rank })))
      .sort((a, b) => a.digest - b.digest || a.rank - b.rank)
      .map(({ digest, rank }) => `${digest} of ${rank}`);
    for (const window of [130, 1000]) {
      t.strictSame(await merged(runs, window * row.length), wanted, JSON.stringify(row));
    }
  }
});

t.test('digests that differ in their last byte only are in order', async (t) => {
  const directory = new TempDirectory(t.testdir());
  t.teardown(() => directory.remove());
  const runs = await runsOf(directory, [[5], [5], [5]], [9, 1, 9]);
  t.strictSame(await merged(runs, 1000), ['5 of 1', '5 of 0', '5 of 2']);
});

t.test('one that cannot be opened closes the others; one that was cut is told later', async (t) => {
  const directory = new TempDirectory(t.testdir());
  t.teardown(() => directory.remove());
  const runs = await runsOf(directory, [
    [1, 2],
    [1, 2],
  ]);
  await truncate(runs[1]!.path, runs[1]!.bytes - 1);
  await t.rejects(merged(runs, 260), { code: 'STORAGE', facts: { file: runs[1]!.path } });
  await rm(runs[1]!.path);
  await t.rejects(merged(runs, 260), { code: 'STORAGE', facts: { file: runs[1]!.path } });
});
