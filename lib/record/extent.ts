import { DIGEST_SIZE, partitionOf } from './layout.ts';

const FEW_DIGESTS = 8 * DIGEST_SIZE;

/** What an {@link Extent} knows, in a form that can be copied to another thread. */
export interface PackedExtent {
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  /** Last digests of runs, one behind the other. */
  readonly digests: Uint8Array;
}

/**
 * What a chunk of text or frames holds, for whoever must know how far a backup is safe: how many
 * records and globals, and for each run of records of one partition the last digest. Records of a
 * partition come in digest order, so that says where to go on.
 */
export class Extent {
  records = 0;
  indexes = 0;
  udfs = 0;
  /** Last digests of runs, one behind the other. */
  #digests: Buffer = Buffer.allocUnsafe(FEW_DIGESTS);
  #length = 0;
  #partition = -1;
  #bytes: Uint8Array = this.#digests;
  #at = 0;

  /** The extent of which {@link packed} made this. */
  static unpack({ records, indexes, udfs, digests }: PackedExtent): Extent {
    const extent = new Extent();
    extent.records = records;
    extent.indexes = indexes;
    extent.udfs = udfs;
    extent.#digests = Buffer.from(digests.buffer, digests.byteOffset, digests.length);
    extent.#length = digests.length;
    return extent;
  }

  /** A copy for another thread, in memory of its own. */
  packed(): PackedExtent {
    const digests = new Uint8Array(this.#digests.subarray(0, this.#length));
    return { records: this.records, indexes: this.indexes, udfs: this.udfs, digests };
  }

  /** One more record. Its digest is remembered by place until {@link settle}. */
  record(bytes: Uint8Array, digestAt: number): void {
    const partition = partitionOf(bytes, digestAt);
    if (partition !== this.#partition) {
      this.settle();
      this.#partition = partition;
    }
    this.#bytes = bytes;
    this.#at = digestAt;
    this.records++;
  }

  /** Copies what `record` left by place; its bytes may go away after this. */
  settle(): void {
    if (this.#partition < 0) return;
    this.#partition = -1;
    this.#reserve(DIGEST_SIZE);
    this.#digests.set(this.#bytes.subarray(this.#at, this.#at + DIGEST_SIZE), this.#length);
    this.#length += DIGEST_SIZE;
  }

  /** Adds what stands behind it. */
  append(next: Extent): void {
    this.records += next.records;
    this.indexes += next.indexes;
    this.udfs += next.udfs;
    this.#reserve(next.#length);
    next.#digests.copy(this.#digests, this.#length, 0, next.#length);
    this.#length += next.#length;
  }

  /** The last digest of each run, in order; a partition may have several. */
  *digests(): Generator<Buffer> {
    for (let at = 0; at < this.#length; at += DIGEST_SIZE) {
      yield this.#digests.subarray(at, at + DIGEST_SIZE);
    }
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#digests.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#digests.length * 2, this.#length + size));
    this.#digests.copy(larger, 0, 0, this.#length);
    this.#digests = larger;
  }
}

const extents = new WeakMap<Uint8Array, Extent>();

/** Notes what this very chunk holds; a part or a copy of it has no note. */
export const noteExtent = (chunk: Uint8Array, extent: Extent): void => {
  extents.set(chunk, extent);
};

/** What was noted of this chunk; `undefined` if nobody did. */
export const extentOf = (chunk: Uint8Array): Extent | undefined => extents.get(chunk);
