import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type AsbError, toError } from '../../errors.ts';
import type { BufferPool } from '../../memory/buffer-pool.ts';
import { type GetRange, RangeDownload } from './range-download.ts';
import { type ByteRange, rangesOf } from './ranges.ts';

/** Bytes that are handed on at once at most, as those of local files. */
export const PIECE_SIZE = 256 * 1024;
/** Pieces that wait for the reader. */
const PIECES_WAITING = 2;

export interface ObjectReaderOptions {
  readonly size: number;
  readonly get: GetRange;
  /** Asks for the CRC32 of the whole object, if the service has one. */
  readonly checksum: (signal: AbortSignal) => Promise<number | undefined>;
  /** The error to fail with, by what happened. */
  readonly failure: (cause: unknown) => AsbError;
  /** Memory for ranges. */
  readonly pool: BufferPool;
  /** Ranges that are in flight, or wait to be handed on, at once. */
  readonly rangesAtOnce: number;
  readonly timeout: number;
  readonly attempts: number;
}

/**
 * Gives an object's bytes in order, as objects, from ranges that are in flight at once. The first range
 * goes alone: who leaves after the head of a file has not asked for more. Whoever goes on behind it
 * reads all, so then as many begin as may. Nothing begins while the reader stalls.
 */
export class ObjectReader extends Readable {
  readonly #options: ObjectReaderOptions;
  readonly #ranges: Generator<ByteRange, undefined>;
  readonly #abort = new AbortController();
  /** What has begun, and was not all handed on; in order. */
  readonly #downloads: RangeDownload[] = [];
  /** All that uses connections or memory. */
  readonly #running = new Set<Promise<unknown>>();
  #isBeyondFirst = false;
  #bytesGiven = 0;
  #crc = 0;
  #checksum: Promise<number | undefined> = Promise.resolve(undefined);

  constructor(options: ObjectReaderOptions) {
    super({ objectMode: true, highWaterMark: PIECES_WAITING });
    this.#options = options;
    this.#ranges = rangesOf(options.size);
  }

  override _read(): void {
    this.#givePiece().catch((error: unknown) => this.destroy(toError(error)));
  }

  /** Done when no request is in flight any more. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abort.abort();
    Promise.all(this.#running).then(() => {
      for (const download of this.#downloads) download.release();
      done(error);
    });
  }

  async #givePiece(): Promise<void> {
    this.#begin();
    const [download] = this.#downloads;
    if (download === undefined) {
      this.push(null);
      return;
    }
    const piece = await this.#pieceOf(download);
    if (this.destroyed) return;
    if (download.isTaken) {
      this.#downloads.shift();
      this.#isBeyondFirst = true;
      download.release();
    }
    this.push(piece);
  }

  /** The next piece; the last one only if all of them are what they should be. */
  async #pieceOf(download: RangeDownload): Promise<Buffer> {
    const piece = await download.take(PIECE_SIZE);
    this.#bytesGiven += piece.length;
    this.#crc = crc32(piece, this.#crc);
    if (this.#bytesGiven === this.#options.size) {
      const wanted = await this.#checksum;
      if (wanted !== undefined && wanted !== this.#crc) throw this.#corrupt();
    }
    return piece;
  }

  /** Begins with as many ranges as may be in flight. */
  #begin(): void {
    const { size, rangesAtOnce, pool, checksum } = this.#options;
    const { signal } = this.#abort;
    const most = this.#isBeyondFirst ? rangesAtOnce : 1;
    while (this.#downloads.length < most) {
      const { value: range } = this.#ranges.next();
      if (range === undefined) return;
      const download = new RangeDownload({ ...this.#options, range, memory: pool.take(), signal });
      this.#downloads.push(download);
      this.#track(download.run().catch((error: unknown) => this.destroy(toError(error))));
      // Not before: who leaves after the head of a file does not need it. Its failure is told when
      // it is waited for: those of the ranges say more.
      if (range.end === size) this.#track((this.#checksum = checksum(signal)));
    }
  }

  #track(work: Promise<unknown>): void {
    const running: Promise<unknown> = work
      .catch(() => {})
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #corrupt(): AsbError {
    return this.#options.failure(new Error('its bytes are not what was uploaded: CRC32 differs'));
  }
}
