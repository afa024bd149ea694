import { Readable } from 'node:stream';
import { lend, PooledBuffer } from '../memory/buffer-pool.ts';
import { Extent, noteExtent } from '../record/extent.ts';
import type { SharedPiece } from './piece-sink.ts';

/** Says that a piece was taken on, and which ones can be used again. */
export type Taken = (back: readonly number[]) => void;

/** What came, and who is told when it goes on. */
interface Waiting {
  readonly chunk: Buffer;
  readonly taken: () => void;
}

/**
 * One stream of the pieces that other threads make ({@link PieceSink}), in the order in which they come. It
 * holds no more than they may have in flight.
 */
export class PieceSource extends Readable {
  readonly #onClose: () => void;
  readonly #waiting: Waiting[] = [];
  #head: Buffer | undefined;
  #pieces = 0;
  #wanted = false;
  #end: (() => void) | undefined;

  /**
   * @param head comes before all pieces, also when there is none; nothing if left out
   * @param onClose called when nobody reads any more
   */
  constructor(head: Buffer | undefined, onClose: () => void) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#head = head;
    this.#onClose = onClose;
  }

  /** Pieces that came so far. */
  get pieces(): number {
    return this.#pieces;
  }

  /** What takes the pieces of one thread. */
  lane(taken: Taken): (piece: SharedPiece) => void {
    const back: number[] = [];
    return ({ id, bytes, extent }) => {
      this.#pieces++;
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const memory = new PooledBuffer(buffer, () => back.push(id));
      const chunk = lend(memory, 0, buffer.length);
      memory.release();
      if (extent !== undefined) noteExtent(chunk, Extent.unpack(extent));
      this.#add({ chunk, taken: () => taken(back.splice(0)) });
    };
  }

  /** No more will come; what has come is still given. @param failure how it ends; well if left out */
  end(failure?: Error): void {
    if (failure === undefined) this.#addHead();
    this.#end = () => (failure === undefined ? this.push(null) : this.destroy(failure));
    this.#give();
  }

  override _read(): void {
    this.#wanted = true;
    this.#give();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#onClose();
    done(error);
  }

  #add(waiting: Waiting): void {
    this.#addHead();
    this.#waiting.push(waiting);
    this.#give();
  }

  #addHead(): void {
    if (this.#head !== undefined) this.#waiting.push({ chunk: this.#head, taken: () => {} });
    this.#head = undefined;
  }

  #give(): void {
    if (!this.#wanted) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#end?.();
      return;
    }
    this.#wanted = false;
    this.push(next.chunk);
    next.taken();
  }
}
