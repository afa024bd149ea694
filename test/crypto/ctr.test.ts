import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { type Beginning, COUNTER_SIZE, Decryptor, Encryptor } from '../../lib/crypto/ctr.ts';
import { type Encryption, EncryptionKey } from '../../lib/crypto/key.ts';
import { splits } from '../helpers/asb-text.ts';

const SECRET = Buffer.from('secret');
const key = new EncryptionKey(SECRET);
const MODES = ['aes128', 'aes256'] as const;
const BEGINNING: Beginning = { size: 4, accepts: (bytes) => bytes.toString() === 'asb!' };
const TEXT = Buffer.from('asb! and 16 bytes, and more than these');

const encrypted = (encryption: Encryption, chunks: Iterable<Uint8Array>): Buffer => {
  const encryptor = new Encryptor(encryption);
  const out = Array.from(chunks, (chunk) => encryptor.push(chunk));
  return Buffer.concat([...out, encryptor.end()]);
};
const decrypted = (encryption: Encryption, chunks: Iterable<Uint8Array>): Buffer => {
  const decryptor = new Decryptor(encryption, BEGINNING);
  const out = Array.from(chunks, (chunk) => decryptor.push(chunk));
  decryptor.end();
  return Buffer.concat(out);
};

/** The framing once more, a block at a time, as asbackup's description has it. */
const byBlocks = (mode: (typeof MODES)[number], counter: bigint, plain: Buffer): Buffer => {
  const size = mode === 'aes128' ? 16 : 32;
  const hash = createHash('sha256').update(SECRET).digest().subarray(0, size);
  const blockOf = (value: bigint): Buffer => {
    const cipher = createCipheriv(`aes-${size * 8}-ecb`, hash, null).setAutoPadding(false);
    const bits = BigInt.asUintN(128, value);
    return cipher.update(Buffer.from(bits.toString(16).padStart(32, '0'), 'hex'));
  };
  const blocks = [blockOf(counter)];
  for (let at = 0, value = counter + 1n; at < plain.length; at += COUNTER_SIZE, value++) {
    const stream = blockOf(value);
    blocks.push(
      Buffer.from(plain.subarray(at, at + COUNTER_SIZE).map((byte, i) => byte ^ stream[i]!)),
    );
  }
  return Buffer.concat(blocks);
};

for (const mode of MODES) {
  t.test(`${mode}: there and back, however it is cut`, async (t) => {
    for (const chunks of splits(TEXT)) {
      const bytes = encrypted({ mode, key }, chunks);
      t.equal(bytes.length, COUNTER_SIZE + TEXT.length);
      t.ok(decrypted({ mode, key }, [bytes]).equals(TEXT));
    }
    const bytes = encrypted({ mode, key }, [TEXT]);
    for (const chunks of splits(bytes)) t.ok(decrypted({ mode, key }, chunks).equals(TEXT));
  });

  t.test(`${mode}: the counter is carried over all of its bits`, async (t) => {
    const long = Buffer.concat([TEXT, Buffer.alloc(5000, 'x')]);
    for (const counter of [0n, 2n ** 128n - 1n, 2n ** 128n - 3n, 2n ** 64n - 2n, 2n ** 32n - 1n]) {
      const bytes = byBlocks(mode, counter, long);
      t.ok(decrypted({ mode, key }, [bytes]).equals(long), `${counter}`);
    }
  });
}

for (const mode of MODES) {
  t.test(`${mode}: goes on at every place, as if in one go`, async (t) => {
    for (const counter of [5n, 2n ** 128n - 1n, 2n ** 128n - 2n, 2n ** 64n - 2n]) {
      const whole = byBlocks(mode, counter, TEXT);
      for (let bytes = COUNTER_SIZE; bytes <= whole.length; bytes++) {
        const head = whole.subarray(0, counter % 2n === 0n ? COUNTER_SIZE : bytes);
        const encryptor = new Encryptor({ mode, key }, { head, bytes });
        const rest = TEXT.subarray(bytes - COUNTER_SIZE);
        const pieces = [rest.subarray(0, 3), rest.subarray(3)].map((piece) =>
          encryptor.push(piece),
        );
        const all = [whole.subarray(0, bytes), ...pieces, encryptor.end()];
        t.ok(Buffer.concat(all).equals(whole), `${counter}, ${bytes} bytes`);
      }
    }
  });
}

t.test('each stream has a counter of its own', async (t) => {
  const encryption = { mode: 'aes128', key } as const;
  const heads = Array.from({ length: 100 }, () => encrypted(encryption, []).toString('hex'));
  t.equal(new Set(heads).size, 100);
  for (const head of heads) t.equal(head.length, 2 * COUNTER_SIZE);
});

t.test('a chunk is not needed any more when it was pushed', async (t) => {
  const encryption = { mode: 'aes256', key } as const;
  const chunk = Buffer.from(TEXT);
  const encryptor = new Encryptor(encryption);
  const bytes = encryptor.push(chunk);
  chunk.fill(0);
  const decryptor = new Decryptor(encryption, BEGINNING);
  const first = Buffer.from(bytes.subarray(0, 10));
  t.equal(decryptor.push(first).length, 0);
  first.fill(0);
  t.ok(decryptor.push(bytes.subarray(10)).equals(TEXT));
});

t.test('another key or mode gives nothing out', async (t) => {
  const bytes = encrypted({ mode: 'aes128', key }, [TEXT]);
  const others: Encryption[] = [
    { mode: 'aes256', key },
    { mode: 'aes128', key: new EncryptionKey(Buffer.from('Secret')) },
  ];
  for (const other of others) {
    for (const chunks of splits(bytes)) {
      t.throws(() => decrypted(other, chunks), { code: 'KEY', facts: { offset: 0 } });
    }
  }
});

t.test('what ends before its beginning is cut off', async (t) => {
  const encryption = { mode: 'aes128', key } as const;
  const bytes = encrypted(encryption, [TEXT]);
  for (let size = 0; size < COUNTER_SIZE + BEGINNING.size; size++) {
    const cut = () => decrypted(encryption, [bytes.subarray(0, size)]);
    t.throws(cut, { code: 'TRUNCATED', facts: { offset: size } }, `${size} bytes`);
  }
});

t.test('any bytes', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 50 }), (plain, size) => {
      const encryption = { mode: 'aes256', key } as const;
      const all = Buffer.concat([TEXT, ...plain]);
      const bytes = encrypted(encryption, [TEXT, ...plain]);
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      return decrypted(encryption, cut).equals(all);
    }),
  );
});
