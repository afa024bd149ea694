import { BufferPool } from '../../memory/buffer-pool.ts';
import type { PartPlan } from './part-size.ts';

/** A part in memory that is used again; release it when it has arrived, or never will. */
export interface KeptPart {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Memory for the parts on their way. `Upload` joins each part into new memory, which would have to
 * be collected: a third of an upload's CPU time. So a part is copied to where one was before, and
 * what `Upload` made is freed when that has made the next part: the rest of each goes into the next.
 */
export class PartMemory {
  readonly #pool: BufferPool;
  #number = 0;
  #made: ArrayBufferLike = new ArrayBuffer(0);

  constructor({ partSize, uploads }: PartPlan) {
    this.#pool = new BufferPool(partSize, uploads);
  }

  /**
   * @param number of the part, from 1
   * @param body the part as `Upload` has made it, which nobody may look at any more
   */
  keep(number: number, body: Uint8Array): KeptPart {
    const memory = this.#pool.take();
    memory.bytes.set(body);
    const made = this.#made;
    // A part may be made of the same memory as the next, when a chunk was larger than both.
    const isDone = number === this.#number + 1 && made !== body.buffer;
    if (isDone && made instanceof ArrayBuffer) made.transfer(0);
    this.#number = number;
    this.#made = body.buffer;
    return { bytes: memory.bytes.subarray(0, body.length), release: () => memory.release() };
  }
}
