import t from 'tap';
import type { AsbError } from '../../lib/errors.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { FrameReader, type FrameReaderOptions } from '../../lib/zstd/frame-reader.ts';
import { splits } from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable } from '../helpers/frames.ts';

const readAll = async (
  chunks: Iterable<Buffer>,
  options: FrameReaderOptions = {},
): Promise<string> => {
  const reader = new FrameReader(options);
  let text = '';
  try {
    for (const chunk of chunks) {
      const own = Buffer.from(chunk);
      for await (const part of reader.read(own)) text += part.toString('latin1');
      own.fill(0); // its memory is used for something else
    }
    reader.end();
  } finally {
    reader.close();
  }
  return text;
};

t.test('reads frames, cut anywhere', async (t) => {
  const bytes = Buffer.concat([frame('ab'), skippable('no'), checkedFrame('cd')]);
  for (const chunks of splits(bytes)) t.equal(await readAll(chunks), 'abcd');
});

const [ONE, TWO, THREE] = ['one', 'two', 'three'].map((text) => checkedFrame(text.repeat(9)));
const damagedAt = (bytes: Buffer, at: number): Buffer => {
  const damaged = Buffer.from(bytes);
  damaged[at] = damaged[at]! ^ 0xff;
  return damaged;
};
const BAD_SUM = damagedAt(TWO!, TWO!.length - 1);
const BAD_HEAD = damagedAt(TWO!, 4);
const TEXT_1 = 'one'.repeat(9);

/** What came of a damaged frame before the damage showed is given out. */
const ALL = /^(?:one){9}(?:two){0,9}(?:three){9}$/;
const FIRST = /^(?:one){9}$/;
const LAST = /^(?:three){9}$/;
/** The mark of a failed stage is there twice; the second time as text in a frame. */
const MARKED = /^(?:one){9}! asb: oops$/;
const OUTER = /^(?:one){9}(?:three){9}$/;

for (const [what, frames, text, offset, code] of [
  ['a wrong checksum', [ONE!, BAD_SUM, THREE!], ALL, undefined, 'FORMAT'],
  ['a wrong head', [ONE!, BAD_HEAD, THREE!], OUTER, undefined, 'FORMAT'],
  ['bytes between', [ONE!, Buffer.from('oops'), THREE!], OUTER, ONE!.length, 'FORMAT'],
  ['bytes before', [Buffer.from('oops'), THREE!], LAST, 0, 'FORMAT'],
  ['bytes behind', [ONE!, Buffer.from('oops')], FIRST, ONE!.length, 'FORMAT'],
  ['a failure', [ONE!, framesFailure('oops')], MARKED, undefined, 'TRUNCATED'],
] as const) {
  const bytes = Buffer.concat([...frames]);
  t.test(`damage is an error, or passed over and told: ${what}`, async (t) => {
    for (const chunks of splits(bytes)) {
      await t.rejects(readAll(chunks), { code });
      const told: AsbError[] = [];
      const found = await readAll(chunks, { onDamage: (damage) => told.push(damage) });
      t.match(found, text);
      t.match(told[0], { code, facts: offset === undefined ? {} : { offset } });
    }
  });
}

t.test('frames that are cut off, at every byte', async (t) => {
  const bytes = Buffer.concat([ONE!, THREE!]);
  for (let size = ONE!.length + 1; size < bytes.length; size++) {
    const cut = bytes.subarray(0, size);
    await t.rejects(readAll([cut]), { code: 'TRUNCATED' });
    const told: AsbError[] = [];
    const text = await readAll([cut], { onDamage: (damage) => told.push(damage) });
    t.ok(text.startsWith(TEXT_1));
    t.match(told, [{ code: 'TRUNCATED', facts: { offset: size } }]);
  }
});

t.test('what has no frame at all', async (t) => {
  const told: AsbError[] = [];
  const noise = Buffer.alloc(1000, 'noise');
  t.equal(await readAll([noise, noise], { onDamage: (damage) => told.push(damage) }), '');
  t.match(told, [{ code: 'FORMAT' }]);
});

t.test('a reader that is closed says so', async (t) => {
  const reader = new FrameReader({ onDamage: () => t.fail('that is no damage') });
  reader.close();
  await t.rejects(reader.read(ONE!).next(), { code: 'ABORTED' });
  t.throws(() => new FrameReader({ windowLog: 9 }), { code: 'RANGE' });
});
