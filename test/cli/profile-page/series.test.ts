import t from 'tap';
import { areaOf, axisEnd, intervalsOf, lineOf } from '../../../lib/cli/profile-page/series.ts';

const NOTHING = [0, 0, 0];
const stage = (more: object) => ({
  name: 'scan',
  itemsIn: NOTHING,
  itemsOut: NOTHING,
  bytesIn: NOTHING,
  bytesOut: NOTHING,
  busy: NOTHING,
  waiting: NOTHING,
  held: NOTHING,
  ...more,
});

t.test('what a stage did between two samples', async (t) => {
  const time = [0, 500, 1500];
  const source = stage({ bytesOut: [0, 100, 100], held: [0, 250, 250], busy: [0, 125, 1125] });
  t.strictSame(intervalsOf({ time }, source), [
    { from: 0, to: 500, rate: 200, busy: 0.25, held: 0.5 },
    { from: 500, to: 1500, rate: 0, busy: 1, held: 0 },
  ]);
  const taking = stage({ bytesIn: [0, 0, 300], bytesOut: [0, 7, 7] });
  t.match(intervalsOf({ time }, taking), [{ rate: 0 }, { rate: 300 }]);
});

t.test('of rows that run at once, shares of all their time', async (t) => {
  const both = stage({ busy: [0, 500, 500], waiting: [0, 500, 500], held: [0, 1000, 1000] });
  t.match(intervalsOf({ time: [0, 1000] }, both), [{ busy: 0.25, held: 0.5 }]);
});

t.test('samples of one moment are no interval', async (t) => {
  t.strictSame(intervalsOf({ time: [5, 5] }, stage({})), []);
});

t.test('steps as paths', async (t) => {
  const intervals = [
    { from: 0, to: 500, rate: 0, busy: 0.25, held: 0.5 },
    { from: 500, to: 1000, rate: 0, busy: 1, held: 0 },
  ];
  const busy = (interval: { readonly busy: number }) => interval.busy;
  const both = (interval: { readonly busy: number; readonly held: number }) =>
    interval.busy + interval.held;
  t.equal(lineOf(intervals, 1000, busy), 'M0.0,75.0H500.0V0.0H1000.0');
  t.equal(areaOf(intervals, 1000, busy), 'M0.0,75.0H500.0V0.0H1000.0V100.0H500.0V100.0H0.0Z');
  t.equal(areaOf(intervals, 1000, both, busy), 'M0.0,25.0H500.0V0.0H1000.0V0.0H500.0V75.0H0.0Z');
  t.equal(areaOf([], 1000, busy), '');
});

t.test('an axis ends at a round number', async (t) => {
  const MIB = 1024 * 1024;
  for (const [bytes, end] of [
    [0, 1],
    [3, 5],
    [1000, 1024],
    [1.5 * 1024, 2 * 1024],
    [130 * MIB, 200 * MIB],
    [1023.9 * MIB, 1024 * MIB],
    [1024 * MIB, 1024 * MIB],
  ] as const) {
    t.equal(axisEnd(bytes), end, `${bytes}`);
  }
});
