import { AsbError } from '../errors.ts';
import { type BufferPool, lend } from '../memory/buffer-pool.ts';
import { MAX_UNIT_SIZE } from './grammar.ts';
import type { UnitScanner } from './unit-scanner.ts';

/**
 * Makes chunks of whole units of .asb text that is cut anywhere. What is given out is a copy, in
 * memory of the pool: it may be given back, and so may what was pushed.
 *
 *     const whole = units.push(chunk);
 *     const last = units.end();
 */
export class WholeUnits {
  readonly #scanner: UnitScanner;
  readonly #pool: BufferPool;
  /** What came of a unit that is not whole yet. */
  #pending: Buffer[] = [];
  #size = 0;

  /** @param scanner stands where the text that will be pushed begins */
  constructor(scanner: UnitScanner, pool: BufferPool) {
    this.#scanner = scanner;
    this.#pool = pool;
  }

  /**
   * @returns the units that have become whole, if any
   * @throws AsbError as {@link UnitScanner.push}; `LIMIT` for a unit over `MAX_UNIT_SIZE`
   */
  push(chunk: Buffer): Buffer | undefined {
    const end = this.#scanner.push(chunk);
    const whole = end === 0 ? undefined : this.#take(chunk.subarray(0, end));
    if (end < chunk.length) this.#hold(chunk.subarray(end));
    return whole;
  }

  /**
   * Says that the input is over.
   * @returns the header of a text without records: its end shows only now
   * @throws AsbError as {@link UnitScanner.end}
   */
  end(): Buffer | undefined {
    this.#scanner.end();
    return this.#size === 0 ? undefined : this.#take(Buffer.alloc(0));
  }

  #take(last: Buffer): Buffer {
    const size = this.#size + last.length;
    const memory = this.#pool.take(size);
    let at = 0;
    for (const part of this.#pending) at += part.copy(memory.bytes, at);
    last.copy(memory.bytes, at);
    this.#pending = [];
    this.#size = 0;
    const whole = lend(memory, 0, size);
    memory.release();
    return whole;
  }

  #hold(part: Buffer): void {
    this.#pending.push(Buffer.from(part));
    this.#size += part.length;
    if (this.#size > MAX_UNIT_SIZE) {
      throw new AsbError('LIMIT', `a unit of more than ${MAX_UNIT_SIZE} bytes`, {
        offset: this.#scanner.offset - this.#size,
      });
    }
  }
}
