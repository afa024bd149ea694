import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import {
  extentOfBatch,
  type HoldBytesOptions,
  holdBytes,
  holdGenerated,
} from '../../lib/bench/hold.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';

const read = (bytes: Buffer, options: HoldBytesOptions = {}) =>
  holdBytes(Readable.from([bytes]), options);

t.test('generated records, up to the memory', async (t) => {
  const all = await holdGenerated({ records: 5000 }, {});
  t.match(all, { namespace: 'bench', records: 5000, isCut: false });
  const bytes = all.chunks.reduce(
    (sum, chunk) => sum + (chunk.kind === 'records' ? chunk.bytes.length : 0),
    0,
  );
  t.equal(all.bytes, bytes);
  const cut = await holdGenerated({ records: 5000 }, { memory: 1 });
  t.ok(cut.records > 0 && cut.records < 5000);
  t.ok(cut.isCut);
  const whole = await holdGenerated({ records: 5000 }, { memory: bytes });
  t.match(whole, { records: 5000, isCut: false }, 'what fits exactly is not cut');
});

t.test('a backup: text, frames, encrypted', async (t) => {
  const encryption = { mode: 'aes128', key: new EncryptionKey(Buffer.from('secret')) } as const;
  const sealed = await Readable.from([TEXT]).pipe(encrypt(encryption)).toArray();
  for (const [bytes, options] of [
    [TEXT, {}],
    [zstdCompressSync(TEXT), {}],
    [Buffer.concat(sealed), { encryption }],
  ] as const) {
    const held = await read(bytes, options);
    t.match(held, { namespace: 'test', records: RECORDS.length, isCut: false });
    t.equal(held.chunks.filter(({ kind }) => kind !== 'records').length, GLOBALS.length);
    t.equal(
      held.chunks.reduce((sum, chunk) => sum + (chunk.kind === 'records' ? chunk.length : 0), 0),
      held.records,
    );
  }
});

t.test('what comes behind the memory is not read', async (t) => {
  let given = 0;
  const source = async function* () {
    yield HEADER;
    for (;;) {
      given++;
      yield Buffer.concat(manyRecords(1000));
    }
  };
  const input = Readable.from(source());
  const held = await holdBytes(input, { memory: 1024 * 1024 });
  t.ok(held.isCut);
  t.ok(held.bytes < 2 * 1024 * 1024);
  t.ok(given < 200);
  await t.rejects(finished(input), { code: 'ABORT_ERR' });
});

t.test('what fails', async (t) => {
  await t.rejects(read(HEADER), { code: 'EMPTY' });
  await t.rejects(read(Buffer.from('Version 3.1\n')), { code: 'EMPTY' });
  await t.rejects(read(Buffer.from('something else, and long enough')), { code: 'FORMAT' });
  await t.rejects(read(TEXT.subarray(0, -1)), { code: 'TRUNCATED' });
  const reason = new Error('stopped');
  await t.rejects(holdGenerated({}, { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const { signal } = controller;
  t.match(await read(TEXT, { signal }), { records: RECORDS.length });
  await t.rejects(read(TEXT.subarray(0, -1), { signal }), { code: 'TRUNCATED' });
  const silent = holdBytes(new Readable({ read() {} }), { signal });
  controller.abort(reason);
  await t.rejects(silent, reason);
});

t.test('bytes of a batch are those of its messages', async (t) => {
  t.equal(extentOfBatch(new RecordBatch(Buffer.alloc(90), Uint32Array.of(10, 20, 25, 50))), 40);
  t.equal(extentOfBatch(new RecordBatch(Buffer.alloc(90), Uint32Array.of())), 0);
});
