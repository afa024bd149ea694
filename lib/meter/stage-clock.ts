import { Counters } from './figures.ts';
import type { ThreadTime } from './thread-time.ts';

/**
 * What a stage does at each moment, as far as it can be seen from outside, and how long:
 *
 * - held, while it gives out a chunk (what stands behind it runs within that call), and from a `push` that
 *   says "full" until it is asked for more;
 * - busy, while its code runs, and while a chunk, its end, or work in the background is under way;
 * - else it waits.
 */
export class StageClock {
  readonly counters = new Counters();
  readonly #now: () => number;
  readonly #thread: ThreadTime;
  readonly #isSource: boolean;
  #since: number;
  #threadSince: number;
  #running = 0;
  #pushing = 0;
  #pending = 0;
  #background = 0;
  #isFull: boolean;
  #isOver = false;

  constructor(options: {
    readonly now: () => number;
    readonly thread: ThreadTime;
    readonly isSource: boolean;
    /** Whether what it gives out waits for its reader already. */
    readonly isFull: boolean;
  }) {
    this.#now = options.now;
    this.#thread = options.thread;
    this.#isSource = options.isSource;
    this.#isFull = options.isFull;
    this.#since = this.#now();
    this.#threadSince = this.#thread.at(this.#since);
  }

  /** Runs a piece of the stage's own code. */
  run<Result>(code: () => Result): Result {
    this.#thread.enter(this.settle());
    this.#running++;
    try {
      return code();
    } finally {
      this.#thread.leave(this.settle());
      this.#running--;
    }
  }

  /** Hands a chunk on. @param push says whether there is room for more */
  push(push: () => boolean): boolean {
    this.settle();
    this.#pushing++;
    try {
      const hasRoom = push();
      this.settle();
      this.#isFull = !hasRoom;
      return hasRoom;
    } finally {
      this.#pushing--;
    }
  }

  /** Hands a chunk on to somebody who is done with it when `take` settles: so long it is held. */
  async handOn(take: () => Promise<void> | void): Promise<void> {
    this.settle();
    this.#pushing++;
    try {
      await take();
    } finally {
      this.settle();
      this.#pushing--;
    }
  }

  /** What stands behind it wants more. */
  asked(): void {
    if (!this.#isFull) return;
    this.settle();
    this.#isFull = false;
  }

  /** A chunk, or the end, has come, and is under way until {@link done}. */
  begin(): void {
    this.settle();
    this.#pending++;
  }

  done(): void {
    this.settle();
    this.#pending--;
  }

  /** So many pieces are under way where nobody sees it. */
  background(pieces: number): void {
    this.settle();
    this.#background = pieces;
  }

  /** Its time is over, for good. */
  end(): void {
    this.settle();
    this.#isOver = true;
  }

  /** Adds the time since the last change to what it was spent with. @returns now */
  settle(): number {
    const now = this.#now();
    const { counters } = this;
    const elapsed = now - this.#since;
    const thread = this.#thread.at(now);
    if (this.#isOver) return now;
    if (this.#pushing > 0) counters.held += elapsed;
    else if (this.#running > 0) {
      counters.busy += elapsed;
      counters.running += elapsed;
    } else if (this.#isFull) counters.held += elapsed;
    else if (this.#pending > 0 || this.#background > 0) counters.busy += elapsed;
    else if (this.#isSource) {
      const forOthers = Math.min(elapsed, thread - this.#threadSince);
      counters.held += forOthers;
      counters.waiting += elapsed - forOthers;
    } else counters.waiting += elapsed;
    this.#since = now;
    this.#threadSince = thread;
    return now;
  }
}
