import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { BufferPool } from '../../lib/memory/buffer-pool.ts';
import { FrameEncoder } from '../../lib/zstd/frame-encoder.ts';
import { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { walkAll } from '../helpers/frames.ts';

const pool = new BufferPool(1024, 1);
/** As `compress` has it, about. */
const CONTENT_SIZE = 4 * 1024 * 1024;

t.test('makes one whole frame of each content, in turn', async (t) => {
  const encoder = new FrameEncoder(3, CONTENT_SIZE);
  t.teardown(() => encoder.close());
  const sizes = [1, 100, 131_071, 131_072, 131_073, 5_000_000];
  const contents = [...sizes.map((size) => randomBytes(size)), TEXT, Buffer.alloc(5_000_000)];
  for (const content of contents) {
    const frame = await encoder.encode(content, pool);
    t.equal(walkAll(new FrameWalker(), [frame]), 1);
    t.ok(zstdDecompressSync(frame).equals(content), `${content.length} bytes`);
  }
});

for (const [contentSize, window] of [
  [1, 2 ** 17],
  [2 ** 17 + 1, 2 ** 18],
  [3.25 * 2 ** 20, 2 ** 22],
  [2 ** 32, 2 ** 27],
] as const) {
  t.test(`frames of ${contentSize} bytes have a window of ${window}`, async (t) => {
    const encoder = new FrameEncoder(3, contentSize);
    t.teardown(() => encoder.close());
    const frame = await encoder.encode(TEXT, pool);
    // The window descriptor (RFC 8878, 3.1.1.1.2) behind magic and frame descriptor; no mantissa.
    t.equal(2 ** (10 + (frame[5]! >> 3)), window);
  });
}

t.test('a frame of some hundred bytes many times over', async (t) => {
  const encoder = new FrameEncoder(1, CONTENT_SIZE);
  t.teardown(() => encoder.close());
  for (let index = 0; index < 2000; index++) {
    const content = `${index} `.repeat(index % 50 || 1);
    const frame = await encoder.encode(Buffer.from(content), pool);
    if (zstdDecompressSync(frame).toString() !== content) t.fail(`frame ${index}`);
  }
  t.pass();
});

t.test('what is under way fails when it is closed', async (t) => {
  const encoder = new FrameEncoder(19, CONTENT_SIZE);
  const encoded = encoder.encode(randomBytes(1_000_000), pool);
  encoder.close();
  await t.rejects(encoded);
});
