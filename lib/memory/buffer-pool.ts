/**
 * Memory that is used again. Fresh memory for every MiB that is read would have to be mapped,
 * zeroed and collected, and would never be in the processor's cache.
 */

/** A buffer with a count of those who use it; it goes back when the last one releases it. */
export class PooledBuffer {
  readonly bytes: Buffer;
  readonly #giveBack: (bytes: Buffer) => void;
  #users = 1;

  constructor(bytes: Buffer, giveBack: (bytes: Buffer) => void) {
    this.bytes = bytes;
    this.#giveBack = giveBack;
  }

  retain(): void {
    this.#users++;
  }

  /** Once for being taken, and once for each `retain`. */
  release(): void {
    if (--this.#users === 0) this.#giveBack(this.bytes);
  }
}

/** Who gets back what was lent. Weak: what nobody gives back is collected like any other buffer. */
const lenders = new WeakMap<Uint8Array, PooledBuffer>();

/**
 * A part of a pooled buffer, to hand on to whoever writes it somewhere.
 * Its memory is used again after {@link giveBack}, and not before.
 */
export const lend = (from: PooledBuffer, start: number, end: number): Buffer => {
  const part = from.bytes.subarray(start, end);
  from.retain();
  lenders.set(part, from);
  return part;
};

/**
 * Says that these bytes were written or copied, and nobody looks at them any more. Does nothing
 * for bytes that were not lent, or that were given back before.
 */
export const giveBack = (bytes: Uint8Array): void => {
  const lender = lenders.get(bytes);
  if (lender === undefined) return;
  lenders.delete(bytes);
  lender.release();
};

/**
 * New memory, to be freed when it is given back. Left to the garbage collector, which sees how small
 * the objects are and not how large their memory is, tens of megabytes would pile up, and collecting
 * them takes longer than what is done with them. Bytes that share their memory with others are
 * given as they are.
 */
export const lendNew = (bytes: Buffer): Buffer => {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== bytes.length) return bytes;
  const memory = new PooledBuffer(bytes, () => buffer.transfer(0));
  const lent = lend(memory, 0, bytes.length);
  memory.release();
  return lent;
};

/** Buffers of one size. A larger one may be asked for, and is not kept. */
export class BufferPool {
  readonly #size: number;
  readonly #most: number;
  readonly #free: Buffer[] = [];

  /**
   * @param size of each buffer, in bytes
   * @param most buffers kept for later; 0: none is ever used again
   */
  constructor(size: number, most: number) {
    this.#size = size;
    this.#most = most;
  }

  /** A buffer of at least `size` bytes, with anything in it. */
  take(size = this.#size): PooledBuffer {
    const bytes =
      size > this.#size
        ? Buffer.allocUnsafeSlow(size)
        : (this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size));
    return new PooledBuffer(bytes, (freed) => this.#keep(freed));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === this.#size && this.#free.length < this.#most) this.#free.push(bytes);
  }
}
