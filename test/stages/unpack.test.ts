import { once } from 'node:events';
import { Readable } from 'node:stream';
import { constants, gzipSync } from 'node:zlib';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { Encryptor } from '../../lib/crypto/ctr.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import type { AsbError } from '../../lib/errors.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { failureLine } from '../../lib/ndjson/failure.ts';
import { unpack } from '../../lib/stages/unpack.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { manyRecords, splits, TEXT } from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable } from '../helpers/frames.ts';
import { inChunks, through } from '../helpers/streams.ts';

const unpacked = async (chunks: Iterable<Buffer>): Promise<Buffer> =>
  Buffer.concat(await through(chunks, unpack()));

const SMALL = TEXT.subarray(0, 200);
const FRAMES = Buffer.concat([
  skippable('x'),
  frame(SMALL.subarray(0, 77)),
  frame(''),
  checkedFrame(SMALL.subarray(77)),
  skippable('y', 0x184d2a5f),
]);

for (const [what, bytes] of [
  ['text', SMALL],
  ['frames', FRAMES],
] as const) {
  t.test(`${what}, however it is cut`, async (t) => {
    for (const chunks of splits(bytes)) {
      if (!(await unpacked(chunks)).equals(SMALL)) t.fail(`${chunks[0]?.length}`);
    }
    t.ok((await unpacked([bytes])).equals(SMALL), 'and whole');
  });
}

t.test('text goes on in the chunks in which it came', async (t) => {
  const chunks = [...inChunks(TEXT, 100)];
  const out = await through(chunks, unpack());
  t.equal(out.length, chunks.length);
  for (const [index, chunk] of out.entries()) t.equal(chunk, chunks[index]);
});

t.test('a chunk of frames is given back when it was read', async (t) => {
  const pool = new BufferPool(FRAMES.length, 1);
  const lent = pool.take();
  FRAMES.copy(lent.bytes);
  const chunk = lend(lent, 0, FRAMES.length);
  lent.release();
  t.ok((await unpacked([chunk])).equals(SMALL));
  t.equal(pool.take().bytes, lent.bytes);
});

t.test('a frame as long as the file streams', async (t) => {
  const long = Buffer.concat(manyRecords(20_000));
  const bytes = frame(long, { [constants.ZSTD_c_compressionLevel]: 1 });
  t.ok((await unpacked(inChunks(bytes, 65_536))).equals(long));
});

t.test('a stage that is destroyed lets go', async (t) => {
  const stage = unpack();
  Readable.from([FRAMES]).pipe(stage);
  await once(stage, 'readable');
  stage.destroy();
  await once(stage, 'close');
  t.equal(stage.destroyed, true);
});

t.test('a window that zstd does not have is refused', async (t) => {
  t.throws(() => unpack({ windowLog: 9 }), { code: 'RANGE' });
});

const ENCRYPTED = Buffer.from('6f1dd2cdbfa3f8acbd93b01f2e4b9ff0c1', 'hex');

for (const [what, bytes, code, words] of [
  ['no input', '', 'TRUNCATED', /no input/],
  ['NDJSON', '{"key":1,"bins":{}}\n', 'FORMAT', /asb serialize/],
  ['NDJSON without an end', `{"key":"${'x'.repeat(5000)}"}`, 'FORMAT', /NDJSON/],
  ['NDJSON of a stage that failed', failureLine('oops'), 'TRUNCATED', /: oops$/],
  ['the same with a long tale', failureLine('oops'.repeat(1000)), 'TRUNCATED', /oops/],
  ['something encrypted', ENCRYPTED, 'FORMAT', /--encrypt .*--encryption-key-file/],
  ['gzip', gzipSync(TEXT), 'FORMAT', /gzip -d/],
  ['xz', Buffer.from('\xfd7zXZ\0', 'latin1'), 'FORMAT', /xz -d/],
  ['bzip2', 'BZh91AY&SY', 'FORMAT', /bzip2 -d/],
  ['lz4', Buffer.from('\x04"M\x18d', 'latin1'), 'FORMAT', /lz4 -d/],
  ['any text', '<html>', 'FORMAT', /no backup; expected/],
  ['a cut-off frame', FRAMES.subarray(0, -1), 'TRUNCATED', /zstd/],
  ['the first byte of a frame', frame(TEXT).subarray(0, 1), 'TRUNCATED', /zstd/],
  ['a tail behind frames', Buffer.concat([FRAMES, Buffer.from('tail')]), 'FORMAT', /zstd/],
  ['frames of a stage that failed', framesFailure('oops'), 'TRUNCATED', /: oops$/],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    const input = Buffer.from(bytes);
    const error = { code, message: words };
    await t.rejects(unpacked([input]), error);
    await t.rejects(unpacked(inChunks(input, 1)), error, 'a byte at a time');
  });
}

t.test('the mark of a failed stage goes on as text: its reader says so', async (t) => {
  t.ok((await unpacked([textFailure('oops')])).equals(textFailure('oops')));
});

const AES256 = { mode: 'aes256', key: new EncryptionKey(Buffer.from('secret')) } as const;
const encrypted = (bytes: Buffer | string): Buffer =>
  new Encryptor(AES256).push(Buffer.from(bytes));
const decrypted = async (chunks: Iterable<Buffer>): Promise<Buffer> =>
  Buffer.concat(await through(chunks, unpack({ encryption: AES256 })));

t.test('with a key: encrypted text and frames, however they are cut', async (t) => {
  for (const bytes of [SMALL, FRAMES]) {
    for (const chunks of splits(encrypted(bytes))) {
      if (!(await decrypted(chunks)).equals(SMALL)) t.fail(`${chunks[0]?.length}`);
    }
  }
  const large = encrypted(Buffer.concat([TEXT, ...manyRecords(3000)]));
  t.equal((await decrypted(inChunks(large, 10_000))).length, large.length - 16);
});

t.test('with a key: whatever an encrypted backup begins with', async (t) => {
  // The first bytes are random: one of 256 backups begins as NDJSON does, a few as gzip.
  const begins = new Set<number>();
  while (!begins.has(0x7b)) {
    const bytes = encrypted(SMALL);
    begins.add(bytes[0]!);
    if (bytes[0] === 0x7b) t.ok((await decrypted([bytes])).equals(SMALL));
  }
});

t.test('with a key: what is not encrypted is read as it is', async (t) => {
  for (const bytes of [SMALL, FRAMES]) t.ok((await decrypted([bytes])).equals(SMALL));
});

for (const [what, bytes, code] of [
  ['another key', new Encryptor({ ...AES256, mode: 'aes128' }).push(SMALL), 'KEY'],
  ['NDJSON', Buffer.from('{"key":1,"bins":{}}\n{"key":2,"bins":{}}\n'), 'KEY'],
  ['no input', Buffer.alloc(0), 'TRUNCATED'],
  ['nothing but a counter', encrypted(''), 'TRUNCATED'],
  ['a cut-off frame', encrypted(FRAMES.subarray(0, -1)), 'TRUNCATED'],
] as const) {
  t.test(`with a key: refuses ${what}`, async (t) => {
    await t.rejects(decrypted([bytes]), { code });
    await t.rejects(decrypted(inChunks(bytes, 1)), { code }, 'a byte at a time');
  });
}

t.test('damaged frames are passed over, if somebody is told of them', async (t) => {
  const told: AsbError[] = [];
  const bytes = Buffer.concat([frame('one '), Buffer.from('oops'), frame('two')]);
  const stage = unpack({ onDamage: (damage) => told.push(damage) });
  t.equal(Buffer.concat(await through([bytes], stage)).toString(), 'one two');
  t.match(told, [{ code: 'FORMAT' }]);
  const cut = unpack({ onDamage: (damage) => told.push(damage) });
  await through([frame('one').subarray(0, -1)], cut);
  t.match(told, [{ code: 'FORMAT' }, { code: 'TRUNCATED' }]);
});
