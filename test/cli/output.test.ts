import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { Output } from '../../lib/cli/output.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';

/** Both ends of a pipe that does not block. */
const pipe = (directory: string): { reader: number; writer: number } => {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
};

t.test('all bytes reach a file', async (t) => {
  const file = join(t.testdir(), 'out');
  const fd = openSync(file, 'w');
  const output = new Output(fd);
  await output.write(Buffer.from('one '));
  await output.write(Buffer.alloc(0));
  await pipeline(Readable.from([Buffer.from('two '), Buffer.from('three')]), output.stream());
  await output.end();
  closeSync(fd);
  t.equal(readFileSync(file, 'utf8'), 'one two three');
  t.equal(output.closed, false);
});

t.test('all bytes reach a pipe that is full now and then', async (t) => {
  const { reader, writer } = pipe(t.testdir());
  const sent = Buffer.alloc(300_000, 'asb ');
  const output = new Output(writer);
  // Nothing is read before the pipe was found full, and another try put off.
  const { setTimeout: later } = globalThis;
  const full = new Promise<void>((resolve) => {
    const value = (callback: () => void, delay: number) => {
      if (delay === 1) resolve();
      return later(callback, delay);
    };
    t.intercept(globalThis, 'setTimeout', { value, configurable: true });
  });
  const written = output.write(sent);
  await full;
  const received = Buffer.alloc(sent.length);
  for (let at = 0; at < received.length; ) {
    try {
      at += readSync(reader, received, at, received.length - at, null);
    } catch (error) {
      t.match(error, { code: 'EAGAIN' });
    }
    await new Promise(setImmediate);
  }
  await written;
  await output.end();
  t.ok(received.equals(sent));
  closeSync(reader);
  closeSync(writer);
});

t.test('a reader that went away', async (t) => {
  const { reader, writer } = pipe(t.testdir());
  closeSync(reader);
  const output = new Output(writer);
  await t.rejects(output.write(Buffer.from('x')), { code: 'STORAGE', cause: { code: 'EPIPE' } });
  t.equal(output.closed, true);
  await t.resolves(output.fail(Buffer.from('poison')), 'there is nobody to tell');
  closeSync(writer);
});

t.test('a stream over a pipe', async (t) => {
  const through = new PassThrough();
  const output = new Output(through);
  await pipeline(Readable.from([Buffer.from('one '), Buffer.from('two')]), output.stream());
  t.equal(through.read()?.toString(), 'one two');

  const gone = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  const broken = new Output(gone);
  await t.rejects(broken.write(Buffer.from('x')), { code: 'STORAGE', cause: { code: 'EPIPE' } });
  t.equal(broken.closed, true);
  await t.resolves(broken.fail(Buffer.from('poison')));
});

t.test('a full disk', async (t) => {
  const fd = openSync('/dev/full', 'w');
  const output = new Output(fd);
  const written = pipeline(Readable.from([Buffer.from('x')]), output.stream());
  await t.rejects(written, { code: 'STORAGE', cause: { code: 'ENOSPC' } });
  t.equal(output.closed, false);
  closeSync(fd);
  await t.rejects(output.end(), { code: 'STORAGE', cause: { code: 'EBADF' } });
  const ended = pipeline(Readable.from([]), output.stream());
  await t.rejects(ended, { code: 'STORAGE', cause: { code: 'EBADF' } });
});

t.test('the last words come after what is being written', async (t) => {
  const file = join(t.testdir(), 'out');
  const fd = openSync(file, 'w');
  const output = new Output(fd);
  const written = output.write(Buffer.from('unit\n'));
  await output.fail(Buffer.from('! failed'));
  await written;
  closeSync(fd);
  t.equal(readFileSync(file, 'utf8'), 'unit\n! failed');
});

t.test('what has ended well gets no last words', async (t) => {
  const file = join(t.testdir(), 'out');
  const fd = openSync(file, 'w');
  const output = new Output(fd);
  await pipeline(Readable.from([Buffer.from('unit\n')]), output.stream());
  await output.fail(Buffer.from('! failed'));
  closeSync(fd);
  t.equal(readFileSync(file, 'utf8'), 'unit\n');
});

t.test('memory that was lent is given back when it is written', async (t) => {
  const file = join(t.testdir(), 'out');
  const fd = openSync(file, 'w');
  const pool = new BufferPool(4, 1);
  const lent = pool.take();
  lent.bytes.write('unit');
  const part = lend(lent, 0, 4);
  lent.release();
  await pipeline(Readable.from([part], { objectMode: false }), new Output(fd).stream());
  closeSync(fd);
  t.equal(pool.take().bytes, lent.bytes);
  t.equal(readFileSync(file, 'utf8'), 'unit');
});
