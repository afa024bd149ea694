import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { alignedFrames, HOLD_SIZE } from '../../lib/stages/aligned-frames.ts';
import { Uncut } from '../../lib/stages/uncut.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT, UNITS } from '../helpers/asb-text.ts';
import { frame, skippable } from '../helpers/frames.ts';
import { inChunks, through } from '../helpers/streams.ts';

type Chunk = Buffer | Uncut;
const bytesOf = (chunk: Chunk): Buffer => (chunk instanceof Uncut ? chunk.bytes : chunk);

/** Offsets in `chunks` behind which a file may be cut; checks that a unit ends at each. */
const cutsOf = (chunks: readonly Chunk[]): number[] => {
  const cuts: number[] = [];
  const scanner = new UnitScanner();
  let held: Buffer[] = [];
  let offset = 0;
  for (const chunk of chunks) {
    held.push(bytesOf(chunk));
    offset += bytesOf(chunk).length;
    if (chunk instanceof Uncut) continue;
    scanner.push(Buffer.concat(contentsOf(Buffer.concat(held))));
    scanner.end();
    held = [];
    cuts.push(offset);
  }
  return cuts;
};

/** The frames of the tests, to part them again without the code under test. */
const known = new Map<string, Buffer>();
const framed = (content: Buffer): Buffer => {
  const bytes = frame(content);
  known.set(bytes.toString('latin1'), content);
  return bytes;
};
const contentsOf = (bytes: Buffer): Buffer[] => {
  const contents = [];
  let rest = bytes.toString('latin1');
  while (rest.length > 0) {
    const found = [...known.keys()].find((key) => rest.startsWith(key));
    if (found === undefined) throw new Error('a frame was cut');
    contents.push(zstdDecompressSync(Buffer.from(found, 'latin1')));
    rest = rest.slice(found.length);
  }
  return contents;
};

t.test('gives frames that end with units on their own', async (t) => {
  const frames = UNITS.map(framed);
  const bytes = Buffer.concat(frames);
  for (const size of [1, 7, 100, bytes.length]) {
    const stage = alignedFrames();
    const chunks = await through<Chunk>(inChunks(bytes, size), stage);
    t.ok(Buffer.concat(chunks.map(bytesOf)).equals(bytes));
    const cuts = cutsOf(chunks);
    t.equal(cuts.at(-1), bytes.length);
    // The header's end shows only when something follows; so it goes with the first global.
    if (size === 1) t.equal(cuts.length, UNITS.length - 1);
    t.match(stage.info, { records: RECORDS.length, globals: GLOBALS.length });
  }
});

t.test('keeps frames together whose ends are not those of units', async (t) => {
  const pieces = [0, 30, 500, TEXT.length - 3, TEXT.length];
  const frames = pieces.slice(1).map((end, index) => framed(TEXT.subarray(pieces[index], end)));
  const more = framed(RECORDS[0]!);
  const bytes = Buffer.concat([...frames, more]);
  const chunks = await through<Chunk>(inChunks(bytes, 1), alignedFrames());
  t.same(cutsOf(chunks), [bytes.length - more.length, bytes.length]);
});

t.test('a frame that is too large to hold streams', async (t) => {
  const value = randomBytes(HOLD_SIZE / 2).toString('hex');
  const record = `${RECORDS[0]}`.replace('+ b 0\n', `+ b 1\n- S b ${value.length} ${value}\n`);
  const large = framed(Buffer.concat([HEADER, ...Array(4).fill(Buffer.from(record))]));
  const bytes = Buffer.concat([large, framed(RECORDS[1]!)]);
  const chunks = await through<Chunk>(inChunks(bytes, 65_536), alignedFrames());
  t.ok(chunks.slice(0, -1).some((chunk) => chunk instanceof Uncut));
  for (const chunk of chunks) t.ok(bytesOf(chunk).length <= HOLD_SIZE + 65_536);
  t.equal(cutsOf(chunks).at(-1), bytes.length);
});

t.test('a stream without records is one chunk', async (t) => {
  const bytes = framed(HEADER);
  t.same(await through(inChunks(bytes, 5), alignedFrames()), [bytes]);
});

const whole = frame(Buffer.concat([HEADER, ...manyRecords(3)]));
for (const [what, bytes, code] of [
  ['no input', Buffer.alloc(0), 'TRUNCATED'],
  ['plain text', TEXT, 'FORMAT'],
  ['frames of what is no .asb', frame('hello'), 'FORMAT'],
  ['frames without content', Buffer.concat([frame(''), skippable('x')]), 'TRUNCATED'],
  ['a cut-off frame', whole.subarray(0, -1), 'TRUNCATED'],
  ['a tail', Buffer.concat([whole, Buffer.from('tail')]), 'FORMAT'],
  ['text that is cut off in whole frames', frame(TEXT.subarray(0, -1)), 'TRUNCATED'],
  ['a failure in the frames', Buffer.concat([whole, framesFailure('oops')]), 'TRUNCATED'],
  ['a failure in the text', Buffer.concat([whole, frame(textFailure('oops'))]), 'TRUNCATED'],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    await t.rejects(through(bytes.length > 0 ? [bytes] : [], alignedFrames()), { code });
  });
}
