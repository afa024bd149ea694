/** What a row of measurements tells: whether it grew, and how far it went up. */

/** What may grow by this much is flat: 20 %. */
export const FLAT = 1.2;

/** Fewer measurements tell nothing. */
export const FEWEST_SAMPLES = 20;

/** What is looked at, in parts of all samples. */
export interface Windows {
  /** Left out at the beginning: caches and pools fill, code is compiled. */
  readonly warmUp: number;
  /** The first and the last window, which are held against each other. */
  readonly window: number;
}

export interface Course {
  /** Median of the first window behind the warm-up. */
  readonly first: number;
  /** Median of the last window. */
  readonly last: number;
  /** Of all behind the warm-up. */
  readonly median: number;
  readonly peak: number;
  /** `last / first`. */
  readonly growth: number;
  /** `peak / median`. */
  readonly height: number;
}

/** @throws RangeError for fewer than {@link FEWEST_SAMPLES} */
export const courseOf = (samples: readonly number[], { warmUp, window }: Windows): Course => {
  if (samples.length < FEWEST_SAMPLES) {
    throw new RangeError(`${samples.length} samples; it takes ${FEWEST_SAMPLES} to tell anything`);
  }
  const warm = samples.slice(Math.round(samples.length * warmUp));
  const size = Math.max(1, Math.round(samples.length * window));
  const [first, last] = [median(warm.slice(0, size)), median(warm.slice(-size))];
  const [middle, peak] = [median(warm), Math.max(...warm)];
  return { first, last, median: middle, peak, growth: last / first, height: peak / middle };
};

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};
