/**
 * How long this thread has run the code of watched stages, all together. A source whose data has come, but
 * whose thread is at work for a stage behind it, is held back by that stage, and does not wait for its server.
 */
export class ThreadTime {
  #total = 0;
  #depth = 0;
  #since = 0;

  /** The code of a stage begins; stages may run within one another. */
  enter(now: number): void {
    if (this.#depth++ === 0) this.#since = now;
  }

  leave(now: number): void {
    if (--this.#depth === 0) this.#total += now - this.#since;
  }

  /** Milliseconds up to now. */
  at(now: number): number {
    return this.#depth > 0 ? this.#total + now - this.#since : this.#total;
  }
}
