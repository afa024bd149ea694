import t from 'tap';
import { backoff, LONGEST_WAIT } from '../../lib/wire/backoff.ts';

for (const [base, retry, wait] of [
  [0, 1, 0],
  [0, 5000, 0],
  [100, 1, 100],
  [100, 2, 200],
  [100, 6, 3200],
  [100, 7, LONGEST_WAIT],
  [100, 1_000_000, LONGEST_WAIT],
  [60_000, 3, 60_000],
] as const) {
  t.test(`retry ${retry} of ${base} ms`, async (t) => {
    const waits = Array.from({ length: 200 }, () => backoff(base, retry));
    t.ok(waits.every((ms) => Number.isInteger(ms) && Math.abs(ms - wait) <= wait / 10 + 1));
    t.equal(new Set(waits).size > 1, wait > 0, 'not the same for all');
  });
}
