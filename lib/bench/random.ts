/** Spreads the bits of a number over all 32. */
const mix = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/**
 * Pseudo-random numbers that are the same on every machine. Each record has a row of its own, so
 * that it is the same however many others there are.
 */
export class Random {
  #state: number;

  /**
   * @param seed a whole number
   * @param row which of the rows of this seed, from 0
   */
  constructor(seed: number, row: number) {
    this.#state = mix(mix(seed + 1) + row);
  }

  /** 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** Bytes of any value. */
  bytes(size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (; at + 4 <= size; at += 4) bytes.writeUInt32LE(this.next(), at);
    for (; at < size; at++) bytes[at] = this.next();
    return bytes;
  }

  /** Letters, digits, spaces and dashes. */
  text(size: number): Buffer {
    const text = Buffer.allocUnsafe(size);
    let bits = 0;
    for (let at = 0; at < size; at++) {
      // Five letters of six bits from each number.
      bits = at % 5 === 0 ? this.next() : bits >>> 6;
      text[at] = ALPHABET[bits & 63]!;
    }
    return text;
  }
}

const ALPHABET = Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -');
