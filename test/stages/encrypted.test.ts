import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { decrypt } from '../../lib/stages/decrypt.ts';
import { encrypted } from '../../lib/stages/encrypted.ts';
import { rotate } from '../../lib/stages/rotate.ts';
import { partOf } from '../../lib/storage/part.ts';
import { singleFile } from '../../lib/storage/single-file.ts';
import type { KeptFile } from '../../lib/storage/storage.ts';
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
  const continued: unknown[] = [];
  const memory = memoryStorage();
  const inner = {
    ...memory,
    overhead: 4,
    prepare: async ({ removeFiles }: { removeFiles: boolean }) => void prepared.push(removeFiles),
    prepareToContinue: async (kept: readonly KeptFile[], isOurs: (name: string) => boolean) => {
      continued.push([kept, isOurs('a')]);
    },
  };
  const storage = encrypted(inner, AES256);
  t.equal(storage.location, 'memory');
  t.equal(storage.resume, undefined, 'files do not go on where they did not');
  t.equal(storage.overhead, 20);
  await storage.prepare({ removeFiles: true });
  t.same(prepared, [true]);
  const kept = [{ name: 'a', bytes: 1 }];
  await storage.prepareToContinue(kept, () => true);
  t.same(continued, [[kept, true]]);
  const file = await storage.create('a');
  t.match(file, { name: 'a', location: 'memory/a', checkpoint: undefined });
  await file.abort();
  const empty = await storage.create('b');
  await empty.close();
  t.equal(memory.files.get('b')?.length, 16);
  await storage.remove('b');
  t.same(memory.events, ['create a', 'abort a', 'create b', 'close b', 'closed b']);
  t.equal(memory.files.size, 0);
});

t.test('goes on behind any byte, as if it had never stopped', async (t) => {
  const text = Buffer.concat([TEXT, ...manyRecords(3)]);
  for (let safe = 20; safe <= text.length; safe += 7) {
    const place = singleFile(join(t.testdir({}), 'a.asb'));
    const storage = encrypted(place, AES256);
    const cutOff = await storage.create('');
    await cutOff.write(Buffer.from(text.subarray(0, safe)));
    await cutOff.checkpoint?.();
    await cutOff.write(Buffer.from('lost'));
    await cutOff.abort();
    await storage.prepareToContinue([], () => true);
    const stored: Buffer[] = [];
    const bytes = 16 + safe;
    const file = await storage.resume?.('', bytes, (chunk) => stored.push(Buffer.from(chunk)));
    await file?.write(Buffer.from(text.subarray(safe)));
    await file?.checkpoint?.();
    await file?.close();
    const whole = readFileSync(place.location);
    t.ok(Buffer.concat(stored).equals(whole.subarray(0, bytes)), 'what is stored is inspected');
    t.ok(Buffer.concat(await through([whole], decrypt(AES256))).equals(text), `${safe} bytes`);
  }
});

t.test('does not go on with another key, or before the first byte', async (t) => {
  const place = singleFile(join(t.testdir({}), 'a.asb'));
  const cutOff = await encrypted(place, AES256).create('');
  await cutOff.write(Buffer.from(TEXT));
  await cutOff.checkpoint?.();
  await cutOff.abort();
  const before = readFileSync(partOf(place.location));
  for (const [encryption, bytes, code] of [
    [{ ...AES256, mode: 'aes128' }, 16 + TEXT.length, 'KEY'],
    [{ ...AES256, key: new EncryptionKey(Buffer.from('other')) }, 16 + TEXT.length, 'KEY'],
    [AES256, 15, 'FORMAT'],
    [AES256, 0, 'FORMAT'],
    [AES256, 17 + TEXT.length, 'TRUNCATED'],
  ] as const) {
    const resume = async () => encrypted(place, encryption).resume?.('', bytes, () => {});
    await t.rejects(resume, { code, facts: { file: String } });
  }
  t.ok(readFileSync(partOf(place.location)).equals(before), 'and what is there stays');
});

t.test('a checkpoint of a file without bytes holds its counter', async (t) => {
  const place = singleFile(join(t.testdir({}), 'a.asb'));
  const storage = encrypted(place, AES256);
  const cutOff = await storage.create('');
  await cutOff.checkpoint?.();
  await cutOff.abort();
  const file = await storage.resume?.('', 16, () => {});
  await file?.write(Buffer.from(TEXT));
  await file?.close();
  const text = await through([readFileSync(place.location)], decrypt(AES256));
  t.ok(Buffer.concat(text).equals(TEXT));
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
