import { Pace } from './pace.ts';
import {
  type ProgressCounts,
  type ProgressState,
  progressBar,
  progressFacts,
  progressLine,
} from './progress.ts';
import type { Shell } from './shell.ts';
import { calmLeft } from './time-left.ts';
import { WIPE } from './words.ts';

export type { ProgressCounts } from './progress.ts';

/** Milliseconds between two drawings on a terminal. */
export const DRAW_INTERVAL = 200;
/** Milliseconds between two lines elsewhere. */
export const LINE_INTERVAL = 10_000;
/** Milliseconds for which rate and time left stay on a terminal: what changes faster cannot be read. */
export const CALM_INTERVAL = 1000;

/** Shows how far a job is until it is closed: a bar on a terminal, a line now and then elsewhere. */
export class ProgressDisplay {
  readonly #shell: Pick<Shell, 'columns' | 'say' | 'draw'>;
  readonly #counts: () => ProgressCounts;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #pace: Pace;
  #told: { readonly time: number; readonly rate: number; readonly left: number | undefined };

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
    const time = this.#now();
    this.#pace = new Pace(time, options.counts());
    this.#told = { time, rate: 0, left: undefined };
    const preset = options.shell.columns === undefined ? LINE_INTERVAL : DRAW_INTERVAL;
    this.#timer = setInterval(() => this.show(), options.interval ?? preset).unref();
  }

  /** Shows the state of this moment. */
  show(): void {
    const state = this.#state();
    const columns = this.#shell.columns;
    if (columns === undefined) this.#shell.say(progressLine(state), progressFacts(state));
    else this.#shell.draw(`\r${progressBar(state, columns)}\x1b[K`);
  }

  /** Ends it and wipes the bar away. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#shell.columns !== undefined) this.#shell.draw(WIPE);
  }

  #state(): ProgressState {
    const counts = this.#counts();
    const time = this.#now();
    const { rate, left } = this.#pace.at(time, counts);
    if (time - this.#told.time >= CALM_INTERVAL) {
      const told = left === undefined ? undefined : calmLeft(left, this.#told.left);
      this.#told = { time, rate, left: told };
    }
    return { ...counts, rate: this.#told.rate, left: this.#told.left };
  }
}
