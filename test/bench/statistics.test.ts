import t from 'tap';
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
    // Median 1.1, deviation 0.1: two of them are as far as 1 is.
    [[9, 20, 44, 12, 13], 'within the scatter', 1.1],
    [[10.8, 22, 44, 11.2, 13], 'more', 1.1],
  ];
  for (const [others, verdict, middle] of rows) {
    const pairs = pairsOf(others, ones);
    t.equal(pairs.verdict, verdict);
    t.ok(Math.abs(pairs.median - middle) < 1e-9);
    t.equal(pairs.ratios.length, 5);
  }
  t.equal(pairsOf([2, 2, 2, 2], [1, 1, 1, 1]).verdict, 'too few pairs');
});
