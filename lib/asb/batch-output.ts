import { BufferPool, type PooledBuffer } from '../memory/buffer-pool.ts';
import { RecordBatch } from '../record/batch.ts';
import { RecordParser } from './record-parser.ts';
import { WINDOW_SIZE } from './text-window.ts';

/** Batches whose memory is kept to be used again: more than wait in a pipeline at once. */
const BATCHES_KEPT = 8;

/** Gathers the records that are read from one window of text into a batch. */
export class BatchOutput {
  readonly #pool: BufferPool | undefined;
  #memory: PooledBuffer | undefined;
  #at = 0;
  #offsets = new Uint32Array(4096);
  #count = 0;

  /** @param reuseMemory whether the memory of released batches is used again */
  constructor(reuseMemory: boolean) {
    const room = RecordParser.room(WINDOW_SIZE);
    this.#pool = reuseMemory ? new BufferPool(room, BATCHES_KEPT) : undefined;
  }

  /**
   * Reads the record at `at` into the batch.
   *
   * @param end of the text that may come into the same batch
   * @returns the offset behind the record
   * @throws what {@link RecordParser.read} does
   */
  read(records: RecordParser, at: number, end: number): number {
    if (this.#memory === undefined) this.#open(records, end - at);
    const outEnd = records.read(at, this.#at);
    if (this.#count === this.#offsets.length) this.#growOffsets();
    this.#offsets[this.#count++] = this.#at;
    this.#offsets[this.#count++] = outEnd;
    this.#at = outEnd;
    return records.textEnd;
  }

  /** The batch of what was read since the last one; nothing if that is none. */
  take(): RecordBatch | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    this.#memory = undefined;
    if (this.#count === 0) {
      memory.release();
      return undefined;
    }
    const offsets = this.#offsets.slice(0, this.#count);
    this.#count = 0;
    return new RecordBatch(memory.bytes, offsets, () => memory.release());
  }

  #open(records: RecordParser, size: number): void {
    const room = RecordParser.room(size);
    this.#memory = this.#pool?.take(room) ?? new BufferPool(room, 0).take();
    this.#at = 0;
    records.to(this.#memory.bytes);
  }

  #growOffsets(): void {
    const larger = new Uint32Array(2 * this.#offsets.length);
    larger.set(this.#offsets);
    this.#offsets = larger;
  }
}
