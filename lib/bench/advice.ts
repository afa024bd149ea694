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

/** The lower, the better. */
const costOf = (trial: Trial, rate: number | undefined): number =>
  Math.log(secondsAt(trial, rate)) + WORTH_OF_BYTES * Math.log(trial.bytesOut);

/**
 * The best of what was tried: the default unless another one is better by more than `MIN_GAIN`.
 *
 * @param rate bytes that the place takes in a second; as many as there are if left out
 */
export const bestOf = ({ tried }: Trials, rate?: number): Trial => {
  const [preset] = tried;
  const best = tried.reduce((one, other) =>
    costOf(other, rate) < costOf(one, rate) ? other : one,
  );
  const gain = costOf(preset, rate) - costOf(best, rate);
  return gain > -Math.log(1 - MIN_GAIN) ? best : preset;
};

/** What made the fewest bytes. */
export const smallestOf = ({ tried }: Trials): Trial =>
  tried.reduce((one, other) => (other.bytesOut < one.bytesOut ? other : one));

/** What took the least time. */
export const fastestOf = ({ tried }: Trials): Trial =>
  tried.reduce((one, other) => (other.seconds.median < one.seconds.median ? other : one));
