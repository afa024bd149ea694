import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { localStoredFile, READ_SIZE, readPool } from '../../lib/storage/local-stored-file.ts';

/** File descriptors that this process has open for a file. */
const openFor = (path: string): number[] =>
  readdirSync('/proc/self/fd')
    .filter((fd) => {
      const link = `/proc/self/fd/${fd}`;
      return existsSync(link) && readlinkSync(link) === path;
    })
    .map(Number);

const closed = async (path: string): Promise<void> => {
  while (openFor(path).length > 0) await new Promise(setImmediate);
};

t.test('a file is read from its beginning, as often as one likes', async (t) => {
  const path = join(t.testdir(), 'a.asb');
  const content = Buffer.alloc(3 * READ_SIZE + 1, '0123456789');
  writeFileSync(path, content);
  const file = localStoredFile(path, content.length, readPool());
  t.match(file, { name: 'a.asb', location: path, size: content.length });
  for (let times = 0; times < 2; times++) t.ok((await buffer(file.open())).equals(content));
  await closed(path);
});

t.test('an empty file', async (t) => {
  const path = join(t.testdir({ 'a.asb': '' }), 'a.asb');
  t.equal((await buffer(localStoredFile(path, 0, readPool()).open())).length, 0);
});

t.test('memory that is given back is used again', async (t) => {
  const path = join(t.testdir(), 'a.asb');
  writeFileSync(path, Buffer.alloc(20 * READ_SIZE));
  const memory = new Set<ArrayBufferLike>();
  let pieces = 0;
  for await (const piece of localStoredFile(path, 0, readPool()).open()) {
    memory.add(piece.buffer);
    pieces++;
    giveBack(piece);
  }
  t.equal(pieces, 20);
  t.ok(memory.size <= 5, `${memory.size} buffers`);
});

t.test('what nobody gives back stays as it is', async (t) => {
  const path = join(t.testdir(), 'a.asb');
  writeFileSync(path, Buffer.alloc(20 * READ_SIZE));
  const memory = new Set<ArrayBufferLike>();
  for await (const piece of localStoredFile(path, 0, readPool()).open()) memory.add(piece.buffer);
  t.equal(memory.size, 20);
});

t.test('a FIFO', async (t) => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const read = buffer(localStoredFile(path, undefined, readPool()).open());
  writeFileSync(path, 'Version 3.1\n');
  t.equal((await read).toString(), 'Version 3.1\n');
});

t.test('a stream that is destroyed closes its file, also while a read is under way', async (t) => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const writer = openSync(path, constants.O_RDWR);
  const silent = localStoredFile(path, undefined, readPool()).open();
  writeSync(writer, 'x');
  silent.resume();
  await once(silent, 'data');
  silent.destroy();
  await once(silent, 'close');
  t.equal(silent.destroyed, true, 'it does not wait for the pipe');
  closeSync(writer);
  await closed(path);

  const file = join(t.testdir({ 'a.asb': 'x' }), 'a.asb');
  const unread = localStoredFile(file, 1, readPool()).open();
  unread.destroy();
  await once(unread, 'close');
  const begun = localStoredFile(file, 1, readPool()).open();
  begun.read();
  begun.destroy();
  await once(begun, 'close');
  await closed(file);
});

t.test("a file that cannot be closed is nobody's concern: it was read", async (t) => {
  const path = join(t.testdir({ 'a.asb': 'x' }), 'a.asb');
  const stream = localStoredFile(path, 1, readPool()).open();
  stream.resume();
  await once(stream, 'data');
  for (const fd of openFor(path)) closeSync(fd);
  stream.destroy();
  await once(stream, 'close');
  await new Promise(setImmediate); // what nobody catches would be heard of here
  t.equal(stream.errored, null);
});

t.test('what the file system refuses has the path', async (t) => {
  const directory = t.testdir();
  const missing = join(directory, 'a.asb');
  for (const [file, code] of [
    [missing, 'ENOENT'],
    [directory, 'EISDIR'],
  ] as const) {
    await t.rejects(buffer(localStoredFile(file, 0, readPool()).open()), {
      code: 'STORAGE',
      facts: { file },
      cause: { code },
    });
  }
  t.same(readdirSync(directory), []);
});
