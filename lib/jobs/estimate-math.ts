/** What a sample says of all: values, and between which bounds they are. */

/** How sure the bounds are, in percent: of a thousand estimates, one is outside of them. */
export const CONFIDENCE = 99.9;
/** So many standard deviations from the mean, on both sides, for that. */
const DEVIATIONS = 3.2905;

/** A value that was estimated. */
export interface Estimated {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** A value that is known. */
export const exactly = (value: number): Estimated => ({ value, least: value, most: value });

/** Count, mean and variance of numbers, without keeping them. */
export class Moments {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const off = value - this.mean;
    this.mean += off / this.count;
    this.#squares += off * (value - this.mean);
  }

  /** Of what the numbers are a sample of; 0 for fewer than two. */
  get variance(): number {
    return this.count < 2 ? 0 : this.#squares / (this.count - 1);
  }
}

/** What of the variance remains if the sample has a part of all: none if it is all there is. */
const unseen = (sampled: number, all: number): number => (sampled >= all ? 0 : 1 - sampled / all);

/**
 * The mean of some of all, by that of a sample.
 *
 * @param drawn how many; by default all
 */
export const meanOf = (sample: Moments, all: number, drawn = all): Estimated => {
  const { count, mean, variance } = sample;
  // One number alone does not say how far others are from it: they may be twice as much.
  if (count < 2 && count < all) return { value: mean, least: 0, most: 2 * mean };
  const spread = unseen(count, all) / Math.max(1, count) + unseen(drawn, all) / Math.max(1, drawn);
  const off = DEVIATIONS * Math.sqrt(variance * spread);
  return { value: mean, least: Math.max(0, mean - off), most: mean + off };
};

/**
 * The share of all that passes, if `passed` of `looked` did: Wilson's interval, which is good for very
 * few, too, with his correction for numbers that are whole.
 */
export const shareOf = (passed: number, looked: number, all: number): Estimated => {
  if (looked === 0) return { value: 0, least: 0, most: 1 };
  const value = passed / looked;
  const left = unseen(looked, all);
  const square = (DEVIATIONS ** 2 * left) / looked;
  const edge = (share: number, side: 1 | -1): number => {
    const off = Math.sqrt(square * (share * (1 - share) + square / 4));
    return Math.min(1, Math.max(0, (share + square / 2 + side * off) / (1 + square)));
  };
  const half = left / (2 * looked);
  return {
    value,
    // Computed in different ways, they may miss it by a rounding.
    least: Math.min(value, edge(Math.max(0, value - half), -1)),
    most: Math.max(value, edge(Math.min(1, value + half), 1)),
  };
};

/** How many of `all` fall into a part of the partitions, where chance has put them. */
export const partOf = (all: number, part: number): Estimated => {
  const value = all * part;
  const off = DEVIATIONS * Math.sqrt(value * (1 - part));
  return { value, least: Math.max(0, value - off), most: value + off };
};

/** The product of two that have nothing to do with each other. */
export const productOf = (one: Estimated, other: Estimated): Estimated => {
  const value = one.value * other.value;
  if (value === 0) return { value, least: 0, most: one.most * other.most };
  const down = Math.hypot(1 - one.least / one.value, 1 - other.least / other.value);
  const up = Math.hypot(one.most / one.value - 1, other.most / other.value - 1);
  return { value, least: Math.max(0, value * (1 - down)), most: value * (1 + up) };
};

/** The same after `change`, which never falls. */
export const mapped = (
  { value, least, most }: Estimated,
  change: (value: number) => number,
): Estimated => ({ value: change(value), least: change(least), most: change(most) });
