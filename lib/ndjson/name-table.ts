/** More names than this go into a set; comparing each with each would take too long. */
const FEW = 24;

/**
 * Finds names that repeat, in the bins of a record or the keys of a map: JSON has no place for
 * them, and jq and `JSON.parse` keep only the last without a word. Makes no strings for a few names.
 */
export class NameTable {
  readonly #starts = new Uint32Array(FEW);
  readonly #ends = new Uint32Array(FEW);
  #length = 0;
  #many: Set<string> | undefined;

  clear(): void {
    this.#length = 0;
    this.#many = undefined;
  }

  /**
   * Adds the name that stands in `bytes` from `start` to `end`; the same `bytes` until `clear()`.
   * @returns false if it is there already
   */
  add(bytes: Buffer, start: number, end: number): boolean {
    if (this.#many !== undefined) return this.#addToMany(this.#many, bytes, start, end);
    for (let index = 0; index < this.#length; index++) {
      const other = this.#starts[index]!;
      if (this.#ends[index]! - other === end - start && equal(bytes, other, start, end)) {
        return false;
      }
    }
    if (this.#length === FEW) return this.#addToMany(this.#startMany(bytes), bytes, start, end);
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length++;
    return true;
  }

  #startMany(bytes: Buffer): Set<string> {
    const many = new Set<string>();
    for (let index = 0; index < FEW; index++) {
      many.add(bytes.toString('latin1', this.#starts[index]!, this.#ends[index]!));
    }
    this.#many = many;
    return many;
  }

  #addToMany(many: Set<string>, bytes: Buffer, start: number, end: number): boolean {
    const { size } = many;
    return many.add(bytes.toString('latin1', start, end)).size > size;
  }
}

const equal = (bytes: Buffer, other: number, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== bytes[other + at - start]) return false;
  }
  return true;
};
