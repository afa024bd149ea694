import { randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import t from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { FrameDecoder } from '../../lib/zstd/decoder.ts';
import { splits, TEXT } from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable } from '../helpers/frames.ts';

const decodeAll = async (
  chunks: Iterable<Buffer>,
  decoder = new FrameDecoder(),
): Promise<Buffer> => {
  const content: Buffer[] = [];
  try {
    for (const chunk of chunks) {
      for (const piece of decoder.split(chunk)) {
        for await (const part of decoder.decode(piece)) content.push(part);
      }
    }
    decoder.end();
  } finally {
    decoder.close();
  }
  return Buffer.concat(content);
};

t.test('decodes frames of every kind, cut anywhere', async (t) => {
  const bytes = Buffer.concat([frame('ab'), skippable('no'), frame(''), checkedFrame('cd')]);
  for (const chunks of splits(bytes)) t.equal((await decodeAll(chunks)).toString(), 'abcd');
});

for (const count of [1, 2, 21, 20_000]) {
  t.test(`decodes ${count} frames of one write`, async (t) => {
    const frames = Array.from({ length: count }, (_, index) => frame(`${index}\n`));
    const want = frames.map((_, index) => `${index}\n`).join('');
    const decoder = new FrameDecoder();
    t.equal((await decodeAll([Buffer.concat(frames)], decoder)).toString(), want);
    t.match(decoder, { frames: count, atFrameEnd: true });
  });
}

t.test('a frame streams: what a piece holds comes before the next', async (t) => {
  const content = randomBytes(1_000_000);
  const bytes = frame(content);
  const decoder = new FrameDecoder();
  t.teardown(() => decoder.close());
  const [piece] = decoder.split(bytes.subarray(0, 500_000));
  t.match(piece, { endsFrame: false });
  let size = 0;
  for await (const part of decoder.decode(piece!)) {
    t.same(part, content.subarray(size, size + part.length));
    size += part.length;
  }
  t.ok(size > 300_000);
});

t.test('damage is an error with its place', async (t) => {
  const bytes = checkedFrame(TEXT);
  bytes[bytes.length - 1]! ^= 1;
  const before = frame('x');
  await t.rejects(decodeAll([before, bytes]), {
    code: 'FORMAT',
    facts: { offset: before.length, cause: Error },
  });
});

t.test('a cut-off end is an error', async (t) => {
  await t.rejects(decodeAll([frame(TEXT).subarray(0, -1)]), { code: 'TRUNCATED' });
  await t.rejects(decodeAll([]), { code: 'TRUNCATED' });
});

t.test('a large window is refused unless it is allowed', async (t) => {
  const bytes = frame(randomBytes(1 << 16), {
    [constants.ZSTD_c_windowLog]: 28,
    [constants.ZSTD_c_contentSizeFlag]: 0,
  });
  // One-shot compression shrinks the window to the content: say 256 MiB by hand.
  bytes[5] = 18 << 3;
  await t.rejects(decodeAll([bytes]), { code: 'LIMIT' });
  t.equal((await decodeAll([bytes], new FrameDecoder({ windowLog: 28 }))).length, 1 << 16);
});

t.test('takes the windows that zstd has, and no other', async (t) => {
  for (const windowLog of [10, 31]) new FrameDecoder({ windowLog }).close();
  for (const windowLog of [9, 32, 27.5]) {
    t.throws(() => new FrameDecoder({ windowLog }), { code: 'RANGE' });
  }
});

t.test('a decode under way ends when the decoder is closed', async (t) => {
  const decoder = new FrameDecoder();
  const [piece] = decoder.split(frame(TEXT));
  const decoded = decoder.decode(piece!).next();
  decoder.close();
  await t.rejects(decoded, { code: 'ABORTED' });
});

/** All that a decoder gives out of these frames, each for itself. */
const outputsOf = async (frames: readonly Buffer[]): Promise<Buffer[]> => {
  const decoder = new FrameDecoder();
  const outputs: Buffer[] = [];
  for (const chunk of frames) {
    for (const piece of decoder.split(chunk)) {
      for await (const output of decoder.decode(piece)) outputs.push(output);
    }
  }
  decoder.end();
  return outputs;
};
const sizesOf = (outputs: readonly Buffer[]): number[] => outputs.map(({ length }) => length);

t.test('output is freed when all of its memory was given back', async (t) => {
  const content = Buffer.alloc(200_000, 'asb ');
  const outputs = await outputsOf([frame(content), frame(content)]);
  const whole = Buffer.concat([content, content]);
  t.ok(Buffer.concat(outputs).equals(whole), 'until then it stays as it is');
  t.same(sizesOf(outputs), [131_072, 68_928, 62_144, 131_072, 6_784]);
  const [first, end, begin, ...others] = outputs;
  giveBack(first!);
  giveBack(end!);
  t.same(sizesOf(outputs), [0, 68_928, 62_144, 131_072, 6_784], 'two frames share the second');
  giveBack(begin!);
  for (const output of others) giveBack(output);
  t.same(sizesOf(outputs), [0, 0, 0, 0, 6_784], 'zlib may go on in the last');
});
