import { Counters, type StageFigures } from './figures.ts';
import { Probe, type Stage } from './probe.ts';
import type { StageClock } from './stage-clock.ts';
import { Step } from './step.ts';
import { ThreadTime } from './thread-time.ts';

export type { StageFigures } from './figures.ts';
export { BACKGROUND, type Stage } from './probe.ts';
export type { Step } from './step.ts';

/** One name of a row: the stages that bear it now, and what those did that are gone. */
class Entry {
  readonly #clocks = new Set<StageClock>();
  readonly #past = new Counters();
  /** Whether a stage has borne it. */
  isMet = false;

  join(clock: StageClock): void {
    this.isMet = true;
    this.#clocks.add(clock);
  }

  /** A restore has many files: what is left of a stage that is gone are its figures. */
  leave(clock: StageClock): void {
    if (this.#clocks.delete(clock)) this.#past.add(clock.counters);
  }

  /** Adds what all of them have done until now. */
  addTo(sum: Counters): void {
    sum.add(this.#past);
    for (const clock of this.#clocks) {
      clock.settle();
      sum.add(clock.counters);
    }
  }
}

export interface MeterOptions {
  /** A clock in milliseconds. Default: that of `performance`. */
  readonly now?: () => number;
}

/**
 * Tells what each stage of a pipeline has taken and given, and what its time was spent with.
 *
 *     const meter = new Meter();
 *     const job = backup({ namespace: 'test', directory: 'out', meter });
 *     await job.done;
 *     console.table(meter.figures());
 */
export class Meter {
  readonly #time: { readonly now: () => number; readonly thread: ThreadTime };
  readonly #entries = new Map<string, Entry>();
  readonly #taken = new Map<string, readonly StageFigures[]>();

  constructor({ now = () => performance.now() }: MeterOptions = {}) {
    this.#time = { now, thread: new ThreadTime() };
  }

  /**
   * Watches stages that stand in a row, by name, in their order; before they are piped. A row with names that
   * were there before adds to them: the files of a restore, one after another or at once.
   */
  watch(stages: Readonly<Record<string, Stage>>): void {
    for (const [name, stage] of Object.entries(stages)) {
      const entry = this.#entryOf(name);
      const { clock } = new Probe(stage, { ...this.#time, onOver: () => entry.leave(clock) });
      entry.join(clock);
    }
  }

  /** Watches a stage that is no stream, and tells itself what it does. */
  step(name: string): Step {
    const entry = this.#entryOf(name);
    const step = new Step({ ...this.#time, onOver: () => entry.leave(step.clock) });
    entry.join(step.clock);
    return step;
  }

  /**
   * Says in which order stages stand of which some come later than those behind them: who reads a file opens it
   * when somebody wants to write. Names that never come are left out.
   */
  expect(...names: readonly string[]): void {
    for (const name of names) this.#entryOf(name);
  }

  /**
   * Takes the figures of a row that is elsewhere: in a worker thread.
   * @param from who tells them: only the latest of each count, and they add up with all others
   */
  take(from: string, figures: readonly StageFigures[]): void {
    this.#taken.set(from, figures);
    for (const { name } of figures) this.#entryOf(name).isMet = true;
  }

  /** What all stages have done until now, in the order of their rows. */
  figures(): StageFigures[] {
    const sums = new Map<string, Counters>();
    const sumOf = (name: string): Counters => {
      const sum = sums.get(name) ?? new Counters();
      sums.set(name, sum);
      return sum;
    };
    for (const [name, entry] of this.#entries) if (entry.isMet) entry.addTo(sumOf(name));
    for (const figures of this.#taken.values()) {
      for (const stage of figures) sumOf(stage.name).add(stage);
    }
    return Array.from(sums, ([name, sum]) => ({ name, ...sum }));
  }

  #entryOf(name: string): Entry {
    const entry = this.#entries.get(name) ?? new Entry();
    this.#entries.set(name, entry);
    return entry;
  }
}
