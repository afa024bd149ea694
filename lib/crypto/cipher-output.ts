import type { Cipheriv } from 'node:crypto';
import { BufferPool, giveBack, lend, lendNew } from '../memory/buffer-pool.ts';

/**
 * Bytes that go through the cipher at once. Its output is always new memory: of this size it is in
 * the processor's cache, and what is freed is used for the next; of 1 MiB it is mapped anew each
 * time, at two thirds of the speed.
 */
export const SLICE_SIZE = 128 * 1024;
/** Bytes of output that are kept together, and used again. */
const OUTPUT_SIZE = 1024 * 1024;
const OUTPUTS_KEPT = 4;

/** What a cipher makes of bytes, in memory that is used again when it is given back. */
export class CipherOutput {
  readonly #cipher: Cipheriv;
  readonly #pool = new BufferPool(OUTPUT_SIZE, OUTPUTS_KEPT);

  constructor(cipher: Cipheriv) {
    this.#cipher = cipher;
  }

  /** @returns as many bytes as `chunk` has, lent */
  of(chunk: Uint8Array): Buffer {
    if (chunk.length <= SLICE_SIZE) return lendNew(this.#cipher.update(chunk));
    const memory = this.#pool.take(Math.max(chunk.length, OUTPUT_SIZE));
    for (let at = 0; at < chunk.length; at += SLICE_SIZE) {
      const slice = lendNew(this.#cipher.update(chunk.subarray(at, at + SLICE_SIZE)));
      memory.bytes.set(slice, at);
      giveBack(slice);
    }
    const output = lend(memory, 0, chunk.length);
    memory.release();
    return output;
  }
}
