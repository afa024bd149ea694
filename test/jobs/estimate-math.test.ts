import fc from 'fast-check';
import t from 'tap';
import {
  type Estimated,
  exactly,
  Moments,
  mapped,
  meanOf,
  partOf,
  productOf,
  shareOf,
} from '../../lib/jobs/estimate-math.ts';

const momentsOf = (values: readonly number[]): Moments => {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
};

const near = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));

t.test('moments are those of the textbook', async () => {
  const values = fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(values, (numbers) => {
      const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
      const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const moments = momentsOf(numbers);
      return near(moments.mean, mean) && near(moments.variance, squares / (numbers.length - 1));
    }),
  );
});

/** Numbers that look like chance, the same each time. */
const chance = (): (() => number) => {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** How many of a thousand estimates have the truth within their bounds. */
const hits = (estimate: (random: () => number) => Estimated, truth: number): number => {
  const random = chance();
  return Array.from({ length: 1000 }, () => estimate(random)).filter(
    ({ least, most }) => least <= truth && truth <= most,
  ).length;
};

t.test('bounds hold in 99.9 % of cases, and are no wider than they must be', async (t) => {
  const drawn = (count: number, random: () => number) =>
    momentsOf(Array.from({ length: count }, () => 100 + 50 * random()));
  const share = (of: number, looked: number) => (random: () => number) => {
    let passed = 0;
    for (let left = looked; left > 0; left--) if (random() < of) passed++;
    return shareOf(passed, looked, 1e9);
  };
  const rows: readonly [string, (random: () => number) => Estimated, truth: number][] = [
    ['a mean', (random) => meanOf(drawn(200, random), 1e9), 125],
    ['a share of a half', share(0.5, 500), 0.5],
    ['a small share', share(0.01, 500), 0.01],
    ['almost all', share(0.995, 500), 0.995],
  ];
  for (const [what, estimate, truth] of rows) {
    const count = hits(estimate, truth);
    t.ok(count >= 995, `${what}: ${count} of 1000`);
    const half = hits((random) => {
      const { value, least, most } = estimate(random);
      return { value, least: (value + least) / 2, most: (value + most) / 2 };
    }, truth);
    t.ok(half < 995, `${what}: half of it does not do: ${half} of 1000`);
  }
  const random = chance();
  const sums = Array.from({ length: 1000 }, () => drawn(20, random).mean);
  const { least, most } = meanOf(drawn(2000, random), 1e9, 20);
  const within = sums.filter((mean) => least <= mean && mean <= most).length;
  t.ok(within >= 995, `the mean of a few that are drawn: ${within} of 1000`);
});

t.test('what was seen is known', async (t) => {
  const sample = momentsOf([10, 20, 60]);
  t.strictSame(meanOf(sample, 3), { value: 30, least: 30, most: 30 });
  t.strictSame(meanOf(momentsOf([7]), 1), { value: 7, least: 7, most: 7 });
  t.strictSame(meanOf(momentsOf([7]), 2), { value: 7, least: 0, most: 14 });
  t.strictSame(meanOf(momentsOf([]), 0), exactly(0));
  t.equal(meanOf(momentsOf([1, 1000]), 1e9).least, 0, 'never below 0');
  t.strictSame(shareOf(3, 10, 10), { value: 0.3, least: 0.3, most: 0.3 });
  t.strictSame(shareOf(0, 0, 10), { value: 0, least: 0, most: 1 });
  t.match(shareOf(0, 1000, 1e9), { value: 0, least: 0 });
  t.ok(shareOf(0, 1000, 1e9).most > 0.005, 'none of a thousand: perhaps one of a hundred');
  t.equal(shareOf(1000, 1000, 1e9).most, 1);
  t.strictSame(partOf(1000, 1), exactly(1000));
  t.strictSame(partOf(0, 0.5), exactly(0));
  const half = partOf(1000, 0.5);
  t.ok(half.least > 440 && half.least < 460 && half.most > 540 && half.most < 560);
});

t.test('products', async (t) => {
  t.strictSame(productOf(exactly(6), exactly(7)), exactly(42));
  const about = { value: 10, least: 9, most: 11 };
  t.strictSame(mapped(productOf(about, exactly(5)), Math.round), {
    value: 50,
    least: 45,
    most: 55,
  });
  const { least, most } = productOf(about, about);
  t.ok(least > 85 && least < 90 && most > 110 && most < 115, 'chance helps: less than both off');
  t.strictSame(productOf({ value: 0, least: 0, most: 2 }, about), { value: 0, least: 0, most: 22 });
  t.strictSame(
    mapped(about, (value) => Math.min(value, 10)),
    { value: 10, least: 9, most: 10 },
  );
  t.equal(productOf({ value: 1, least: 0, most: 9 }, about).least, 0);
});
