import { AsbError } from '../errors.ts';
import { BufferPool, type PooledBuffer } from '../memory/buffer-pool.ts';
import { RecordBatch } from '../record/batch.ts';
import * as layout from '../record/layout.ts';
import { RecordParts } from './record-parts.ts';

const { AT_OP_COUNT, OP_AT_NAME_LENGTH, OP_HEADER_SIZE, readU32 } = layout;

/** Which bins of records stay. */
export interface BinChoiceOptions {
  /** Only these. */
  readonly bins?: readonly (string | Uint8Array)[];
  /** All but these. */
  readonly dropBins?: readonly (string | Uint8Array)[];
  /** None: only what stands beside the bins. */
  readonly noBins?: boolean;
  /**
   * Writes into memory of batches that were released. Only for a pipeline in which nobody keeps a
   * batch. Default false.
   */
  readonly reuseMemory?: boolean;
}

/** Bytes of most batches, and how many of them are kept. */
const BATCH_SIZE = 1024 * 1024;
const BATCHES_KEPT = 8;

const bytesOf = (names: readonly (string | Uint8Array)[]): Buffer[] =>
  names.map((name) => Buffer.from(name));

/** Leaves bins out of records: what stays is byte for byte as it was, and in its order. */
export class BinChoice {
  readonly #named: readonly Buffer[];
  /** Whether bins that are named stay, or go. */
  readonly #keepsNamed: boolean;
  readonly #keepsAll: boolean;
  readonly #pool: BufferPool;
  readonly #parts = new RecordParts();
  /** Of each name, 1 if a record had a bin of it. */
  readonly #seen: Uint8Array;

  /** @throws AsbError `USAGE` if more than one of `bins`, `dropBins` and `noBins` is given */
  constructor({ bins, dropBins, noBins = false, reuseMemory = false }: BinChoiceOptions) {
    if ([bins !== undefined, dropBins !== undefined, noBins].filter(Boolean).length > 1) {
      throw new AsbError('USAGE', 'bins, dropBins and noBins exclude each other');
    }
    this.#keepsNamed = noBins || bins !== undefined;
    this.#named = noBins ? [] : bytesOf(bins ?? dropBins ?? []);
    this.#keepsAll = !this.#keepsNamed && this.#named.length === 0;
    this.#seen = new Uint8Array(this.#named.length);
    this.#pool = reuseMemory ? new BufferPool(BATCH_SIZE, BATCHES_KEPT) : new BufferPool(0, 0);
  }

  /**
   * The batch with the bins that stay, in memory of its own; the one that came is released. A
   * record without any is still a record.
   */
  apply(batch: RecordBatch): RecordBatch {
    if (this.#keepsAll) return batch;
    const { bytes, offsets } = batch;
    const memory = this.#take(offsets);
    const out = memory.bytes;
    const kept = new Uint32Array(offsets.length);
    let at = 0;
    for (let index = 0; index < offsets.length; index += 2) {
      kept[index] = at;
      at = this.#copy(out, at, bytes, offsets[index]!);
      kept[index + 1] = at;
    }
    batch.release();
    return new RecordBatch(out, kept, () => memory.release());
  }

  /** Names of which no record had a bin so far: whoever mistypes one keeps nothing, or all. */
  missing(): readonly Uint8Array[] {
    return this.#named.filter((_, index) => this.#seen[index] === 0);
  }

  #take(offsets: Uint32Array): PooledBuffer {
    let size = 0;
    for (let index = 0; index < offsets.length; index += 2) {
      size += offsets[index + 1]! - offsets[index]!;
    }
    return this.#pool.take(size);
  }

  /** @returns the offset behind the record in `out` */
  #copy(out: Buffer, to: number, bytes: Buffer, start: number): number {
    const parts = this.#parts;
    parts.find(bytes, start);
    let next = to + bytes.copy(out, to, start, parts.binsAt);
    let count = 0;
    let at = parts.binsAt;
    for (let left = parts.binCount; left > 0; left--) {
      const end = at + 4 + readU32(bytes, at);
      const nameAt = at + OP_HEADER_SIZE;
      const nameEnd = nameAt + bytes[at + OP_AT_NAME_LENGTH]!;
      const index = this.#named.findIndex((name) => layout.isNameAt(name, bytes, nameAt, nameEnd));
      const isNamed = index >= 0;
      if (isNamed) this.#seen[index] = 1;
      if (isNamed === this.#keepsNamed) {
        next += bytes.copy(out, next, at, end);
        count++;
      }
      at = end;
    }
    out.writeUInt16BE(count, to + AT_OP_COUNT);
    return next;
  }
}
