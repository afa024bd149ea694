import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { Extent, extentOf, noteExtent } from '../../lib/record/extent.ts';
import { compress } from '../../lib/stages/compress.ts';
import { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { HEADER, manyRecords } from '../helpers/asb-text.ts';
import { walkAll } from '../helpers/frames.ts';
import { through } from '../helpers/streams.ts';

const UNITS = [HEADER, ...manyRecords(1000)];
const TEXT = Buffer.concat(UNITS);

for (const [frameSize, concurrency] of [
  [1, 1],
  [1000, 1],
  [1000, 3],
  [10_000, 2],
  [TEXT.length, 2],
  [undefined, undefined],
] as const) {
  t.test(`frames of ${frameSize} bytes, ${concurrency} at a time`, async (t) => {
    const options = {
      ...(frameSize === undefined ? {} : { frameSize }),
      ...(concurrency === undefined ? {} : { concurrency }),
    };
    const stage = compress(options);
    const frames = await through(UNITS, stage);
    for (const frame of frames) t.equal(walkAll(new FrameWalker(), [frame]), 1);
    const contents = frames.map((frame) => zstdDecompressSync(frame));
    t.ok(Buffer.concat(contents).equals(TEXT));
    for (const content of contents.slice(0, -1)) t.ok(content.length >= (frameSize ?? 0));
    t.same(stage.info, {
      frames: frames.length,
      bytesIn: TEXT.length,
      bytesOut: Buffer.concat(frames).length,
    });
  });
}

t.test('no chunk is cut, however large', async (t) => {
  const large = Buffer.concat(Array.from({ length: 20 }, () => TEXT));
  const frames = await through([HEADER, large, HEADER], compress({ frameSize: 100_000 }));
  const contents = frames.map((frame) => zstdDecompressSync(frame));
  t.ok(contents.some((content) => content.includes(large)));
  t.ok(Buffer.concat(contents).equals(Buffer.concat([HEADER, large, HEADER])));
});

t.test('holds a few frames and no more, however slow the reader is', async (t) => {
  const size = 10_000;
  const frameSize = 50_000;
  const stage = compress({ frameSize, concurrency: 2 });
  let given = 0;
  let most = 0;
  const sink = new Writable({
    highWaterMark: 1,
    write(frame, _encoding, callback) {
      most = Math.max(most, stage.info.bytesIn - given);
      given += zstdDecompressSync(frame).length;
      setImmediate(callback);
    },
  });
  // Random bytes: a frame is as large as its content, so that the sizes can be compared.
  const chunks = Array.from({ length: 500 }, () => randomBytes(size));
  await pipeline(Readable.from(chunks), stage, sink);
  t.equal(given, 500 * size);
  // Two in flight, one gathering, one on its way, and two that wait in the output.
  t.ok(most <= 6 * (frameSize + size), `${most} bytes`);
});

t.test('can be destroyed while frames are in flight', async (t) => {
  const stage = compress({ frameSize: 1, concurrency: 2 });
  for (const unit of UNITS.slice(0, 4)) stage.write(unit);
  stage.destroy();
  await once(stage, 'close');
  t.equal(stage.info.frames, 0);
});

t.test('no input is an error', async (t) => {
  await t.rejects(through([], compress()), { code: 'TRUNCATED' });
});

for (const options of [
  { level: 23 },
  { level: 1.5 },
  { frameSize: 0 },
  { frameSize: 0.5 },
  { concurrency: -1 },
]) {
  t.test(`refuses ${JSON.stringify(options)}`, async (t) => {
    t.throws(() => compress(options), { code: 'RANGE' });
  });
}

t.test('a frame has the notes of the chunks in it', async (t) => {
  const chunks = UNITS.map((unit, index) => {
    const chunk = Buffer.from(unit);
    const extent = new Extent();
    if (index > 0) extent.record(Buffer.alloc(20, index % 7), 0);
    extent.settle();
    if (index !== 5) noteExtent(chunk, extent);
    return chunk;
  });
  const frames = await through(chunks, compress({ frameSize: 5000, concurrency: 2 }));
  t.ok(frames.length > 3);
  const extents = frames.map((frame) => extentOf(frame)!);
  t.equal(
    extents.reduce((sum, { records }) => sum + records, 0),
    UNITS.length - 2,
  );
  const digests = extents.flatMap((extent) => Array.from(extent.digests(), (digest) => digest[0]));
  t.strictSame(
    digests,
    UNITS.flatMap((_, index) => (index === 0 || index === 5 ? [] : [index % 7])),
  );
});
