import type { StageFigures } from './figures.ts';

/** Points that are kept of a profile at most: when there are as many, every other one is let go. */
export const MAX_SAMPLES = 600;

/** What of a stage is known at each time: sums from the begin, as in {@link StageFigures}. */
export interface StageSeries {
  readonly name: string;
  readonly itemsIn: readonly number[];
  readonly itemsOut: readonly number[];
  readonly bytesIn: readonly number[];
  readonly bytesOut: readonly number[];
  readonly busy: readonly number[];
  readonly waiting: readonly number[];
  readonly held: readonly number[];
}

/** Figures over time. */
export interface SampleSeries {
  /** Milliseconds from the begin, ascending. */
  readonly time: readonly number[];
  readonly stages: readonly StageSeries[];
}

interface Sample {
  readonly time: number;
  readonly stages: readonly StageFigures[];
}

/**
 * Figures at some times, never more than {@link MAX_SAMPLES}. They are sums, so that letting go one between two
 * others loses nothing but its time.
 */
export class Samples {
  #samples: Sample[] = [];
  /** Of how many that came one is kept. */
  #every = 1;
  #come = 0;

  /** @param time milliseconds from the begin; never before those that came */
  add(time: number, stages: readonly StageFigures[]): void {
    if (this.#come++ % this.#every !== 0) return;
    if (this.#samples.length === MAX_SAMPLES) {
      this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
      this.#every *= 2;
    }
    this.#samples.push({ time, stages });
  }

  /** @param last stands at the end, whatever was kept */
  series(last: Sample): SampleSeries {
    const all = [...this.#samples, last];
    const of = (name: string, key: Exclude<keyof StageFigures, 'name'>): number[] =>
      // Before a stage was there, it had done nothing.
      all.map(({ stages }) => rounded(stages.find((stage) => stage.name === name)?.[key] ?? 0));
    return {
      time: all.map(({ time }) => rounded(time)),
      stages: last.stages.map(({ name }) => ({
        name,
        itemsIn: of(name, 'itemsIn'),
        itemsOut: of(name, 'itemsOut'),
        bytesIn: of(name, 'bytesIn'),
        bytesOut: of(name, 'bytesOut'),
        busy: of(name, 'busy'),
        waiting: of(name, 'waiting'),
        held: of(name, 'held'),
      })),
    };
  }
}

/** Digits beyond say nothing, and take room. */
const rounded = (value: number): number => Math.round(value * 10) / 10;
