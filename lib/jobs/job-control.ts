import { AsbError } from '../errors.ts';

/** What jobs under way have in common: they began at some time, and can be stopped. */
export class JobControl {
  readonly #name: string;
  readonly #begin = performance.now();
  readonly #abort = new AbortController();

  /** @param name for the message of a job that was stopped: `verify` */
  constructor(name: string) {
    this.#name = name;
  }

  /** Aborted when the job is stopped, for the reason that it fails with. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Milliseconds since the job began. */
  get elapsed(): number {
    return performance.now() - this.#begin;
  }

  /** Stops the job: it fails with `ABORTED`. */
  abort(reason = 'stopped'): void {
    this.#abort.abort(new AsbError('ABORTED', `${this.#name} ${reason}`));
  }

  /** What the work comes to; if it fails after it was stopped, in whatever way, it fails for that. */
  async done<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }
}
