import fc from 'fast-check';
import t from 'tap';
import { bar, percent } from '../../lib/cli/bar.ts';

t.test('bars', async (t) => {
  const cases: readonly (readonly [number, number, string])[] = [
    [0, 10, ''],
    [1, 4, '████'],
    [0.5, 4, '██'],
    [0.51, 10, '█████▏'],
    [0.99, 10, '█████████▉'],
    [0.0001, 10, '▏'],
  ];
  for (const [share, width, expected] of cases) t.equal(bar(share, width), expected);
});

t.test('a larger share has no shorter bar, and none is too long', async (t) => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.integer({ min: 1, max: 100 }), (one, other, width) => {
      const [less, more] = [bar(Math.min(one, other), width), bar(Math.max(one, other), width)];
      return less.length <= more.length && more.length <= width;
    }),
  );
  t.pass();
});

t.test('percent', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0%'],
    [1, '100%'],
    [0.0001, '<0.1%'],
    [0.001, '0.1%'],
    [0.0994, '9.9%'],
    [0.0996, '10%'],
    [0.58, '58%'],
    [0.9999, '99%'],
  ];
  for (const [share, expected] of cases) t.equal(percent(share), expected);
});
