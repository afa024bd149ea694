import { giveBack } from '../../memory/buffer-pool.ts';

/**
 * Chunks that `Upload` has taken and not yet copied into a part. It joins all that was given for a
 * part when that is full, and sends the copy; then their memory can be used again.
 */
export class LentChunks {
  readonly #chunks: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  #given = 0;

  add(bytes: Uint8Array): void {
    this.#chunks.push({ start: this.#given, bytes });
    this.#given += bytes.length;
  }

  /** Gives back what begins before `end`, an offset in all bytes that were added. */
  giveBackUpTo(end: number): void {
    let count = 0;
    for (; count < this.#chunks.length && this.#chunks[count]!.start < end; count++) {
      giveBack(this.#chunks[count]!.bytes);
    }
    this.#chunks.splice(0, count);
  }
}
