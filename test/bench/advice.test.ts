import t from 'tap';
import {
  bestOf,
  fastestOf,
  secondsAt,
  smallestOf,
  type Trial,
  type Trials,
} from '../../lib/bench/advice.ts';
import { spreadOf } from '../../lib/bench/statistics.ts';

const trial = ([level, seconds, bytesOut]: readonly [number, number, number]): Trial => ({
  settings: { level },
  seconds: spreadOf([seconds]),
  cpuSeconds: seconds,
  bytesOut,
  runs: 3,
});

type Row = readonly [level: number, seconds: number, bytes: number];

const trialsOf = (first: Row, ...rest: readonly Row[]): Trials => ({
  tried: [trial(first), ...rest.map(trial)],
  leftOut: [],
});

t.test('time for bytes, and bytes for time', async (t) => {
  const rows: readonly [what: string, Trials, rate: number | undefined, best: number][] = [
    ['much faster for little', trialsOf([3, 1, 1000], [1, 0.7, 1080]), undefined, 1],
    ['much larger for little', trialsOf([3, 1, 1000], [1, 0.9, 1100]), undefined, 3],
    ['smaller for little', trialsOf([3, 1, 1000], [6, 1.1, 900]), undefined, 6],
    ['slower for little', trialsOf([3, 1, 1000], [6, 3, 900]), undefined, 3],
    ['too little to say so', trialsOf([3, 1, 1000], [1, 0.97, 1000]), undefined, 3],
    ['alone', trialsOf([3, 1, 1000]), undefined, 3],
    ['a slow place makes time of bytes', trialsOf([3, 1, 1000], [6, 3, 900]), 100, 6],
    ['a fast one does not', trialsOf([3, 1, 1000], [6, 3, 900]), 1e9, 3],
  ];
  for (const [what, trials, rate, best] of rows) {
    t.equal(bestOf(trials, rate).settings.level, best, what);
  }
});

t.test('what may be chance is no reason', async (t) => {
  const one = (seconds: readonly number[], level: number): Trial => ({
    ...trial([level, 1, 1000]),
    seconds: spreadOf(seconds),
    runs: seconds.length,
  });
  const rows: readonly [
    what: string,
    preset: readonly number[],
    other: readonly number[],
    best: number,
  ][] = [
    ['all alike', [1, 1, 1], [0.9, 0.9, 0.9], 1],
    ['the same, seen once', [1], [0.9], 3],
    ['much less, seen once', [1], [0.7], 1],
    ['twice, and far apart', [1, 1], [0.6, 1], 3],
    ['more than the gain apart', [1, 1.2, 0.8, 1.1, 0.9], [0.9, 1.1, 0.7, 1, 0.8], 3],
  ];
  for (const [what, preset, other, best] of rows) {
    const trials: Trials = { tried: [one(preset, 3), one(other, 1)], leftOut: [] };
    t.equal(bestOf(trials).settings.level, best, what);
  }
});

t.test('the ends of what there is', async (t) => {
  const trials = trialsOf([3, 1, 1000], [1, 0.5, 1100], [9, 5, 900], [12, 9, 910]);
  t.equal(fastestOf(trials).settings.level, 1);
  t.equal(smallestOf(trials).settings.level, 9);
  t.equal(secondsAt(trial([3, 1, 1000])), 1);
  t.equal(secondsAt(trial([3, 1, 1000]), 100), 10);
});
