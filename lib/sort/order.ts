import { readU32 } from '../record/layout.ts';
import { AT_DIGEST, compareRest, keyOf } from './entry.ts';

/** Bytes of the table that {@link Order.sort} needs for an entry. */
export const ORDER_SIZE = 16;

/** Values of a byte. */
const DIGITS = 256;

/** Puts entries in the order of their digests, and those of one digest in that of their offsets. */
export class Order {
  #offsets = new Uint32Array(0);
  #spareOffsets = new Uint32Array(0);
  #prefixes = new Uint32Array(0);
  #sparePrefixes = new Uint32Array(0);
  readonly #counts = new Uint32Array(DIGITS);

  /**
   * Digests are spread evenly, so most differ in their first four bytes: these are sorted by a radix
   * sort, byte by byte from the last, and only what is the same in them is compared.
   *
   * @param bytes with the entries
   * @param offsets where each begins, ascending
   * @returns the offsets in order; good until the next call
   */
  sort(bytes: Uint8Array, offsets: Uint32Array): Uint32Array {
    const { length } = offsets;
    this.#reserve(length);
    this.#offsets.set(offsets);
    for (let index = 0; index < length; index++) {
      this.#prefixes[index] = readU32(bytes, offsets[index]! + AT_DIGEST);
    }
    for (let shift = 0; shift < 32; shift += 8) this.#pass(length, shift);
    this.#settle(bytes, length);
    return this.#offsets.subarray(0, length);
  }

  #reserve(length: number): void {
    if (length <= this.#offsets.length) return;
    this.#offsets = new Uint32Array(length);
    this.#spareOffsets = new Uint32Array(length);
    this.#prefixes = new Uint32Array(length);
    this.#sparePrefixes = new Uint32Array(length);
  }

  /** Sorts by one byte of the prefixes; what is the same in it stays in its order. */
  #pass(length: number, shift: number): void {
    const counts = this.#counts.fill(0);
    const [prefixes, offsets] = [this.#prefixes, this.#offsets];
    const [nextPrefixes, nextOffsets] = [this.#sparePrefixes, this.#spareOffsets];
    for (let index = 0; index < length; index++) counts[(prefixes[index]! >>> shift) & 0xff]!++;
    for (let digit = 0, sum = 0; digit < DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let index = 0; index < length; index++) {
      const prefix = prefixes[index]!;
      const to = counts[(prefix >>> shift) & 0xff]!++;
      nextPrefixes[to] = prefix;
      nextOffsets[to] = offsets[index]!;
    }
    [this.#prefixes, this.#sparePrefixes] = [nextPrefixes, prefixes];
    [this.#offsets, this.#spareOffsets] = [nextOffsets, offsets];
  }

  /** Sorts what has the same prefix by all of the digest. */
  #settle(bytes: Uint8Array, length: number): void {
    const prefixes = this.#prefixes;
    for (let from = 0, to = 0; from < length; from = to) {
      for (to = from + 1; to < length && prefixes[to] === prefixes[from]; to++);
      if (to - from === 1) continue;
      this.#offsets.subarray(from, to).sort((one, other) => compare(bytes, one, other));
    }
  }
}

const compare = (bytes: Uint8Array, one: number, other: number): number => {
  const [at, otherAt] = [one + AT_DIGEST, other + AT_DIGEST];
  return (
    keyOf(bytes, at) - keyOf(bytes, otherAt) ||
    compareRest(bytes, at, bytes, otherAt) ||
    one - other
  );
};
