import { Readable } from 'node:stream';
import { toError } from '../errors.ts';

/** A source that ends in order where another one fails. */
export interface EarlyEnd {
  readonly source: Readable;
  /** Why it ended before its end; `undefined` if it did not. */
  readonly failure: unknown;
}

class EndingEarly extends Readable implements EarlyEnd {
  readonly #inner: Readable;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #worth: (failure: unknown) => boolean;
  #given = false;
  failure: unknown;

  constructor(inner: Readable, worth: (failure: unknown) => boolean) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#inner = inner;
    // A source that begins by itself may fail before anybody reads; whoever reads is told.
    inner.on('error', () => {});
    this.#chunks = inner[Symbol.asyncIterator]();
    this.#worth = worth;
  }

  get source(): Readable {
    return this;
  }

  override _read(): void {
    this.#chunks.next().then(
      ({ done, value }) => this.#give(done === true ? null : value),
      (error: unknown) => this.#end(error),
    );
  }

  /** At once, whatever `inner` waits for: nobody waits for its next chunk. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }

  #give(chunk: unknown): void {
    this.#given = true;
    if (!this.destroyed) this.push(chunk);
  }

  #end(error: unknown): void {
    if (this.destroyed) return;
    if (!this.#given || !this.#worth(error)) {
      this.destroy(toError(error));
      return;
    }
    this.failure = error;
    this.push(null);
  }
}

/**
 * Gives what `inner` gives, and ends when that fails: so all that was read gets through the stages
 * behind, and whoever set them up looks at `failure`. A failure before the first chunk, or one that
 * is not `worth` it, fails this source, too.
 *
 * @param worth whether what was given so far is worth being kept
 */
export const endingEarly = (inner: Readable, worth: (failure: unknown) => boolean): EarlyEnd =>
  new EndingEarly(inner, worth);
