import { RecordBatch } from '../../record/batch.ts';
import type { Limiter } from '../limiter.ts';
import { paced } from '../paced.ts';

/**
 * Gives batches on no faster than a limit lets their records pass: in slices, one batch after the
 * other, from however many scans. Who gives a batch reads nothing more before it is all handed on, so
 * that what waits here never counts as delivered.
 */
export class PacedDelivery {
  readonly #limiter: Limiter;
  readonly #deliver: (batch: RecordBatch) => boolean;
  readonly #signal: AbortSignal;
  #last: Promise<void> = Promise.resolve();
  #goOn: () => void = () => {};

  /**
   * @param deliver takes each slice, whose memory is the batch's; gives false to hold all until
   *   {@link resume}
   * @param signal drops what waits; `resume` must be called then, too
   */
  constructor(limiter: Limiter, deliver: (batch: RecordBatch) => boolean, signal: AbortSignal) {
    this.#limiter = limiter;
    this.#deliver = deliver;
    this.#signal = signal;
  }

  /** Settles when all of the batch is delivered and the next may come, or is dropped. */
  give(batch: RecordBatch): Promise<void> {
    this.#last = this.#last.then(() => this.#give(batch));
    return this.#last;
  }

  resume(): void {
    this.#goOn();
  }

  async #give(batch: RecordBatch): Promise<void> {
    const release = afterAll(batch);
    for await (const [from, to] of paced(this.#limiter, batch.offsets, this.#signal)) {
      const offsets = batch.offsets.subarray(from, to);
      const slice = new RecordBatch(batch.bytes, offsets, release(offsets.length));
      if (this.#deliver(slice) || this.#signal.aborted) continue;
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
  }
}

/** Shares a batch's memory out: it is released with the last of its slices, in whatever order. */
const afterAll = (batch: RecordBatch) => {
  let left = batch.offsets.length;
  return (size: number) => {
    let held = size;
    return () => {
      left -= held;
      if (held > 0 && left === 0) batch.release();
      held = 0;
    };
  };
};
