import { Readable } from 'node:stream';
import t from 'tap';
import { restoreFile } from '../../lib/jobs/restore-file.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import type { StoredFile } from '../../lib/storage/stored-file.ts';
import { GLOBALS, HEADER, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { inChunks } from '../helpers/streams.ts';

const { signal } = new AbortController();
const fileOf = (...chunks: readonly Buffer[]): StoredFile => ({
  name: 'a.asb',
  location: 'dir/a.asb',
  size: undefined,
  open: () => Readable.from(chunks),
});

/** What is taken of a file: numbers of records, and kinds of globals. */
const taken = async (file: StoredFile, skipHead = false) => {
  const seen: (number | string)[] = [];
  let told = 0;
  const read = await restoreFile(file, {
    skipHead,
    signal,
    onBytes: (more) => {
      told += more;
    },
    take: async (chunk: RecordChunk) => {
      seen.push(chunk.kind === 'records' ? chunk.length : chunk.kind);
    },
  });
  t.equal(read.bytes, told);
  return { seen, ...read };
};

t.test('all of a file, or what comes from its first record on', async (t) => {
  const kinds = [...GLOBALS.slice(1).map(() => 'index'), 'udf'];
  const all = await taken(fileOf(TEXT));
  t.strictSame(all, {
    seen: [...kinds, RECORDS.length],
    bytes: TEXT.length,
    namespace: 'test',
    records: RECORDS.length,
  });
  const pieces = await taken(fileOf(...inChunks(TEXT, 7)));
  t.strictSame(
    pieces.seen.filter((one) => typeof one === 'string'),
    kinds,
  );
  t.strictSame((await taken(fileOf(TEXT), true)).seen, [RECORDS.length]);
  const late = fileOf(HEADER, GLOBALS[0]!, RECORDS[0]!, GLOBALS[1]!);
  t.strictSame((await taken(late, true)).seen, [1, 'index'], 'a global behind a record is no head');
  t.strictSame(await taken(fileOf(Buffer.from('Version 3.1\n'))), {
    seen: [],
    bytes: 12,
    namespace: undefined,
    records: 0,
  });
});

t.test('what is wrong in it', async (t) => {
  const rows: readonly [StoredFile, string][] = [
    [fileOf(TEXT.subarray(0, -1)), 'TRUNCATED'],
    [fileOf(TEXT, Buffer.from('x')), 'FORMAT'],
    [fileOf(), 'TRUNCATED'],
    [fileOf(Buffer.from('gzip?')), 'FORMAT'],
  ];
  for (const [file, code] of rows) {
    const expected = { code, message: /^dir\/a\.asb: /, facts: { file: 'dir/a.asb' } };
    await t.rejects(taken(file), expected, code);
  }
});

t.test('what is not taken is of no file', async (t) => {
  const refusal = new Error('refused');
  const take = async () => {
    throw refusal;
  };
  await t.rejects(restoreFile(fileOf(TEXT), { take, onBytes: () => {}, signal }), refusal);
});

t.test('stopped', async (t) => {
  const abort = new AbortController();
  const take = async () => abort.abort(new Error('enough'));
  const options = { take, onBytes: () => {}, signal: abort.signal };
  await t.rejects(restoreFile(fileOf(TEXT), options), { message: 'enough' });
});
