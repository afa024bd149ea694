import { randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { splits, TEXT } from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable, walkAll } from '../helpers/frames.ts';

const CONTENT_SIZE = { [constants.ZSTD_c_contentSizeFlag]: 0 };
/** One of each kind: sizes in 1, 2 and 4 bytes, with a window and without, raw, RLE, empty. */
const KINDS: readonly (readonly [string, Buffer])[] = [
  ['empty', frame('')],
  ['a single byte', frame('x')],
  ['content of some hundred bytes', frame(TEXT.subarray(0, 300))],
  ['content of many blocks', frame(Buffer.concat(Array(200).fill(TEXT)))],
  ['one byte many times', frame('x'.repeat(1_000_000))],
  ['content that does not shrink', frame(randomBytes(300_000))],
  ['with a checksum', checkedFrame(TEXT)],
  ['empty with a checksum', checkedFrame('')],
  ['without a content size', frame(TEXT, CONTENT_SIZE)],
  ['skippable', skippable('words')],
  ['skippable and empty', skippable('')],
  ['skippable, the last of the magics', skippable('words', 0x184d2a5f)],
];

const frameEnds = (chunks: Iterable<Buffer>): number[] => {
  const walker = new FrameWalker();
  const ends = [];
  let offset = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      at = walker.walk(chunk, at);
      if (walker.atFrameEnd) ends.push(offset + at);
    }
    offset += chunk.length;
  }
  walker.end();
  return ends;
};

for (const [name, bytes] of KINDS) {
  t.test(`finds the end of a frame: ${name}`, async (t) => {
    const twice = Buffer.concat([bytes, bytes]);
    t.same(frameEnds([twice]), [bytes.length, twice.length]);
    const bytewise = Array.from(bytes, (byte) => Buffer.of(byte));
    t.same(frameEnds(bytewise), [bytes.length]);
  });
}

t.test('finds the ends at every split', async (t) => {
  const frames = KINDS.map(([, bytes]) => bytes).filter((bytes) => bytes.length < 2000);
  const bytes = Buffer.concat(frames);
  const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length);
  for (const chunks of splits(bytes)) t.same(frameEnds(chunks), ends);
});

for (const count of [1, 2, 21, 20_000]) {
  t.test(`counts ${count} frames`, async (t) => {
    const bytes = Buffer.concat(Array<Buffer>(count).fill(checkedFrame('record')));
    const walker = new FrameWalker();
    t.equal(walkAll(walker, [bytes]), count);
    t.equal(walker.offset, bytes.length);
  });
}

t.test('input that is cut off anywhere is an error', async (t) => {
  for (const bytes of [checkedFrame(TEXT), skippable('words')]) {
    for (let at = 0; at < bytes.length; at++) {
      const walk = () => walkAll(new FrameWalker(), [bytes.subarray(0, at)]);
      t.throws(walk, { code: 'TRUNCATED', facts: { offset: at } });
    }
  }
});

/** A frame header by hand: descriptor, then what follows it. */
const header = (...bytes: number[]): Buffer => Buffer.of(0x28, 0xb5, 0x2f, 0xfd, ...bytes);

for (const [what, bytes, code, offset] of [
  ['plain text', TEXT, 'FORMAT', 0],
  ['anything else', Buffer.from('hello'), 'FORMAT', 0],
  ['a tail', Buffer.concat([frame('x'), Buffer.from('tail')]), 'FORMAT', frame('x').length],
  ['a reserved bit', header(0x08), 'FORMAT', 4],
  ['a dictionary', header(0x01, 0x00, 7), 'FORMAT', 5],
  ['a dictionary with a long id', header(0x23, 0, 0, 0, 1, 5), 'FORMAT', 5],
  ['a reserved block type', header(0x00, 0x00, 0x07, 0, 0), 'FORMAT', 6],
  ['a block beyond the window', header(0x20, 5, 0x31, 0, 0), 'FORMAT', 6],
  ['a block beyond 128 KiB', header(0x00, 0x70, 0x09, 0, 0x10), 'FORMAT', 6],
  ['a window of 256 MiB', header(0x00, 18 << 3), 'LIMIT', 5],
  ['a window by content size, 4 bytes', header(0xa0, 0, 0, 0, 0x10), 'LIMIT', 5],
  ['a window by content size, 8 bytes', header(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), 'LIMIT', 5],
] as const) {
  t.test(`refuses ${what}, at every split`, async (t) => {
    for (const chunks of splits(bytes)) {
      t.throws(() => walkAll(new FrameWalker(), chunks), { code, facts: { offset } });
    }
  });
}

t.test('takes what the limits allow', async (t) => {
  const last = [0x01, 0, 0];
  const walker = () => new FrameWalker({ windowLog: 28 });
  t.equal(walkAll(walker(), [header(0x00, 18 << 3, ...last)]), 1);
  t.equal(walkAll(new FrameWalker(), [header(0x01, 0x00, 0, ...last)]), 1, 'dictionary 0: none');
  t.equal(walkAll(new FrameWalker(), [header(0x60, 0, 0, ...last)]), 1, 'content size in 2 bytes');
  t.throws(() => walkAll(walker(), [header(0x00, (18 << 3) | 1)]), { code: 'LIMIT' });
});

t.test('never takes a frame with an upset byte for a shorter or longer input', async (t) => {
  const bytes = checkedFrame(TEXT);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const upset = Buffer.from(bytes);
      upset[at] = byte;
      try {
        const walker = new FrameWalker();
        walkAll(walker, [upset]);
        return walker.offset === bytes.length;
      } catch (error) {
        return error instanceof Error && 'code' in error;
      }
    }),
  );
  t.pass();
});
