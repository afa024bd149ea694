import { Readable } from 'node:stream';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { type BackupHead, MAX_HEAD_GLOBALS, readHead } from '../../lib/jobs/backup-head.ts';
import type { StoredFile } from '../../lib/storage/stored-file.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { inChunks } from '../helpers/streams.ts';

const { signal } = new AbortController();
/** A file of these chunks; it knows whether it was closed, and how much of it was read. */
const fileOf = (chunks: Iterable<Buffer>) => {
  const state = { closed: false, read: 0 };
  const counted = function* () {
    for (const chunk of chunks) {
      state.read++;
      yield chunk;
    }
  };
  const open = () => Readable.from(counted()).once('close', () => (state.closed = true));
  const file: StoredFile = { name: 'a.asb', location: 'dir/a.asb', size: 1, open };
  return { file, state };
};

t.test('what stands before the first record, however it comes', async (t) => {
  const read = async (chunks: Iterable<Buffer>): Promise<BackupHead> => {
    const { file, state } = fileOf(chunks);
    const head = await readHead(file, { signal });
    t.ok(state.closed);
    return head;
  };
  const wanted = await read([TEXT]);
  t.equal(wanted.namespace, 'test');
  t.equal(wanted.globals.length, GLOBALS.length);
  t.strictSame(await read(inChunks(TEXT, 1)), wanted);
  t.strictSame(await read([zstdCompressSync(TEXT)]), { ...wanted, compressed: true });
  const rows: readonly [Buffer, string | undefined, number][] = [
    [HEADER, 'test', 0],
    [Buffer.from('Version 3.1\n'), undefined, 0],
    [Buffer.from('Version 3.1\n# first-file\n'), undefined, 0],
    [Buffer.concat([Buffer.from('Version 3.1\n'), RECORDS[0]!]), 'test', 0],
    [Buffer.concat([HEADER, ...GLOBALS]), 'test', GLOBALS.length],
  ];
  for (const [text, namespace, globals] of rows) {
    const head = await read([text]);
    t.strictSame([head.namespace, head.globals.length], [namespace, globals], String(text));
  }
});

t.test('no more is read than is needed', async (t) => {
  const chunks = [HEADER, ...Array.from({ length: 100 }, () => Buffer.concat(manyRecords(500)))];
  const { file, state } = fileOf(chunks);
  await readHead(file, { signal });
  t.ok(state.read < 30, `${state.read} of ${chunks.length} chunks`);
});

t.test('what is wrong, with the name of the file', async (t) => {
  const globals = Array.from({ length: MAX_HEAD_GLOBALS + 1 }, () => GLOBALS[0]!);
  const rows: readonly [readonly Buffer[], string][] = [
    [[], 'TRUNCATED'],
    [[Buffer.from('no backup')], 'FORMAT'],
    [[HEADER, Buffer.from('* x\n')], 'FORMAT'],
    [[HEADER, GLOBALS[0]!.subarray(0, -1)], 'TRUNCATED'],
    [[Buffer.concat([HEADER, ...globals])], 'LIMIT'],
  ];
  for (const [chunks, code] of rows) {
    const { file, state } = fileOf(chunks);
    const expected = { code, message: /^dir\/a\.asb: /, facts: { file: 'dir/a.asb' } };
    await t.rejects(readHead(file, { signal }), expected, code);
    t.ok(state.closed);
  }
  const broken = {
    ...fileOf([]).file,
    open: () => new Readable({ read: () => {} }).destroy(new Error('disk')),
  };
  await t.rejects(readHead(broken, { signal }), { message: 'disk' });
});

t.test('stopped', async (t) => {
  const abort = new AbortController();
  const file = {
    ...fileOf([]).file,
    open: () => new Readable({ read: () => abort.abort(new Error('enough')) }),
  };
  await t.rejects(readHead(file, { signal: abort.signal }), { message: 'enough' });
});
