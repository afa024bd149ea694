import { bytesOf, itemsOf } from './size.ts';
import { StageClock } from './stage-clock.ts';
import type { ThreadTime } from './thread-time.ts';

export type Work = () => Promise<void> | void;

/** A stage that is no stream of its own: what functions do with chunks. */
export class Step {
  /** @internal */
  readonly clock: StageClock;
  readonly #onOver: () => void;

  constructor(options: {
    readonly now: () => number;
    readonly thread: ThreadTime;
    readonly onOver: () => void;
  }) {
    this.clock = new StageClock({ ...options, isSource: false, isFull: false });
    this.#onOver = options.onOver;
  }

  /**
   * A chunk comes: it is busy until `work` settles, but for what is handed on.
   * @throws what `work` does
   */
  take(chunk: unknown, work: Work): Promise<void> {
    const { counters } = this.clock;
    // Before: the chunk's memory may be used again when it is done.
    counters.itemsIn += itemsOf(chunk);
    counters.bytesIn += bytesOf(chunk);
    return this.run(work);
  }

  /** Works on what came before: brings it to an end, say. @throws what `work` does */
  async run(work: Work): Promise<void> {
    this.clock.begin();
    try {
      await this.clock.run(work);
    } finally {
      this.clock.done();
    }
  }

  /** Hands a chunk on: it is held back until `taken` settles. @throws what `taken` does */
  handOn(chunk: unknown, taken: Work): Promise<void> {
    const { counters } = this.clock;
    counters.itemsOut += itemsOf(chunk);
    counters.bytesOut += bytesOf(chunk);
    return this.clock.handOn(taken);
  }

  /** Nothing comes any more. */
  end(): void {
    this.clock.end();
    this.#onOver();
  }
}
