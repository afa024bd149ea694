import { Extent, type PackedExtent } from './extent.ts';
import { DIGEST_SIZE, PARTITION_COUNT, partitionOf } from './layout.ts';

/** What a file, or a whole backup, holds: counts, and the last digest of each partition. */
export class Coverage {
  records = 0;
  indexes = 0;
  udfs = 0;
  readonly #touched = new Uint8Array(PARTITION_COUNT);
  readonly #digests = Buffer.alloc(PARTITION_COUNT * DIGEST_SIZE);

  /** The coverage of which {@link packed} made this. */
  static unpack(packed: PackedExtent): Coverage {
    const coverage = new Coverage();
    coverage.add(Extent.unpack(packed));
    return coverage;
  }

  /** A copy for another thread, in memory of its own. */
  packed(): PackedExtent {
    const positions = [...this.positions().values()];
    const digests = new Uint8Array(positions.length * DIGEST_SIZE);
    for (const [index, digest] of positions.entries()) digests.set(digest, index * DIGEST_SIZE);
    return { records: this.records, indexes: this.indexes, udfs: this.udfs, digests };
  }

  /** Adds a chunk that was written behind all before. */
  add(extent: Extent): void {
    this.records += extent.records;
    this.indexes += extent.indexes;
    this.udfs += extent.udfs;
    for (const digest of extent.digests()) this.reach(digest);
  }

  /** The partition of this digest is covered up to it. */
  reach(digest: Uint8Array): void {
    const partition = partitionOf(digest, 0);
    this.#touched[partition] = 1;
    this.#digests.set(digest, partition * DIGEST_SIZE);
  }

  /** Adds a file that was written behind all before. */
  merge(next: Coverage): void {
    this.records += next.records;
    this.indexes += next.indexes;
    this.udfs += next.udfs;
    for (const digest of next.positions().values()) this.reach(digest);
  }

  /** Partitions of which there are records, ascending. */
  get partitions(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < PARTITION_COUNT; id++) if (this.#touched[id] === 1) ids.push(id);
    return ids;
  }

  /** The last digest of each of these partitions. */
  positions(): Map<number, Buffer> {
    return new Map(
      this.partitions.map((id) => [
        id,
        this.#digests.subarray(id * DIGEST_SIZE, (id + 1) * DIGEST_SIZE),
      ]),
    );
  }
}
