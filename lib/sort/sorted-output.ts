import { BufferPool, type PooledBuffer } from '../memory/buffer-pool.ts';
import { RecordBatch } from '../record/batch.ts';
import {
  AT_DIGEST,
  compareRest,
  digestAtOf,
  ENTRY_HEADER_SIZE,
  keyOf,
  messageSizeOf,
  sourceOf,
} from './entry.ts';

/** Bytes of messages in a batch, from which on it is given out with the next digest. */
const BATCH_SIZE = 384 * 1024;
/** Room for the records of one digest, which are never in two batches. */
const PIECE_SIZE = 512 * 1024;
/** Batches that wait between stages, and one that is made. */
const PIECES_KEPT = 8;

/**
 * What becomes of records that have one digest: of all of them, the last stays; or of each source
 * the last, those of earlier sources first.
 */
export type Keep = 'last' | 'last-of-each-source';

/** Records in the order of their digests; those of one digest are in one batch. */
export interface SortedBatch {
  /** May be released: its memory is used again then. */
  readonly records: RecordBatch;
  /** Which source each record is of. */
  readonly sources: Uint32Array;
}

/** Makes batches of entries that come in order. */
export class SortedOutput {
  readonly #keep: Keep;
  readonly #pool = new BufferPool(PIECE_SIZE, PIECES_KEPT);
  #piece: PooledBuffer;
  #length = 0;
  #offsets: number[] = [];
  #sources: number[] = [];
  /** Of the last entry. */
  #key = -1;
  /** Records that another one took the place of. */
  replaced = 0;

  constructor(keep: Keep) {
    this.#keep = keep;
    this.#piece = this.#pool.take();
  }

  /**
   * Takes a copy of an entry.
   * @returns the batch before it, if that is full
   */
  push(bytes: Buffer, at: number): SortedBatch | undefined {
    const key = keyOf(bytes, at + AT_DIGEST);
    const source = sourceOf(bytes, at);
    const size = messageSizeOf(bytes, at);
    const from = at + ENTRY_HEADER_SIZE;
    let full: SortedBatch | undefined;
    if (key === this.#key && this.#isLast(bytes, at)) {
      if (this.#keep === 'last' || source === this.#sources.at(-1)) this.#drop();
    } else if (this.#length >= BATCH_SIZE || this.#length + size > this.#piece.bytes.length) {
      full = this.take();
    }
    this.#reserve(size);
    const start = this.#length;
    bytes.copy(this.#piece.bytes, start, from, from + size);
    this.#length = start + size;
    this.#offsets.push(start, start + size);
    this.#sources.push(source);
    this.#key = key;
    return full;
  }

  /** What there is; `undefined` if there is nothing. */
  take(): SortedBatch | undefined {
    if (this.#sources.length === 0) return undefined;
    const piece = this.#piece;
    const bytes = piece.bytes.subarray(0, this.#length);
    const offsets = Uint32Array.from(this.#offsets);
    const sources = Uint32Array.from(this.#sources);
    this.#piece = this.#pool.take();
    this.#length = 0;
    this.#offsets = [];
    this.#sources = [];
    this.#key = -1;
    return { records: new RecordBatch(bytes, offsets, () => piece.release()), sources };
  }

  /** Whether the digest is that of the last record, whose key is the same. */
  #isLast(bytes: Buffer, at: number): boolean {
    const last = this.#piece.bytes;
    return compareRest(bytes, at + AT_DIGEST, last, digestAtOf(last, this.#offsets.at(-2)!)) === 0;
  }

  #drop(): void {
    this.#sources.pop();
    this.#offsets.pop();
    this.#length = this.#offsets.pop()!;
    this.replaced++;
  }

  #reserve(size: number): void {
    const old = this.#piece;
    const needed = this.#length + size;
    if (needed <= old.bytes.length) return;
    this.#piece = this.#pool.take(needed);
    old.bytes.copy(this.#piece.bytes, 0, 0, this.#length);
    old.release();
  }
}
