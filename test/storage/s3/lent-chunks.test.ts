import t from 'tap';
import { BufferPool, lend } from '../../../lib/memory/buffer-pool.ts';
import { LentChunks } from '../../../lib/storage/s3/lent-chunks.ts';

t.test('what begins before a part ends is given back, and nothing else', (t) => {
  const pool = new BufferPool(10, 10);
  const lent = new LentChunks();
  const memory = [0, 1, 2].map(() => {
    const buffer = pool.take();
    lent.add(lend(buffer, 0, 10));
    buffer.release();
    return buffer.bytes;
  });
  const free = () => [...memory].filter((bytes) => taken().includes(bytes)).length;
  const taken = () => {
    const buffers = [0, 1, 2].map(() => pool.take());
    for (const buffer of buffers) buffer.release();
    return buffers.map(({ bytes }) => bytes);
  };
  t.equal(free(), 0);
  lent.giveBackUpTo(11);
  t.equal(free(), 2, 'the second reaches over the end, and was copied with the part');
  lent.giveBackUpTo(20);
  t.equal(free(), 2, 'the third begins there');
  lent.giveBackUpTo(Infinity);
  t.equal(free(), 3);
  t.end();
});
