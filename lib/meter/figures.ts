/** What one stage has done, from the begin until now. */
export interface StageFigures {
  readonly name: string;
  /** Records; a chunk of bytes, and anything else, counts as one. */
  readonly itemsIn: number;
  readonly itemsOut: number;
  /** Of a batch of records, the bytes of its records. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /**
   * Milliseconds at work: from a chunk's arrival until the stage says that it is done with it. Of a stage that
   * writes to a disk or a network, the time that these take, too.
   */
  readonly busy: number;
  /**
   * Of these, those for which its own code had the thread, as far as that can be seen: what an `async` function
   * does behind its first `await` cannot.
   */
  readonly running: number;
  /** Milliseconds without anything to do. Of a source: waiting for what it reads from. */
  readonly waiting: number;
  /** Milliseconds held back by what comes behind: its output is full, or its thread is at work for others. */
  readonly held: number;
}

/** The same while it grows. */
export class Counters {
  itemsIn = 0;
  itemsOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  busy = 0;
  running = 0;
  waiting = 0;
  held = 0;

  add(more: Omit<StageFigures, 'name'>): void {
    this.itemsIn += more.itemsIn;
    this.itemsOut += more.itemsOut;
    this.bytesIn += more.bytesIn;
    this.bytesOut += more.bytesOut;
    this.busy += more.busy;
    this.running += more.running;
    this.waiting += more.waiting;
    this.held += more.held;
  }
}
