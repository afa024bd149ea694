import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { decrypt } from '../../lib/stages/decrypt.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { HEADER, manyRecords, splits, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';
import { inChunks, through } from '../helpers/streams.ts';

const key = new EncryptionKey(Buffer.from('secret'));
const AES128 = { mode: 'aes128', key } as const;
const LARGE = Buffer.concat([HEADER, ...manyRecords(3000)]);

for (const mode of ['aes128', 'aes256'] as const) {
  t.test(`${mode}: text and frames, there and back`, async (t) => {
    for (const bytes of [TEXT, frame(TEXT), LARGE]) {
      const stages = [encrypt({ mode, key }), decrypt({ mode, key })];
      const out = await through(inChunks(bytes, 10_000), ...stages);
      t.ok(Buffer.concat(out).equals(bytes));
    }
  });
}

t.test('however it is cut', async (t) => {
  const small = TEXT.subarray(0, 60);
  for (const chunks of splits(small)) {
    const bytes = Buffer.concat(await through(chunks, encrypt(AES128)));
    t.equal(bytes.length, 16 + small.length);
    t.notOk(bytes.includes('Version'));
    t.ok(Buffer.concat(await through([bytes], decrypt(AES128))).equals(small));
  }
});

t.test('a chunk is given back when it is encrypted', async (t) => {
  const pool = new BufferPool(TEXT.length, 1);
  const lent = pool.take();
  TEXT.copy(lent.bytes);
  const chunk = lend(lent, 0, TEXT.length);
  lent.release();
  await through([chunk], encrypt(AES128));
  t.equal(pool.take().bytes, lent.bytes);
});

t.test('what is no backup, or none that is whole, is refused', async (t) => {
  const cases: [string | Buffer, string][] = [
    ['', 'TRUNCATED'],
    ['{"key":1}\n', 'FORMAT'],
    [Buffer.concat([TEXT, textFailure('oops')]), 'TRUNCATED'],
    [Buffer.concat([frame(TEXT), framesFailure('oops')]), 'TRUNCATED'],
  ];
  for (const [input, code] of cases) {
    await t.rejects(through([Buffer.from(input)], encrypt(AES128)), { code });
  }
});
