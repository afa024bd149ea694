import { lend, lendNew, PooledBuffer } from './buffer-pool.ts';

/**
 * Lends what a stream of zlib gives out. It fills one buffer after the other, each with the output of
 * several writes; so a piece shares its memory with those before and behind it. Left to the garbage
 * collector, tens of megabytes would pile up (see {@link lendNew}).
 *
 *     const lender = new PieceLender(chunkSize);
 *     const lent = lender.lend(zstd.read());
 */
export class PieceLender {
  readonly #size: number;
  /** What is being filled. */
  #memory: PooledBuffer | undefined;

  /** @param size of the stream's buffers, in bytes */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * The same bytes, lent: their memory is freed when all of its pieces were given back, and a piece of
   * the next buffer has come.
   */
  lend(piece: Buffer): Buffer {
    const { buffer, byteOffset, length } = piece;
    // Another size: pieces that had to wait were joined, in memory that others may use, too.
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== this.#size) return lendNew(piece);
    if (this.#memory?.bytes.buffer !== buffer) {
      this.#memory?.release();
      this.#memory = new PooledBuffer(Buffer.from(buffer), () => buffer.transfer(0));
    }
    return lend(this.#memory, byteOffset, byteOffset + length);
  }
}
