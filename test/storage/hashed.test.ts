import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { hashed } from '../../lib/storage/hashed.ts';
import { singleFile } from '../../lib/storage/single-file.ts';
import { memoryStorage } from '../helpers/memory-storage.ts';

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

t.test('knows the sum of what it stores', async (t) => {
  const storage = hashed(memoryStorage());
  const one = await storage.create('one');
  const other = await storage.create('other');
  await one.write(Buffer.from('a'));
  await other.write(Buffer.from('b'));
  t.equal(storage.sha256Of('one'), sumOf('a'));
  await one.write(Buffer.from('c'));
  t.equal(storage.sha256Of('one'), sumOf('ac'));
  await one.close();
  await other.abort();
  t.equal(storage.sha256Of('one'), sumOf('ac'), 'also when it is whole');
  t.equal(storage.sha256Of('other'), sumOf('b'));
  t.equal(storage.resume, undefined, 'goes on only where files do');
  t.equal(one.checkpoint, undefined);
});

t.test('of a file that goes on, too', async (t) => {
  const storage = hashed(singleFile(join(t.testdir(), 'f')));
  const file = await storage.create('f');
  await file.write(Buffer.from('kept'));
  await file.checkpoint?.();
  await file.abort();
  const inspected: string[] = [];
  const again = await storage.resume?.('f', 3, (chunk) => {
    inspected.push(Buffer.from(chunk).toString());
  });
  t.strictSame(inspected, ['kep']);
  t.equal(storage.sha256Of('f'), sumOf('kep'));
  await again?.write(Buffer.from('!'));
  await again?.close();
  t.equal(storage.sha256Of('f'), sumOf('kep!'));
});
