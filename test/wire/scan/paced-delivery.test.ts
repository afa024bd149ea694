import t from 'tap';
import { RecordBatch } from '../../../lib/record/batch.ts';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { Limiter } from '../../../lib/wire/limiter.ts';
import { PacedDelivery } from '../../../lib/wire/scan/paced-delivery.ts';

const batchOf = (first: number, count: number, onRelease: () => void): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (let key = first; key < first + count; key++) builder.add({ key, bins: {} });
  const { bytes, offsets } = builder.build();
  return new RecordBatch(bytes, offsets, onRelease);
};

/** A limiter of 20 records a second whose clock moves on by `step` ms with each look. */
const limiterOf = (step: number): Limiter => {
  let time = 0;
  return new Limiter({ recordsPerSecond: 20 }, () => (time += step));
};

/** Delivers to a list, and holds after each slice if `holds` says so. */
const deliveryOf = ({ step = 100, holds = false } = {}) => {
  const stop = new AbortController();
  const slices: RecordBatch[] = [];
  const deliver = (slice: RecordBatch): boolean => {
    slices.push(slice);
    return !holds;
  };
  const delivery = new PacedDelivery(limiterOf(step), deliver, stop.signal);
  const keys = () => slices.flatMap((slice) => [...slice].map(({ key }) => key));
  return { delivery, slices, keys, stop };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('batches come one after the other, in slices', async (t) => {
  const { delivery, slices, keys } = deliveryOf();
  const order: string[] = [];
  await Promise.all([
    delivery.give(batchOf(0, 9, () => {})).then(() => order.push(`first, ${slices.length}`)),
    delivery.give(batchOf(9, 4, () => {})).then(() => order.push(`second, ${slices.length}`)),
  ]);
  t.strictSame(keys(), [...Array(13).keys()]);
  t.strictSame(
    slices.map(({ length }) => length),
    [2, 2, 2, 2, 1, 2, 2],
  );
  t.strictSame(order, ['first, 5', 'second, 7']);
});

t.test('memory is released with the last slice, in whatever order', async (t) => {
  const rows: readonly [order: readonly number[], releasedAfter: number][] = [
    [[0, 1, 2], 3],
    [[2, 0, 1], 3],
    [[1, 1, 1, 2, 0], 5],
    [[0, 1, 2, 2, 0], 3],
  ];
  for (const [order, releasedAfter] of rows) {
    let released = 0;
    const { delivery, slices } = deliveryOf();
    await delivery.give(batchOf(0, 6, () => released++));
    const counts = order.map((index) => {
      slices[index]!.release();
      return released;
    });
    const expected = order.map((_, index) => (index + 1 < releasedAfter ? 0 : 1));
    t.strictSame(counts, expected, order.join());
  }
});

t.test('a consumer that stalls holds all, until it goes on or all ends', async (t) => {
  const { delivery, slices, stop } = deliveryOf({ holds: true });
  const given = delivery.give(batchOf(0, 5, () => {}));
  await turn();
  t.equal(slices.length, 1);
  delivery.resume();
  await turn();
  t.equal(slices.length, 2);
  stop.abort();
  delivery.resume();
  await given;
  t.equal(slices.length, 2, 'the rest is dropped');
  await delivery.give(batchOf(5, 1, () => {}));
  t.equal(slices.length, 2, 'and all that comes');
});

t.test('ended by who takes, and amid a wait', async (t) => {
  const stop = new AbortController();
  let slices = 0;
  const taker = (): boolean => {
    slices++;
    stop.abort();
    return false;
  };
  await new PacedDelivery(limiterOf(100), taker, stop.signal).give(batchOf(0, 5, () => {}));
  t.equal(slices, 1);

  const waiting = deliveryOf({ step: 0 });
  const given = waiting.delivery.give(batchOf(0, 5, () => {}));
  await turn();
  waiting.stop.abort();
  await given;
  t.strictSame(waiting.keys(), [0, 1]);
});
