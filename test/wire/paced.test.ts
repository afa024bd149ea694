import t from 'tap';
import { Limiter } from '../../lib/wire/limiter.ts';
import { paced, type Slice } from '../../lib/wire/paced.ts';

const OFFSETS = Uint32Array.from({ length: 20 }, (_, index) => index * 10);

/** A limiter of 30 records a second, whose clock each look moves on by `step` ms. */
const limiter = (step: number): Limiter => {
  let time = 0;
  return new Limiter({ recordsPerSecond: 30 }, () => (time += step));
};

const slicesOf = async (step: number, signal: AbortSignal): Promise<Slice[]> => {
  const slices: Slice[] = [];
  for await (const slice of paced(limiter(step), OFFSETS, signal)) slices.push(slice);
  return slices;
};

t.test('slices follow each other, with all records in them', async (t) => {
  const slices = await slicesOf(30, new AbortController().signal);
  t.ok(slices.length > 2, `${slices.length} slices`);
  t.strictSame(slices[0], [0, 6], 'a burst of three');
  t.equal(slices.at(-1)?.[1], OFFSETS.length);
  t.strictSame(
    slices.slice(1).map(([from]) => from),
    slices.slice(0, -1).map(([, to]) => to),
  );
});

t.test('a signal ends it', async (t) => {
  const stop = new AbortController();
  const waiting = slicesOf(0, stop.signal);
  stop.abort();
  t.strictSame(await waiting, [[0, 6]], 'amid a wait that has no end');
  t.strictSame(await slicesOf(30, stop.signal), [], 'before it began');
});
