import fc from 'fast-check';
import t from 'tap';
import {
  Limiter,
  LONGEST_BURST,
  limiterOf,
  type RateLimits,
  sharedLimit,
} from '../../lib/wire/limiter.ts';

/** The offsets of records of these sizes, with a few bytes between them. */
const offsetsOf = (sizes: readonly number[]): Uint32Array => {
  let at = 0;
  return Uint32Array.from(
    sizes.flatMap((size) => {
      const start = at + 3;
      at = start + size;
      return [start, at];
    }),
  );
};

interface Passed {
  readonly time: number;
  readonly size: number;
}

/** Lets records pass as fast as they may; sleeps are as late as `lateness` says, in its turn. */
const run = (limits: RateLimits, sizes: readonly number[], lateness: readonly number[]) => {
  let time = 5;
  let turn = 0;
  const limiter = new Limiter(limits, () => time);
  const offsets = offsetsOf(sizes);
  const passed: Passed[] = [];
  for (let from = 0; from < offsets.length; ) {
    const to = limiter.take(offsets, from);
    for (let at = from; at < to; at += 2) passed.push({ time, size: sizes[at / 2]! });
    if (to === from) time += limiter.delay(offsets, from) + (lateness[turn++] ?? 0);
    from = to;
  }
  return { passed, elapsed: time - 5, turns: turn };
};

/** The most that passed in any window beyond what the rate brings in it: `excess(1000, …)`. */
const excess = (
  perSecond: number,
  passed: readonly Passed[],
  weigh: (one: Passed) => number,
): number => {
  let most = 0;
  for (let first = 0; first < passed.length; first++) {
    let sum = 0;
    for (let last = first; last < passed.length; last++) {
      sum += weigh(passed[last]!);
      const window = passed[last]!.time - passed[first]!.time;
      most = Math.max(most, sum - (window * perSecond) / 1000);
    }
  }
  return most;
};

t.test('in no window more than the rate, and 100 ms of it', async () => {
  const rate = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 }));
  const size = fc.integer({ min: 30, max: 2000 });
  fc.assert(
    fc.property(
      rate,
      rate,
      fc.array(size, { minLength: 1, maxLength: 200 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 }),
      (recordsPerSecond, kilobytes, sizes, lateness) => {
        const bytesPerSecond = kilobytes * 1000;
        const { passed } = run({ recordsPerSecond, bytesPerSecond }, sizes, lateness);
        if (passed.length !== sizes.length) return false;
        const burst = LONGEST_BURST / 1000;
        const records = excess(recordsPerSecond, passed, () => 1);
        const mostRecords = Math.max(1, recordsPerSecond * burst) + 1e-6;
        if (recordsPerSecond > 0 && records > mostRecords) return false;
        const bytes = excess(bytesPerSecond, passed, (one) => one.size);
        const mostBytes = Math.max(Math.max(...sizes), bytesPerSecond * burst) + 1e-6;
        return bytesPerSecond === 0 || bytes <= mostBytes;
      },
    ),
    { numRuns: 300 },
  );
});

t.test('the rate is reached, whatever the limit', async (t) => {
  const rows: readonly [string, RateLimits, readonly number[], number][] = [
    ['records', { recordsPerSecond: 5000 }, Array(10_000).fill(100), 1900],
    ['few records', { recordsPerSecond: 2 }, Array(11).fill(100), 5000],
    ['bytes', { bytesPerSecond: 100_000 }, Array(2000).fill(100), 1900],
    ['both: the slower one', { recordsPerSecond: 1e6, bytesPerSecond: 1e4 }, [100, 1000, 900], 100],
    ['a record larger than a burst', { bytesPerSecond: 1000 }, [500, 50, 50], 500],
    ['large ones only', { bytesPerSecond: 1000 }, [500, 500, 500, 500], 1500],
  ];
  for (const [what, limits, sizes, expected] of rows) {
    const { elapsed } = run(limits, sizes, []);
    t.ok(Math.abs(elapsed - expected) <= 25, `${what}: ${elapsed} ms, not about ${expected}`);
  }
  const late = run({ recordsPerSecond: 5000 }, Array(10_000).fill(100), Array(1000).fill(60));
  t.ok(late.elapsed < 2000, `timers that are 60 ms late lose nothing: ${late.elapsed} ms`);
  const { turns } = run({ recordsPerSecond: 5000 }, Array(10_000).fill(100), []);
  t.ok(turns <= 96, `it does not wake for each record: ${turns} times`);
});

t.test('what passes unasked is taken off the rest', async (t) => {
  let time = 0;
  const limiter = new Limiter({ recordsPerSecond: 100, bytesPerSecond: 10_000 }, () => time);
  const offsets = offsetsOf(Array(50).fill(100));
  t.equal(limiter.take(offsets, 0), 20, 'a burst of ten');
  limiter.spend(20, 500);
  t.equal(limiter.delay(offsets, 20), 210, 'twenty more, and one');
  limiter.spend(0, 3500);
  t.equal(limiter.delay(offsets, 20), 410, '40 records worth of bytes');
  time = 409;
  t.equal(limiter.take(offsets, 20), 20);
  time = 410;
  t.equal(limiter.take(offsets, 20), 22);
});

t.test('who must wait for weeks asks again before', async (t) => {
  const { elapsed, turns } = run({ bytesPerSecond: 1 }, [1e7, 1], []);
  t.equal(Math.round(elapsed / 1e9), 10);
  t.ok(elapsed / turns < 2 ** 31, 'in what a timer can wait');
  const limiter = new Limiter({ bytesPerSecond: 1 }, () => 0);
  limiter.spend(0, 1e12);
  t.equal(limiter.take(offsetsOf([1]), 0), 0, 'times do not begin anew');
});

t.test('several that share a limit keep to it together', async () => {
  const rate = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(
      rate,
      rate,
      fc.array(fc.integer({ min: 30, max: 2000 }), { minLength: 1, maxLength: 100 }),
      fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 80 })), { minLength: 1 }),
      (recordsPerSecond, kilobytes, sizes, turns) => {
        let time = 5;
        const limits = { recordsPerSecond, bytesPerSecond: kilobytes * 1000 };
        const limitMemory = sharedLimit();
        const all = Array.from(
          { length: 3 },
          () => new Limiter({ ...limits, limitMemory }, () => time),
        );
        const offsets = offsetsOf(sizes);
        const from = all.map(() => 0);
        const passed: Passed[] = [];
        for (const [who, wait] of turns) {
          const to = all[who]!.take(offsets, from[who]!);
          for (let at = from[who]!; at < to; at += 2) passed.push({ time, size: sizes[at / 2]! });
          from[who] = to;
          time += wait;
        }
        const burst = LONGEST_BURST / 1000;
        const mostRecords = Math.max(1, recordsPerSecond * burst) + 1e-3;
        const mostBytes = Math.max(Math.max(...sizes), limits.bytesPerSecond * burst) + 1;
        return (
          excess(recordsPerSecond, passed, () => 1) <= mostRecords &&
          excess(limits.bytesPerSecond, passed, (one) => one.size) <= mostBytes
        );
      },
    ),
  );
});

t.test('another that is faster is seen', async (t) => {
  const limits = { recordsPerSecond: 1000, bytesPerSecond: 10_000, limitMemory: sharedLimit() };
  const [one, other] = [new Limiter(limits, () => 1), new Limiter(limits, () => 1)];
  /** Amid a take, after the look at what there is, another one takes. */
  class Slow extends Uint32Array {
    override subarray(begin: number, end: number): Uint32Array<ArrayBuffer> {
      if (++looks === 1) other.spend(30, 600);
      return new Uint32Array(this.buffer, begin * 4, end - begin);
    }
  }
  let looks = 0;
  const slow = new Slow(offsetsOf(Array(90).fill(100)));
  t.equal(one.take(slow, 0), 8, 'four records are left of ten');
  t.equal(looks, 2);
  // Of 100 in a burst 34 have passed: what was reserved for more than the bytes let pass is back.
  t.equal(new Limiter({ ...limits, bytesPerSecond: 0 }, () => 1).take(slow, 0), 132);
});

t.test('a rate that is none', async (t) => {
  for (const rate of [Number.POSITIVE_INFINITY, Number.NaN, -1]) {
    t.throws(() => limiterOf({ recordsPerSecond: rate }), { code: 'USAGE' });
    t.throws(() => limiterOf({ bytesPerSecond: rate }), { code: 'USAGE' });
  }
});

t.test('no limit is no limiter', async (t) => {
  t.equal(limiterOf({}), undefined);
  t.equal(limiterOf({ recordsPerSecond: 0, bytesPerSecond: 0 }), undefined);
  for (const limits of [{ recordsPerSecond: 1 }, { bytesPerSecond: 10 }]) {
    const limiter = limiterOf(limits);
    t.equal(limiter?.take(offsetsOf([5, 500]), 0), 2, 'by the clock of the process');
  }
});
