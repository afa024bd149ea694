import { ENTRY_HEADER_SIZE, type MessagePlace, writeHeader } from './entry.ts';
import { ORDER_SIZE, Order } from './order.ts';

/** Offsets that there is room for at first. */
const FEW = 1024;

/** Gathers entries in memory of a fixed size, and gives them in the order of their digests. */
export class Gather {
  /** Where the entries stand; what is free of it is anyone's after {@link Gather.clear}. */
  readonly bytes: Buffer;
  readonly #order = new Order();
  #offsets = new Uint32Array(FEW);
  #count = 0;
  #length = 0;

  /** @param size bytes of memory for entries and their order */
  constructor(size: number) {
    // Memory that is not touched is not there.
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** @returns false, and takes nothing, if there is no room */
  add(place: MessagePlace): boolean {
    const { message, start, end } = place;
    const at = this.#length;
    const next = at + ENTRY_HEADER_SIZE + end - start;
    if (next + (this.#count + 1) * ORDER_SIZE > this.bytes.length) return false;
    writeHeader(this.bytes, at, place);
    this.bytes.set(message.subarray(start, end), at + ENTRY_HEADER_SIZE);
    if (this.#count === this.#offsets.length) this.#grow();
    this.#offsets[this.#count++] = at;
    this.#length = next;
    return true;
  }

  /** Where each entry begins, in order; those of one digest as they came. */
  sorted(): Uint32Array {
    return this.#order.sort(this.bytes, this.#offsets.subarray(0, this.#count));
  }

  clear(): void {
    this.#count = 0;
    this.#length = 0;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#offsets.length * 2);
    larger.set(this.#offsets);
    this.#offsets = larger;
  }
}
