/** What the plots of a profile show, as numbers and as paths of SVG. */
import type { SampleSeries, StageSeries } from '../../meter/samples.ts';

/** What a stage did between two samples. */
export interface Interval {
  /** Milliseconds from the begin. */
  readonly from: number;
  readonly to: number;
  /** Bytes a second that it took; of a source, that it gave. */
  readonly rate: number;
  /** Shares of the time; what is left was waiting, or before its begin or behind its end. */
  readonly busy: number;
  readonly held: number;
}

/** A stage from sample to sample. */
export const intervalsOf = (
  { time }: Pick<SampleSeries, 'time'>,
  stage: StageSeries,
): Interval[] => {
  const bytes = stage.bytesIn.some((sum) => sum > 0) ? stage.bytesIn : stage.bytesOut;
  const intervals: Interval[] = [];
  for (let index = 1; index < time.length; index++) {
    const from = time[index - 1]!;
    const to = time[index]!;
    if (to <= from) continue;
    const grown = (sums: readonly number[]): number => sums[index]! - sums[index - 1]!;
    const [busy, held] = [grown(stage.busy), grown(stage.held)];
    // Of a name that stands in several rows at once, the time of all of them.
    const whole = Math.max(to - from, busy + held + grown(stage.waiting));
    const rate = grown(bytes) / ((to - from) / 1000);
    intervals.push({ from, to, rate, busy: busy / whole, held: held / whole });
  }
  return intervals;
};

/** Width and height of a plot in its own units; it is drawn as large as there is room. */
export const PLOT = { width: 1000, height: 100 } as const;

/** A share of each interval, from 0, the bottom of a plot, to 1. */
type Height = (interval: Interval) => number;

const y = (value: number): string => ((1 - value) * PLOT.height).toFixed(1);

/**
 * Steps from the left to the right, as the `d` of a path.
 * @param end milliseconds at the right
 */
export const lineOf = (intervals: readonly Interval[], end: number, top: Height): string => {
  const x = (time: number): string => ((time / end) * PLOT.width).toFixed(1);
  return intervals
    .map((each, index) => `${index === 0 ? `M${x(each.from)},` : 'V'}${y(top(each))}H${x(each.to)}`)
    .join('');
};

/** The same as an area, which stands on `base`; on the bottom if that is left out. */
export const areaOf = (
  intervals: readonly Interval[],
  end: number,
  top: Height,
  base: Height = () => 0,
): string => {
  if (intervals.length === 0) return '';
  const x = (time: number): string => ((time / end) * PLOT.width).toFixed(1);
  const back = intervals.toReversed().map((each) => `V${y(base(each))}H${x(each.from)}`);
  return `${lineOf(intervals, end, top)}${back.join('')}Z`;
};

/** Where an axis of bytes ends: at 1, 2 or 5, or 10 or 100 of these, of a unit. */
export const axisEnd = (bytes: number): number => {
  const unit = 1024 ** Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024));
  const value = bytes / unit;
  const ends = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  return ends.find((end) => end >= value)! * unit;
};
