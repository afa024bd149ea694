import t from 'tap';
import { BufferPool, giveBack, lend, lendNew } from '../../lib/memory/buffer-pool.ts';

t.test('a buffer is used again when its last user has released it', async (t) => {
  const pool = new BufferPool(64, 2);
  const first = pool.take();
  first.retain();
  first.release();
  t.not(pool.take().bytes, first.bytes, 'somebody still uses it');
  first.release();
  t.equal(pool.take().bytes, first.bytes);
});

t.test('no more are kept than were asked for, and none at all with 0', async (t) => {
  for (const most of [0, 1, 2]) {
    const pool = new BufferPool(64, most);
    const taken = [pool.take(), pool.take(), pool.take()];
    for (const buffer of taken) buffer.release();
    const again = new Set([pool.take().bytes, pool.take().bytes, pool.take().bytes]);
    t.equal(taken.filter(({ bytes }) => again.has(bytes)).length, most);
  }
});

t.test('a larger buffer is made, and not kept', async (t) => {
  const pool = new BufferPool(64, 2);
  const large = pool.take(65);
  t.equal(large.bytes.length, 65);
  large.release();
  t.equal(pool.take(1).bytes.length, 64, 'never a smaller one');
  t.not(pool.take(65).bytes, large.bytes);
});

t.test('what is lent goes back once, however often it is given back', async (t) => {
  const pool = new BufferPool(64, 2);
  const buffer = pool.take();
  const [head, tail] = [lend(buffer, 0, 32), lend(buffer, 32, 64)];
  buffer.release();
  giveBack(head);
  giveBack(head);
  giveBack(Buffer.alloc(8));
  t.not(pool.take().bytes, buffer.bytes, 'the tail is still out');
  giveBack(tail);
  t.equal(pool.take().bytes, buffer.bytes);
});

t.test('new memory is freed when it is given back', async (t) => {
  const alone = Buffer.from(new ArrayBuffer(8));
  const lent = lendNew(alone);
  t.equal(lent.length, 8);
  giveBack(lent);
  t.equal(alone.buffer.byteLength, 0);
});

t.test('new memory that others use, too, is left alone', async (t) => {
  const memory = new ArrayBuffer(8);
  const shared = Buffer.from(new SharedArrayBuffer(8));
  for (const bytes of [Buffer.from(memory, 0, 4), Buffer.from(memory, 4), shared]) {
    const lent = lendNew(bytes);
    t.equal(lent, bytes);
    giveBack(lent);
    t.not(bytes.length, 0);
  }
});
