import type { Recorder } from '../meter/pipeline-profile.ts';
import { tableOf } from '../meter/table.ts';
import type { Shell } from './shell.ts';
import { WIPE } from './words.ts';

/** Milliseconds between two samples, and between two drawings. */
export const SAMPLE_INTERVAL = 250;

type Drawing = Pick<Shell, 'columns' | 'draw'>;

/**
 * Takes samples until it is closed; on a terminal it shows each as a table, in place. What the command draws
 * itself (how far it is) stands above.
 */
export class ProfileDisplay {
  readonly #shell: Drawing;
  readonly #recorder: Recorder;
  readonly #timer: NodeJS.Timeout;
  #isHidden = false;
  /** What the command has drawn. */
  #above = '';

  /** @param options.interval milliseconds */
  constructor(options: {
    readonly shell: Drawing;
    readonly recorder: Recorder;
    readonly interval?: number;
  }) {
    this.#shell = options.shell;
    this.#recorder = options.recorder;
    const { interval = SAMPLE_INTERVAL } = options;
    this.#timer = setInterval(() => this.sample(), interval).unref();
  }

  /** What the command draws, in place of what it has drawn. */
  draw(text: string): void {
    if (this.#isHidden) return;
    this.#above = text === WIPE ? '' : text;
    if (this.#above === '') this.#shell.draw(WIPE);
    else this.#show();
  }

  /** Takes a sample, and shows it. */
  sample(): void {
    this.#recorder.sample();
    this.#show();
  }

  /** Draws nothing any more; samples are taken all the same. */
  hide(): void {
    if (!this.#isHidden && this.#shell.columns !== undefined) this.#shell.draw(WIPE);
    this.#isHidden = true;
  }

  /** Ends it, and wipes it away. */
  close(): void {
    clearInterval(this.#timer);
    this.hide();
  }

  #show(): void {
    const { columns } = this.#shell;
    if (columns === undefined || this.#isHidden) return;
    const figures = this.#recorder.figures;
    if (figures.length === 0) {
      if (this.#above !== '') this.#shell.draw(this.#above);
      return;
    }
    const rows = tableOf(figures, this.#recorder.elapsed, this.#recorder.limit);
    // The last column would wrap.
    const table = rows.map((row) => `\r${row.slice(0, columns - 1)}\x1b[K`);
    this.#shell.draw([...(this.#above === '' ? [] : [this.#above]), ...table].join('\n'));
  }
}
