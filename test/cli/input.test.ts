import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { fileInput, PIECE_SIZE, standardInput } from '../../lib/cli/input.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';

t.test('a file is read from where it stands to its end', async (t) => {
  for (const size of [0, 1, PIECE_SIZE, 5 * PIECE_SIZE + 1]) {
    const bytes = randomBytes(size + 3);
    const path = join(t.testdir(), 'file');
    writeFileSync(path, bytes);
    const fd = openSync(path, 'r');
    t.teardown(() => closeSync(fd));
    readSync(fd, Buffer.alloc(3));
    t.ok((await buffer(standardInput(fd))).equals(bytes.subarray(3)), `${size} bytes`);
  }
});

t.test('memory that is given back is used again', async (t) => {
  const path = join(t.testdir(), 'file');
  writeFileSync(path, randomBytes(20 * PIECE_SIZE));
  const fd = openSync(path, 'r');
  t.teardown(() => closeSync(fd));
  const memory = new Set<ArrayBufferLike>();
  for await (const piece of fileInput(fd)) {
    memory.add(piece.buffer);
    giveBack(piece);
  }
  t.ok(memory.size < 8, `${memory.size} pieces of memory for 20`);
});

t.test('what is no file is left to Node', (t) => {
  const fd = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(fd));
  t.equal(standardInput(fd), process.stdin);
  t.end();
});

t.test('what was closed is told', (t) => {
  // As Node opens it in place of a stream that is closed.
  const fd = openSync('/dev/null', 'r+');
  t.teardown(() => closeSync(fd));
  t.throws(() => standardInput(fd), { code: 'STORAGE', facts: { file: '-' } });
  t.end();
});

t.test('a file that cannot be read is told', async (t) => {
  const fd = openSync(t.testdir(), 'r');
  t.teardown(() => closeSync(fd));
  for (const input of [fileInput(fd), standardInput(fd)]) {
    await t.rejects(buffer(input), { code: 'STORAGE', facts: { file: '-' } });
  }
});
