import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { Encryptor } from '../../lib/crypto/ctr.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { DECRYPTED_MAGIC_SIZE, decrypt, decryptedContentOf } from '../../lib/stages/decrypt.ts';
import { splits, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';
import { through } from '../helpers/streams.ts';

const key = new EncryptionKey(Buffer.from('secret'));
const AES256 = { mode: 'aes256', key } as const;
const encrypted = (bytes: string | Buffer): Buffer =>
  new Encryptor(AES256).push(Buffer.from(bytes));
const SMALL = TEXT.subarray(0, 60);

t.test('however it is cut', async (t) => {
  for (const bytes of [SMALL, frame(SMALL)]) {
    for (const chunks of splits(encrypted(bytes))) {
      t.ok(Buffer.concat(await through(chunks, decrypt(AES256))).equals(bytes));
    }
  }
});

t.test('a chunk is given back when it is decrypted', async (t) => {
  const bytes = encrypted(TEXT);
  const pool = new BufferPool(bytes.length, 1);
  const lent = pool.take();
  bytes.copy(lent.bytes);
  const chunk = lend(lent, 0, bytes.length);
  lent.release();
  t.ok(Buffer.concat(await through([chunk], decrypt(AES256))).equals(TEXT));
  t.equal(pool.take().bytes, lent.bytes);
});

for (const [what, bytes, code, words] of [
  ['another key', new Encryptor({ mode: 'aes128', key }).push(SMALL), 'KEY', /key or mode/],
  ['what was never a backup', encrypted('{"key":1}\n'), 'KEY', /key or mode/],
  ['plain text', SMALL, 'FORMAT', /not encrypted/],
  ['plain frames', frame(SMALL), 'FORMAT', /not encrypted/],
  ['no input', Buffer.alloc(0), 'TRUNCATED', /no input/],
  ['less than a counter', encrypted(SMALL).subarray(0, 3), 'TRUNCATED', /3 bytes/],
  ['nothing but a counter', encrypted(''), 'TRUNCATED', /16 bytes/],
  ['a stage that failed before it had a key', textFailure('no key'), 'TRUNCATED', /: no key$/],
] as const) {
  t.test(`${what} is told, and nothing is given out`, async (t) => {
    for (const chunks of splits(bytes)) {
      const stage = decrypt(AES256);
      let given = 0;
      stage.on('data', (chunk: Buffer) => (given += chunk.length));
      await t.rejects(through(chunks, stage), { code, message: words });
      t.equal(given, 0);
    }
  });
}

t.test('the first bytes tell what is in it', async (t) => {
  const heads = [
    [SMALL, 'text'],
    [frame(SMALL), 'frames'],
    [Buffer.from('{"key":1}'), 'ndjson'],
    [Buffer.from('asb!'), 'unknown'],
  ] as const;
  for (const [bytes, content] of heads) {
    const head = encrypted(bytes).subarray(0, DECRYPTED_MAGIC_SIZE);
    t.equal(decryptedContentOf(head, AES256), content);
    t.equal(decryptedContentOf(head.subarray(0, -1), AES256), 'unknown');
  }
});
