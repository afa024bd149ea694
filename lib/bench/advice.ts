/** Which settings are best, from what was measured of each: arithmetic, and no clock. */
import type { BenchSettings } from './settings.ts';
import type { Spread } from './statistics.ts';

/** What was measured of some settings. */
export interface Trial {
  readonly settings: BenchSettings;
  readonly seconds: Spread;
  /** CPU time of all threads, median. */
  readonly cpuSeconds: number;
  readonly bytesOut: number;
  readonly runs: number;
}

/** Settings that were tried for one question, the default among them. */
export interface Trials {
  /** The first one is the default. */
  readonly tried: readonly [Trial, ...Trial[]];
  /** For which there was no time. */
  readonly leftOut: readonly BenchSettings[];
}

/**
 * How much time fewer bytes are worth: one percent fewer are worth three percent more time. Bytes
 * are paid for as long as a backup is kept, and time once.
 */
export const WORTH_OF_BYTES = 3;
/** What differs from the default by less than this share is not worth an option. */
export const MIN_GAIN = 0.05;

/** How long a backup takes where bytes go to a place that takes `rate` of them in a second. */
export const secondsAt = ({ seconds, bytesOut }: Trial, rate = Number.POSITIVE_INFINITY): number =>
  Math.max(seconds.median, bytesOut / rate);

/** From so many runs on it is known how far they differ. */
const ENOUGH_RUNS = 3;
/** How far they are reckoned to differ at least, with fewer: a share of the time. */
const UNKNOWN_SCATTER = 0.1;

const scatterOf = ({ seconds: { median, deviation }, runs }: Trial): number =>
  runs < ENOUGH_RUNS ? Math.max(deviation, UNKNOWN_SCATTER * median) : deviation;

/**
 * The lower, the better.
 * @param luck in scatters of time: what would it be if the runs had been lucky, or unlucky?
 */
const costOf = (trial: Trial, rate: number | undefined, luck: 1 | -1): number => {
  const median = trial.seconds.median + luck * scatterOf(trial);
  const seconds = secondsAt({ ...trial, seconds: { ...trial.seconds, median } }, rate);
  return Math.log(seconds) + WORTH_OF_BYTES * Math.log(trial.bytesOut);
};

/**
 * The best of what was tried: the default unless another one is better by more than `MIN_GAIN`, also
 * if its own runs had been lucky and those of the default had not.
 *
 * @param rate bytes that the place takes in a second; as many as there are if left out
 */
export const bestOf = ({ tried: [preset, ...others] }: Trials, rate?: number): Trial => {
  const least = costOf(preset, rate, -1) + Math.log(1 - MIN_GAIN);
  return others.reduce(
    (best, other) => {
      const cost = costOf(other, rate, 1);
      return cost < best.cost ? { trial: other, cost } : best;
    },
    { trial: preset, cost: least },
  ).trial;
};

/** What made the fewest bytes. */
export const smallestOf = ({ tried }: Trials): Trial =>
  tried.reduce((one, other) => (other.bytesOut < one.bytesOut ? other : one));

/** What took the least time. */
export const fastestOf = ({ tried }: Trials): Trial =>
  tried.reduce((one, other) => (other.seconds.median < one.seconds.median ? other : one));
