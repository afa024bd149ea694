/** What several runs say of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median of the distances from the median (MAD): half of the runs are nearer than that. */
  readonly deviation: number;
}

/** @param values one or more */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** @param values one or more */
export const spreadOf = (values: readonly number[]): Spread => {
  const middle = median(values);
  return {
    median: middle,
    min: Math.min(...values),
    max: Math.max(...values),
    deviation: median(values.map((value) => Math.abs(value - middle))),
  };
};

/** What the ratios of pairs say. */
export type Verdict =
  /** The median is above 1, by more than the scatter. */
  | 'more'
  /** The same, below 1. */
  | 'less'
  /** The difference is no larger than what may be between runs of the same. */
  | 'within the scatter'
  /** Nobody could tell. */
  | 'too few pairs';

/** Fewer pairs than these may agree by chance. */
export const MIN_PAIRS = 5;
/**
 * How many deviations the median of so many pairs must be away from 1: of 100 comparisons of the same, about
 * one is (of 5 pairs, two). The deviation of a few pairs is often much too small by chance.
 */
const deviationsFor = (pairs: number): number => Math.max(1, 35 / pairs);

/** Ratios of runs that were made in turn, one of each pair: what changes slowly cancels out. */
export interface Pairs extends Spread {
  readonly ratios: readonly number[];
  readonly verdict: Verdict;
}

/**
 * Compares runs that were made in turn.
 *
 * @param ones as many as `others`, one or more, none of them 0
 */
export const pairsOf = (others: readonly number[], ones: readonly number[]): Pairs => {
  const ratios = others.map((other, index) => other / ones[index]!);
  const spread = spreadOf(ratios);
  return { ...spread, ratios, verdict: verdictOf(spread, ratios.length) };
};

const verdictOf = ({ median: middle, deviation }: Spread, pairs: number): Verdict => {
  if (pairs < MIN_PAIRS) return 'too few pairs';
  if (Math.abs(middle - 1) <= deviationsFor(pairs) * deviation) return 'within the scatter';
  return middle > 1 ? 'more' : 'less';
};
