import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { decrypt } from '../../lib/stages/decrypt.ts';
import { encrypted } from '../../lib/stages/encrypted.ts';
import { rotate } from '../../lib/stages/rotate.ts';
import { manyRecords, NEXT_HEADER, TEXT } from '../helpers/asb-text.ts';
import { memoryStorage } from '../helpers/memory-storage.ts';
import { through } from '../helpers/streams.ts';

const AES256 = { mode: 'aes256', key: new EncryptionKey(Buffer.from('secret')) } as const;

t.test('each file can be read by itself, and keeps the limit', async (t) => {
  const memory = memoryStorage();
  const fileLimit = 2000;
  const files = rotate({ storage: encrypted(memory, AES256), name: 'test', fileLimit });
  const units = [TEXT, ...manyRecords(100)];
  await pipeline(Readable.from(units), files);
  t.ok(memory.files.size > 5);
  const texts: Buffer[] = [];
  for (const bytes of memory.files.values()) {
    t.ok(bytes.length <= fileLimit);
    texts.push(Buffer.concat(await through([bytes], decrypt(AES256))));
  }
  const rest = texts.map((text, index) => (index === 0 ? text : text.subarray(NEXT_HEADER.length)));
  t.ok(Buffer.concat(rest).equals(Buffer.concat(units)));
  const counters = Array.from(memory.files.values(), (bytes) => bytes.toString('hex', 0, 16));
  t.equal(new Set(counters).size, memory.files.size, 'each has a counter of its own');
  const written = Array.from(memory.files, ([name, { length }]) => ({ name, bytes: length }));
  t.same(files.info.files, written, 'sizes are those that reach the storage');
});

t.test('all else is that of the place', async (t) => {
  const prepared: boolean[] = [];
  const memory = memoryStorage();
  const inner = {
    ...memory,
    overhead: 4,
    prepare: async ({ removeFiles }: { removeFiles: boolean }) => void prepared.push(removeFiles),
  };
  const storage = encrypted(inner, AES256);
  t.equal(storage.location, 'memory');
  t.equal(storage.overhead, 20);
  await storage.prepare({ removeFiles: true });
  t.same(prepared, [true]);
  const file = await storage.create('a');
  t.match(file, { name: 'a', location: 'memory/a' });
  await file.abort();
  const empty = await storage.create('b');
  await empty.close();
  t.equal(memory.files.get('b')?.length, 16);
  await storage.remove('b');
  t.same(memory.events, ['create a', 'abort a', 'create b', 'close b', 'closed b']);
  t.equal(memory.files.size, 0);
});

t.test('a chunk is given back when it is encrypted', async (t) => {
  const pool = new BufferPool(10, 1);
  const lent = pool.take();
  const chunk = lend(lent, 0, 10);
  lent.release();
  const file = await encrypted(memoryStorage(), AES256).create('a');
  await file.write(chunk);
  t.equal(pool.take().bytes, lent.bytes);
});
