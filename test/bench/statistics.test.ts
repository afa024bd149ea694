import t from 'tap';
import { Random } from '../../lib/bench/random.ts';
import { median, pairsOf, spreadOf } from '../../lib/bench/statistics.ts';

t.test('the middle, and how far the others are', async (t) => {
  t.equal(median([3]), 3);
  t.equal(median([10, 9, 1]), 9);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.strictSame(spreadOf([5]), { median: 5, min: 5, max: 5, deviation: 0 });
  t.strictSame(spreadOf([1, 2, 4, 8, 100]), { median: 4, min: 1, max: 100, deviation: 3 });
});

t.test('pairs, and whether they say anything', async (t) => {
  const ones = [10, 20, 40, 10, 10];
  const rows: readonly [readonly number[], string, number][] = [
    [[20, 40, 80, 20, 20], 'more', 2],
    [[5, 10, 20, 5, 5], 'less', 0.5],
    [[10, 20, 40, 10, 10], 'within the scatter', 1],
    // Median 1.1, deviation 0.02: of 5 pairs, seven of them must be nearer than 1 is.
    [[10.8, 22, 44, 11.2, 13], 'within the scatter', 1.1],
    [[10.9, 22, 44, 11.1, 13], 'more', 1.1],
  ];
  for (const [others, verdict, middle] of rows) {
    const pairs = pairsOf(others, ones);
    t.equal(pairs.verdict, verdict);
    t.ok(Math.abs(pairs.median - middle) < 1e-9);
    t.equal(pairs.ratios.length, 5);
  }
  t.equal(pairsOf([2, 2, 2, 2], [1, 1, 1, 1]).verdict, 'too few pairs');
});

t.test('of comparisons of the same, few show a difference, however many pairs', async (t) => {
  const trials = 1000;
  for (const pairs of [5, 7, 15, 31, 101]) {
    let differ = 0;
    for (let trial = 0; trial < trials; trial++) {
      const random = new Random(pairs, trial);
      const share = (): number => (random.below(1_000_000) + 0.5) / 1_000_000;
      /** A run of 1 s, and 5 % of scatter: Box and Muller's normal distribution. */
      const run = (): number =>
        1 + 0.05 * Math.sqrt(-2 * Math.log(share())) * Math.cos(2 * Math.PI * share());
      const [ones, others] = [0, 1].map(() => Array.from({ length: pairs }, run));
      if (pairsOf(others!, ones!).verdict !== 'within the scatter') differ++;
    }
    t.ok(differ <= 0.04 * trials, `${differ} of ${trials}, of ${pairs} pairs`);
  }
});
