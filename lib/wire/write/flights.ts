/**
 * The requests that are on their way to one node. How long each takes depends on how many there
 * are; so until one has come back, no second is sent after it, and what it took tells the rest.
 */
export class Flights {
  #count = 0;
  #tried = false;
  #waiting: (() => void)[] = [];

  /** Waits for its turn. @returns how many are on their way, with this one */
  async begin(): Promise<number> {
    while (!this.#tried && this.#count > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return ++this.#count;
  }

  /** @param answered false if the connection ended first: that tells nothing */
  end(answered: boolean): void {
    this.#count--;
    this.#tried ||= answered;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
