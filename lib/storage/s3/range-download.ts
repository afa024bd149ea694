import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { AsbError } from '../../errors.ts';
import { lend, type PooledBuffer } from '../../memory/buffer-pool.ts';
import type { ByteRange } from './ranges.ts';

/** Milliseconds before a broken answer is asked for again; each further wait is twice as long. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 20_000;

/** Asks for a range: resolves with the bytes that come, or with some of them if the answer breaks. */
export type GetRange = (range: ByteRange, signal: AbortSignal) => Promise<Readable>;

export interface RangeDownloadOptions {
  readonly get: GetRange;
  readonly range: ByteRange;
  /** Where the bytes go, all of the range; released by `release`. */
  readonly memory: PooledBuffer;
  /** Milliseconds in which some bytes must come. */
  readonly timeout: number;
  /** How often it is asked in a row without that anything comes. */
  readonly attempts: number;
  /** What an answer that breaks off, once too often, is told as. */
  readonly failure: (cause: unknown) => AsbError;
  readonly signal: AbortSignal;
}

/**
 * One range on its way into memory, as fast as it comes: a reader that stalls keeps no connection
 * waiting, which servers would cut. An answer that breaks off is gone on with where it broke.
 */
export class RangeDownload {
  readonly #options: RangeDownloadOptions;
  readonly #length: number;
  #received = 0;
  #taken = 0;
  #arrival: PromiseWithResolvers<void> | undefined;

  constructor(options: RangeDownloadOptions) {
    const { start, end } = options.range;
    this.#options = options;
    this.#length = end - start;
  }

  /** Whether all bytes were taken. */
  get isTaken(): boolean {
    return this.#taken === this.#length;
  }

  /**
   * Resolves when all bytes are there.
   * @throws AsbError what `get` throws, or `failure`; the signal's reason
   */
  async run(): Promise<void> {
    const { get, range, attempts, failure, signal } = this.#options;
    let fruitless = 0;
    for (let tries = 0; this.#received < this.#length; tries++) {
      if (tries > 0) await wait(delayAfter(fruitless), undefined, { signal });
      const before = this.#received;
      const rest = { start: range.start + before, end: range.end };
      const broken = await this.#fill(await get(rest, signal));
      fruitless = this.#received > before ? 0 : fruitless + 1;
      if (fruitless === attempts) throw failure(broken);
    }
  }

  /** The next bytes, up to `most`, as soon as there are any; lent. Never resolves if none come. */
  async take(most: number): Promise<Buffer> {
    while (this.#received === this.#taken) {
      this.#arrival = Promise.withResolvers();
      await this.#arrival.promise;
    }
    const start = this.#taken;
    this.#taken = Math.min(this.#received, start + most);
    return lend(this.#options.memory, start, this.#taken);
  }

  /** Says that nothing will be taken any more. Only after `run` is done. */
  release(): void {
    this.#options.memory.release();
  }

  /** Takes in an answer; resolves with what broke it, if it is not whole. */
  async #fill(body: Readable): Promise<unknown> {
    const { failure, memory, signal, timeout } = this.#options;
    const chunks: AsyncIterable<Buffer> = addAbortSignal(signal, body);
    const timer = setTimeout(() => {
      body.destroy(new Error(`no more bytes in ${timeout} ms`));
    }, timeout);
    try {
      for await (const chunk of chunks) {
        timer.refresh();
        if (chunk.length > this.#length - this.#received) {
          throw failure(new Error('the answer is longer than it says'));
        }
        memory.bytes.set(chunk, this.#received);
        this.#received += chunk.length;
        this.#arrival?.resolve();
      }
    } catch (error) {
      if (error instanceof AsbError) throw error;
      return error;
    } finally {
      clearTimeout(timer);
    }
    return new Error('the answer ended before its end');
  }
}

/** At random, so that what broke together does not come back together. */
const delayAfter = (fruitless: number): number =>
  Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** fruitless) * (0.5 + Math.random() / 2);
