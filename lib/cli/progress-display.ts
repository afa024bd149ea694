import { type ProgressState, progressBar, progressLine } from './progress.ts';
import type { Shell } from './shell.ts';

/** Milliseconds between two drawings on a terminal. */
export const DRAW_INTERVAL = 100;
/** Milliseconds between two lines elsewhere. */
export const LINE_INTERVAL = 10_000;
/** Milliseconds over which the rate is taken. */
const RATE_WINDOW = 5000;

/** What a job tells of itself while it runs. */
export type ProgressCounts = Omit<ProgressState, 'elapsed' | 'rate'>;

/** Shows how far a job is until it is closed: a bar on a terminal, a line now and then elsewhere. */
export class ProgressDisplay {
  readonly #shell: Pick<Shell, 'columns' | 'say' | 'draw'>;
  readonly #counts: () => ProgressCounts;
  readonly #now: () => number;
  readonly #started: number;
  readonly #timer: NodeJS.Timeout;
  #samples: { readonly time: number; readonly records: number }[];

  /**
   * @param options.counts asked at each drawing
   * @param options.interval milliseconds between two drawings
   * @param options.now a clock in milliseconds
   */
  constructor(options: {
    readonly shell: Pick<Shell, 'columns' | 'say' | 'draw'>;
    readonly counts: () => ProgressCounts;
    readonly interval?: number;
    readonly now?: () => number;
  }) {
    this.#shell = options.shell;
    this.#counts = options.counts;
    this.#now = options.now ?? (() => performance.now());
    this.#started = this.#now();
    this.#samples = [{ time: this.#started, records: 0 }];
    const preset = options.shell.columns === undefined ? LINE_INTERVAL : DRAW_INTERVAL;
    this.#timer = setInterval(() => this.show(), options.interval ?? preset).unref();
  }

  /** Shows the state of this moment. */
  show(): void {
    const state = this.#state();
    const columns = this.#shell.columns;
    if (columns === undefined) this.#shell.say(progressLine(state));
    else this.#shell.draw(`\r${progressBar(state, columns)}\x1b[K`);
  }

  /** Ends it and wipes the bar away. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#shell.columns !== undefined) this.#shell.draw('\r\x1b[K');
  }

  #state(): ProgressState {
    const counts = this.#counts();
    const time = this.#now();
    const oldest = this.#samples.findLast((sample) => time - sample.time >= RATE_WINDOW);
    const since = oldest ?? this.#samples[0]!;
    this.#samples = [...this.#samples.filter((sample) => sample.time >= since.time)];
    this.#samples.push({ time, records: counts.records });
    const span = (time - since.time) / 1000;
    const rate = span > 0 ? (counts.records - since.records) / span : 0;
    return { ...counts, elapsed: time - this.#started, rate };
  }
}
