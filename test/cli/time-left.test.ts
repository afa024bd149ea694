import t from 'tap';
import { calmLeft, leftWords } from '../../lib/cli/time-left.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

t.test('a time in words, coarser the longer it is', (t) => {
  const cases: [number, string][] = [
    [0, 'a few seconds left'],
    [9999, 'a few seconds left'],
    [10 * SECOND, 'about 10 s left'],
    [44 * SECOND, 'about 40 s left'],
    [58 * SECOND, 'about 1 min left'],
    [170 * SECOND, 'about 3 min left'],
    [9.7 * MINUTE, 'about 10 min left'],
    [13 * MINUTE, 'about 15 min left'],
    [58 * MINUTE, 'about 1 h left'],
    [124 * MINUTE, 'about 2 h left'],
    [127 * MINUTE, 'about 2 h 10 min left'],
    [30.4 * HOUR, 'about 30 h left'],
    [75 * HOUR, 'about 3 days left'],
  ];
  for (const [left, words] of cases) t.equal(leftWords(calmLeft(left, undefined)), words, words);
  t.end();
});

t.test('what was told is taken back only for much more', (t) => {
  const cases: [number, number, number][] = [
    [170 * SECOND, 2 * MINUTE, 2 * MINUTE],
    [180 * SECOND, 2 * MINUTE, 3 * MINUTE],
    [24 * MINUTE, 20 * MINUTE, 20 * MINUTE],
    [26 * MINUTE, 20 * MINUTE, 25 * MINUTE],
    [26 * HOUR, 24 * HOUR, 24 * HOUR],
    [2.4 * MINUTE, 2 * MINUTE, 2 * MINUTE],
    [2.49 * MINUTE, 2 * MINUTE, 2 * MINUTE],
    [12 * SECOND, 0, 0],
    [20 * SECOND, 0, 20 * SECOND],
    [90 * SECOND, 3 * MINUTE, 2 * MINUTE],
  ];
  for (const [left, told, expected] of cases) {
    t.equal(calmLeft(left, told), expected, `${left} after ${told}`);
  }
  t.end();
});

t.test('an even pace with some noise never goes back', (t) => {
  let told: number | undefined;
  for (let second = 0; second < 600; second++) {
    const noise = 1 + 0.05 * Math.sin(second * 7);
    const next = calmLeft((600 - second) * SECOND * noise, told);
    t.ok(told === undefined || next <= told, `second ${second}`);
    told = next;
  }
  t.end();
});
