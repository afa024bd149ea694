/** Tasks that begin one another; one can wait until no other is busy. */
export class Tasks {
  readonly #done = Promise.withResolvers<void>();
  #running = 0;
  #waiting: (() => void)[] = [];

  /** Settles when the last task has ended; rejects with the first failure of one. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Begins a task. */
  start(task: () => Promise<void>): void {
    this.#running++;
    task().then(
      () => this.#ended(),
      (error: unknown) => this.#done.reject(error),
    );
  }

  /** For a task: settles when all others have ended, or wait here too. */
  async untilOthersEnd(): Promise<void> {
    const turn = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#wake();
    await turn;
  }

  #ended(): void {
    this.#running--;
    if (this.#running === 0) this.#done.resolve();
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length < this.#running) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
