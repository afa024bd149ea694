import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { checkLevel, compressFrame, MAX_LEVEL, MIN_LEVEL } from '../../lib/zstd/encoder.ts';
import { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { walkAll } from '../helpers/frames.ts';

for (const level of [undefined, MIN_LEVEL, 1, 19]) {
  t.test(`compresses into one frame at level ${level}`, async (t) => {
    const frame = await compressFrame(TEXT, level);
    t.equal(walkAll(new FrameWalker(), [frame]), 1);
    t.same(zstdDecompressSync(frame), TEXT);
    t.equal(frame[4]! >> 6, 1, 'the size of the content is in 2 bytes of the header');
  });
}

t.test('a byte that was changed shows, even where it decodes', async (t) => {
  const frame = await compressFrame(Buffer.from('123456789'));
  const at = frame.indexOf('5');
  t.ok(at > 0, 'too short to compress: the text stands in the frame as it is');
  frame[at] = 0x34;
  t.throws(() => zstdDecompressSync(frame));
});

t.test('a higher level makes it smaller', async (t) => {
  const text = Buffer.concat(Array.from({ length: 40 }, () => TEXT));
  const [low, high] = [await compressFrame(text, -1000), await compressFrame(text, 19)];
  t.ok(high.length < low.length);
});

t.test('takes the levels that zstd has, and no other', async (t) => {
  for (const level of [MIN_LEVEL, 0, 3, MAX_LEVEL]) t.equal(checkLevel(level), level);
  for (const level of [MIN_LEVEL - 1, MAX_LEVEL + 1, 1.5, Number.NaN]) {
    t.throws(() => checkLevel(level), { code: 'RANGE' });
  }
});
