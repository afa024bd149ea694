import { Writable } from 'node:stream';
import { giveBack } from '../memory/buffer-pool.ts';
import { Extent, extentOf, type PackedExtent } from '../record/extent.ts';

/** Bytes of shared memory for a piece: some chunks of text, or about a frame. Larger ones get their own. */
export const SHARED_PIECE_SIZE = 1024 * 1024;
/** Pieces of one thread that wait in the other, at most. */
export const PIECES_IN_FLIGHT = 4;
/** Pieces that are waited for: those, and such as were taken on, and wait in the stages of a pipeline. */
const PIECES_KEPT = 4 * PIECES_IN_FLIGHT;

/** Text, or frames, on its way to another thread, in memory that both have. */
export interface SharedPiece {
  readonly id: number;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** What it holds, as far as that was noted. */
  readonly extent: PackedExtent | undefined;
}

/**
 * Brings text or frames to another thread: copied once, at the speed of memory, into pieces that are used
 * again when the other side says so, and not made for each. Chunks that had to wait go as one piece.
 */
export class PieceSink extends Writable {
  readonly #post: (piece: SharedPiece) => void;
  readonly #free: SharedArrayBuffer[] = [];
  /** By id, those that may be used again; the oldest first. */
  readonly #flying = new Map<number, SharedArrayBuffer>();
  #waiting: Buffer[] = [];
  #done: (() => void) | undefined;
  #inFlight = 0;
  #pieces = 0;

  constructor(post: (piece: SharedPiece) => void) {
    super({ highWaterMark: SHARED_PIECE_SIZE });
    this.#post = post;
  }

  /**
   * The other side has taken a piece on, and another may go.
   *
   * @param back ids of pieces whose bytes nobody looks at any more. One that is never said is left to the
   *   garbage collector: not everybody who gets a chunk tells when he has done with it
   */
  taken(back: readonly number[]): void {
    this.#inFlight--;
    for (const id of back) {
      const memory = this.#flying.get(id);
      if (!this.#flying.delete(id) || memory === undefined) continue;
      this.#free.push(memory);
    }
    this.#send();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #take(chunks: Buffer[], done: () => void): void {
    this.#waiting = chunks;
    this.#done = done;
    this.#send();
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#inFlight < PIECES_IN_FLIGHT) this.#sendPiece();
    if (this.#waiting.length > 0) return;
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }

  #sendPiece(): void {
    const [chunks, size] = this.#nextPiece();
    const memory = this.#memoryFor(size);
    const bytes = Buffer.from(memory, 0, size);
    const id = this.#pieces++;
    let extent: Extent | undefined;
    let at = 0;
    for (const chunk of chunks) {
      at += chunk.copy(bytes, at);
      const held = extentOf(chunk);
      if (held !== undefined) (extent ??= new Extent()).append(held);
      giveBack(chunk);
    }
    this.#inFlight++;
    this.#keep(id, memory);
    this.#post({ id, bytes: new Uint8Array(memory, 0, size), extent: extent?.packed() });
  }

  /** As many of the chunks that wait as fit in one piece, but one at least; and their bytes. */
  #nextPiece(): [chunks: Buffer[], size: number] {
    let count = 0;
    let size = 0;
    for (const { length } of this.#waiting) {
      if (count > 0 && size + length > SHARED_PIECE_SIZE) break;
      size += length;
      count++;
    }
    return [this.#waiting.splice(0, count), size];
  }

  #memoryFor(size: number): SharedArrayBuffer {
    if (size > SHARED_PIECE_SIZE) return new SharedArrayBuffer(size);
    return this.#free.pop() ?? new SharedArrayBuffer(SHARED_PIECE_SIZE);
  }

  #keep(id: number, memory: SharedArrayBuffer): void {
    if (memory.byteLength === SHARED_PIECE_SIZE) this.#flying.set(id, memory);
    for (const oldest of this.#flying.keys()) {
      if (this.#flying.size <= PIECES_KEPT) break;
      this.#flying.delete(oldest);
    }
  }
}
