/** What is written and read again is the same bytes, also with jq between. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { NdjsonReader } from '../../lib/ndjson/reader.ts';
import { NdjsonWriter } from '../../lib/ndjson/writer.ts';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { arbitraryBatch } from './arbitrary.ts';

const linesOf = (...chunks: RecordChunk[]): string[] => {
  const writer = new NdjsonWriter();
  const text = Buffer.concat(chunks.flatMap((chunk) => writer.write(chunk))).toString();
  return text.split('\n').slice(0, -1);
};

const bytesOf = (chunks: readonly RecordChunk[]): Buffer =>
  Buffer.concat(chunks.map((chunk) => (chunk.kind === 'records' ? chunk.bytes : Buffer.alloc(0))));

const read = (lines: readonly string[]): RecordChunk[] => {
  const reader = new NdjsonReader({ namespace: 'test' });
  return [...lines.flatMap((line) => [...reader.push(line)]), ...reader.end()];
};

/** What jq does to a line, as far as JavaScript can do it. */
const likeJq = (line: string): string => JSON.stringify(JSON.parse(line));

const jq = (lines: readonly string[]): string[] =>
  execFileSync('jq', ['-c', '.'], {
    input: lines.map((line) => `${line}\n`).join(''),
    maxBuffer: 1024 * 1024 * 1024,
  })
    .toString()
    .split('\n')
    .slice(0, -1);

const hasJq = ((): boolean => {
  try {
    return execFileSync('jq', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

t.test('a batch comes back to the same bytes, also after jq', async (t) => {
  const written: string[] = [];
  const batches: RecordBatch[] = [];
  fc.assert(
    fc.property(arbitraryBatch, (batch) => {
      const lines = linesOf(batch);
      written.push(...lines);
      batches.push(batch);
      return (
        bytesOf(read(lines)).equals(batch.bytes) &&
        bytesOf(read(lines.map(likeJq))).equals(batch.bytes)
      );
    }),
    { numRuns: 100 },
  );
  const passed = hasJq ? jq(written) : written.map(likeJq);
  t.equal(passed.length, written.length);
  t.ok(bytesOf(read(passed)).equals(bytesOf(batches)));
});

t.test('every character, and the ends of the doubles, come through jq', async (t) => {
  const builder = new BatchBuilder('test');
  for (let first = 0; first < 0x110000; first += 0x1000) {
    let text = '';
    for (let code = first; code < first + 0x1000; code++) {
      if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code);
    }
    builder.add({ key: first, bins: { text } });
  }
  const ends = [5e-324, 2.225073858507201e-308, 2.2250738585072014e-308, 4503599627370495.5];
  builder.add({
    key: 'doubles',
    bins: { ends, more: [0.1 + 0.2, 1 / 3, 1e-7, 123456789012345.67] },
  });
  const batch = builder.build();
  const lines = linesOf(batch);
  t.ok(bytesOf(read(lines)).equals(batch.bytes));
  t.ok(bytesOf(read(lines.map(likeJq))).equals(batch.bytes));
  t.ok(bytesOf(read(hasJq ? jq(lines) : lines)).equals(batch.bytes));
});
