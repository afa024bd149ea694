import { LOOK_BACK } from './last-record.ts';
import { SLACK } from './record-parser.ts';

/** Text is taken on in pieces of this many bytes. */
export const PIECE_SIZE = 256 * 1024;
/** A piece, and what was cut off of the one before; only a unit larger than that needs more room. */
export const WINDOW_SIZE = PIECE_SIZE + LOOK_BACK;

/**
 * Text that was not parsed yet, from the begin of a unit. A few zeros follow it, so that whoever
 * reads a token need not look for the end.
 */
export class TextWindow {
  #bytes = Buffer.allocUnsafeSlow(WINDOW_SIZE + SLACK);
  #filled = 0;
  /** Offset of the window in the whole text. */
  base = 0;

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** How much of it is text. */
  get filled(): number {
    return this.#filled;
  }

  /**
   * Takes of `chunk` from `at` on a piece, or what there is room for.
   * @returns how much that was, in bytes
   */
  fill(chunk: Buffer, at: number): number {
    if (this.#filled === this.#bytes.length - SLACK) this.#resize(2 * this.#bytes.length, 0);
    const room = Math.min(PIECE_SIZE, this.#bytes.length - SLACK - this.#filled);
    const end = Math.min(chunk.length, at + room);
    const size = chunk.copy(this.#bytes, this.#filled, at, end);
    this.#filled += size;
    return size;
  }

  /** Puts the zeros behind the text. */
  seal(): void {
    this.#bytes.fill(0, this.#filled, this.#filled + SLACK);
  }

  /**
   * Forgets the text before `at`.
   * @param need how much text is wanted: the memory of a large unit is freed when it is done
   */
  keepFrom(at: number, need: number): void {
    const isLarge = this.#bytes.length > WINDOW_SIZE + SLACK;
    if (isLarge && Math.max(this.#filled - at, need) <= WINDOW_SIZE) {
      this.#resize(WINDOW_SIZE + SLACK, at);
    } else {
      this.#bytes.copyWithin(0, at, this.#filled);
    }
    this.base += at;
    this.#filled -= at;
  }

  #resize(size: number, from: number): void {
    const bytes = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(bytes, 0, from, this.#filled);
    this.#bytes = bytes;
  }
}
