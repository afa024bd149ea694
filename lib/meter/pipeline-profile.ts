import { codeOf, messageOf } from '../errors.ts';
import type { StageFigures } from './figures.ts';
import { type Limit, limitOf } from './limit.ts';
import type { Meter } from './meter.ts';
import { type SampleSeries, Samples } from './samples.ts';
import { utilizationFromNow } from './utilization.ts';

/** What `--profile=FILE.json` writes. */
export interface PipelineProfile {
  readonly format: 'asb-profile';
  /** Of this form: another number for whatever a reader must know of. */
  readonly version: 1;
  /** What was run: `asb backup`. */
  readonly title: string;
  /** When it began, as ISO 8601. */
  readonly begun: string;
  /** Milliseconds that it took. */
  readonly elapsed: number;
  /** Share of the time for which the main thread was at work, 0 to 1. */
  readonly thread: number;
  /** Why it ended before its end; `null` if it did not. */
  readonly failure: { readonly code: string | null; readonly message: string } | null;
  /** In the order in which data flow through them. */
  readonly stages: readonly StageFigures[];
  /** `null` if nothing had happened. */
  readonly limit: Limit | null;
  readonly samples: SampleSeries;
}

export interface RecorderOptions {
  readonly meter: Meter;
  readonly title: string;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  /** The time of day, for tests. */
  readonly date?: () => Date;
  /** Share of the time until now for which the thread was at work, for tests. */
  readonly utilization?: () => number;
}

/** Makes a profile of what a meter tells from time to time. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #now: () => number;
  readonly #begin: number;
  readonly #begun: Date;
  readonly #utilization: () => number;
  readonly #samples = new Samples();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#begin = this.#now();
    this.#begun = (options.date ?? (() => new Date()))();
    this.#utilization = options.utilization ?? utilizationFromNow();
    this.sample();
  }

  /** Milliseconds since it began. */
  get elapsed(): number {
    return this.#now() - this.#begin;
  }

  /** What all stages have done until now. */
  get figures(): StageFigures[] {
    return this.#options.meter.figures();
  }

  /** What limits until now. */
  get limit(): Limit | undefined {
    return limitOf(this.figures, this.#utilization());
  }

  /** Remembers the figures of this moment. */
  sample(): void {
    this.#samples.add(this.elapsed, this.figures);
  }

  /** @param failure what was thrown, if anything was */
  profile(failure?: unknown): PipelineProfile {
    const stages = this.figures;
    const elapsed = this.elapsed;
    const thread = this.#utilization();
    return {
      format: 'asb-profile',
      version: 1,
      title: this.#options.title,
      begun: this.#begun.toISOString(),
      elapsed,
      thread,
      failure:
        failure === undefined
          ? null
          : { code: codeOf(failure) ?? null, message: messageOf(failure) },
      stages,
      limit: limitOf(stages, thread) ?? null,
      samples: this.#samples.series({ time: elapsed, stages }),
    };
  }
}
