import { finished } from 'node:stream/promises';
import t from 'tap';
import type { SharedPiece } from '../../lib/jobs/piece-sink.ts';
import { PIECES_IN_FLIGHT, PieceSink, SHARED_PIECE_SIZE } from '../../lib/jobs/piece-sink.ts';
import { BufferPool, lend } from '../../lib/memory/buffer-pool.ts';
import { Extent, noteExtent } from '../../lib/record/extent.ts';

/** A sink, and what it has posted. */
const sinkAndPosts = () => {
  const posts: SharedPiece[] = [];
  const sink = new PieceSink((piece) => posts.push(piece));
  return { posts, sink };
};
const textOf = ({ bytes }: SharedPiece): string => Buffer.from(bytes).toString();
const settled = () => new Promise(setImmediate);

t.test('pieces go while others have room, and what waits is joined', async (t) => {
  const { posts, sink } = sinkAndPosts();
  for (let index = 0; index < 10; index++) sink.write(`${index};`);
  sink.end();
  await settled();
  t.strictSame(posts.map(textOf), ['0;', '1;', '2;', '3;']);
  sink.taken([]);
  sink.taken([]);
  await finished(sink);
  t.strictSame(posts.slice(4).map(textOf), ['4;', '5;6;7;8;9;']);
  t.ok(posts.every(({ bytes }) => bytes.buffer instanceof SharedArrayBuffer));

  const { posts: few, sink: stalled } = sinkAndPosts();
  const large = Buffer.alloc(SHARED_PIECE_SIZE - 10, 'x');
  for (let index = 0; index < PIECES_IN_FLIGHT + 3; index++) stalled.write(large);
  await settled();
  t.equal(few.length, PIECES_IN_FLIGHT, 'not joined beyond the size of a piece');
  for (let taken = 1; taken < 3; taken++) {
    stalled.taken([]);
    await settled();
    t.equal(few.length, PIECES_IN_FLIGHT + taken);
  }
});

t.test('memory is used again when it is back', async (t) => {
  const { posts, sink } = sinkAndPosts();
  const memories = new Set<SharedArrayBuffer>();
  for (let index = 0; index < 100; index++) {
    sink.write('text');
    await settled();
    const { id, bytes } = posts[index]!;
    memories.add(bytes.buffer);
    sink.taken([id]);
  }
  t.equal(memories.size, 1);
});

t.test(
  'who never says that memory is back gets new one, and nothing is kept for him',
  async (t) => {
    const { posts, sink } = sinkAndPosts();
    for (let index = 0; index < 50; index++) {
      sink.write('text');
      await settled();
      sink.taken([]);
    }
    t.equal(new Set(posts.map(({ bytes }) => bytes.buffer)).size, 50);
    // So late that it is not known any more; and what nobody knows.
    sink.write('text');
    sink.taken([0, 99]);
    sink.write('more');
    await settled();
    t.equal(new Set(posts.map(({ bytes }) => bytes.buffer)).size, 52);
  },
);

t.test('what is larger than a piece has memory of its own, which is not kept', async (t) => {
  const { posts, sink } = sinkAndPosts();
  for (let index = 0; index < 2; index++) {
    sink.write(Buffer.alloc(SHARED_PIECE_SIZE + 1, 'x'));
    await settled();
    sink.taken([index]);
  }
  t.strictSame(
    posts.map(({ bytes }) => bytes.length),
    [SHARED_PIECE_SIZE + 1, SHARED_PIECE_SIZE + 1],
  );
  t.not(posts[0]?.bytes.buffer, posts[1]?.bytes.buffer);
});

t.test('notes go with it, and lent chunks are given back', async (t) => {
  const { posts, sink } = sinkAndPosts();
  const pool = new BufferPool(16, 1);
  const memory = pool.take();
  const chunks = ['one', 'two'].map((text, index) => {
    const chunk = lend(memory, index * 8, index * 8 + memory.bytes.write(text, index * 8));
    const extent = new Extent();
    extent.record(Buffer.alloc(20, index + 1), 0);
    extent.settle();
    noteExtent(chunk, extent);
    return chunk;
  });
  memory.release();
  sink.cork();
  for (const chunk of chunks) sink.write(chunk);
  sink.write('three');
  sink.uncork();
  await settled();
  t.strictSame(posts.map(textOf), ['onetwothree']);
  t.match(posts[0]?.extent, { records: 2, indexes: 0, udfs: 0 });
  t.equal(posts[0]?.extent?.digests.length, 40);
  t.equal(pool.take().bytes, memory.bytes);
});
