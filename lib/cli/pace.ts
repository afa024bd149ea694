/** Milliseconds over which the rate is taken: short, so that it is the rate of now. */
export const RATE_WINDOW = 5000;
/** Milliseconds over which the time left is reckoned: long, so that it does not jump. */
export const LEFT_WINDOW = 30_000;
/** Milliseconds before which nothing is said of the time left: it would be a guess. */
export const LEFT_AFTER = 2000;
/** Milliseconds between two samples, at least. */
const SAMPLE_INTERVAL = 200;

/** How far something is. */
export interface PaceCounts {
  readonly records: number;
  /** Records expected, where that is known. */
  readonly estimatedRecords?: number | undefined;
  /** How much is done, 0 to 1; `undefined` if nobody can know. */
  readonly share: number | undefined;
}

interface Sample {
  readonly time: number;
  readonly records: number;
  readonly share: number;
}

/**
 * How fast something goes, and how long it will take: from samples of the last seconds, so that what it
 * did before it stalled, or before it went on with an older run, does not count.
 */
export class Pace {
  #begin: number;
  #samples: readonly [Sample, ...Sample[]];

  /** @param time of the begin, in milliseconds of any clock */
  constructor(time: number, counts: PaceCounts) {
    this.#begin = time;
    this.#samples = [sampleOf(time, counts)];
  }

  /**
   * @param time now, in milliseconds of the same clock
   * @returns records a second, and milliseconds left, where there is something to go by
   */
  at(time: number, counts: PaceCounts): { readonly rate: number; readonly left?: number } {
    const now = sampleOf(time, counts);
    // Another phase, which counts anew.
    if (now.records < this.#samples.at(-1)!.records) [this.#begin, this.#samples] = [time, [now]];
    const rate = this.#perSecond(now, RATE_WINDOW).records;
    const left = time - this.#begin < LEFT_AFTER ? undefined : this.#left(now, counts);
    this.#keep(now);
    return left === undefined ? { rate } : { rate, left };
  }

  /** By the records expected; where these are not known, or have all come, by the share. */
  #left(now: Sample, { records, estimatedRecords = 0, share }: PaceCounts): number | undefined {
    const speed = this.#perSecond(now, LEFT_WINDOW);
    const missing = estimatedRecords - records;
    if (missing > 0 && speed.records > 0) return (missing / speed.records) * 1000;
    if (share === undefined || speed.share <= 0) return undefined;
    return ((1 - share) / speed.share) * 1000;
  }

  #perSecond(now: Sample, window: number): { records: number; share: number } {
    const since = this.#samples.findLast(({ time }) => now.time - time >= window);
    const from = since ?? this.#samples[0];
    const seconds = (now.time - from.time) / 1000;
    if (seconds <= 0) return { records: 0, share: 0 };
    return {
      records: (now.records - from.records) / seconds,
      share: (now.share - from.share) / seconds,
    };
  }

  /** Of what is older than the windows, one sample stays. */
  #keep(now: Sample): void {
    const [first, ...rest] = this.#samples;
    if (now.time - (rest.at(-1) ?? first).time < SAMPLE_INTERVAL) return;
    const [second] = rest;
    const isOld = second !== undefined && now.time - second.time >= LEFT_WINDOW;
    this.#samples = isOld ? [second, ...rest.slice(1), now] : [first, ...rest, now];
  }
}

const sampleOf = (time: number, { records, share = 0 }: PaceCounts): Sample => ({
  time,
  records,
  share,
});
