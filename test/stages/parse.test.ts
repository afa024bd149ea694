import { once } from 'node:events';
import { Readable } from 'node:stream';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { parse } from '../../lib/stages/parse.ts';
import { serialize } from '../../lib/stages/serialize.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { inChunks, through } from '../helpers/streams.ts';

/** What was parsed, as `serialize` writes it. */
const again = async (chunks: readonly RecordChunk[]): Promise<Buffer> =>
  Buffer.concat(await through(chunks, serialize({ namespace: 'test' })));

t.test('text in, however it is cut, records and globals out', async (t) => {
  const whole = await again(await through<RecordChunk>([TEXT], parse()));
  for (const size of [1, 7, 100, 1000]) {
    const stage = parse();
    const chunks = await through<RecordChunk>(inChunks(TEXT, size), stage);
    t.ok((await again(chunks)).equals(whole), `${size}`);
    const { records, indexes, udfs, bytes } = stage.info;
    t.equal(records, RECORDS.length);
    t.equal(indexes + udfs, GLOBALS.length);
    t.equal(bytes, TEXT.length);
  }
});

t.test('text is given back when it was read', async (t) => {
  const pool = new BufferPool(TEXT.length, 1);
  const lent = pool.take();
  TEXT.copy(lent.bytes);
  const chunk = lend(lent, 0, TEXT.length);
  lent.release();
  await through([chunk], parse());
  t.equal(pool.take().bytes, lent.bytes);
});

t.test('it waits for who reads', async (t) => {
  const text = Buffer.concat([HEADER, ...manyRecords(50_000)]);
  const stage = parse({ reuseMemory: true });
  Readable.from(inChunks(text, 64 * 1024)).pipe(stage);
  await once(stage, 'readable');
  for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
  t.ok(
    stage.info.bytes < text.length / 2,
    `${stage.info.bytes} of ${text.length} bytes were taken`,
  );
  stage.destroy();
});

for (const [what, text, code] of [
  ['no input', '', 'TRUNCATED'],
  ['a cut-off record', TEXT.subarray(0, -1), 'TRUNCATED'],
  ['what is no .asb', 'hello', 'FORMAT'],
  ['a failure of an earlier stage', Buffer.concat([TEXT, textFailure('oops')]), 'TRUNCATED'],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    await t.rejects(through([Buffer.from(text)], parse()), { code });
    const named = parse({ file: 'a.asb' });
    await t.rejects(through([Buffer.from(text)], named), { code, facts: { file: 'a.asb' } });
  });
}

t.test('what was whole before damage is given out', async (t) => {
  const stage = parse();
  const records: number[] = [];
  stage.on('data', (chunk: RecordChunk) => {
    if (chunk.kind === 'records') records.push(chunk.length);
  });
  Readable.from([HEADER, ...RECORDS, Buffer.from('damage')]).pipe(stage);
  await t.rejects(new Promise((_, reject) => stage.on('error', reject)), { code: 'FORMAT' });
  t.equal(
    records.reduce((sum, count) => sum + count, 0),
    RECORDS.length,
  );
});

t.test('salvage goes on behind damage', async (t) => {
  const gaps: unknown[] = [];
  const [first, ...rest] = manyRecords(3);
  const stage = parse({ salvage: true, onGap: (gap) => gaps.push(gap) });
  const chunks = await through<RecordChunk>([HEADER, first, 'damage\n', ...rest], stage);
  t.match(stage.info, { records: 3, gaps: 1, gapBytes: 7 });
  t.match(gaps, [{ offset: HEADER.length + first!.length, length: 7, error: { code: 'FORMAT' } }]);
  t.equal(
    chunks.reduce((sum, chunk) => sum + (chunk.kind === 'records' ? chunk.length : 0), 0),
    3,
  );
});
