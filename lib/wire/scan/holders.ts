import { AsbError } from '../../errors.ts';
import { PARTITION_COUNT } from '../../record/layout.ts';
import type { ClusterNode } from '../node.ts';
import type { PartitionMap } from '../partition-map.ts';

/** Bytes of a bitmap of partitions; partition 0 is the first byte's highest bit. */
export const BITMAP_SIZE = PARTITION_COUNT / 8;

/** Names of nodes, and a bitmap of the partitions that each held. */
export type HolderBitmaps = ReadonlyMap<string, Uint8Array>;

/**
 * Which nodes held each partition when a scan began. When all of them have left, the others share
 * the partition out among themselves, new and empty, and answer a scan of it as if all were well: a
 * server that keeps going (AP) does, and with one copy one lost node is enough. So a partition is
 * only read while one of those that held it is there; when it comes back, so do its records.
 */
export class Holders {
  readonly #bitmaps = new Map<string, Buffer>();

  /**
   * @param known of an earlier scan, on which this one goes on
   * @throws AsbError `RANGE` for a bitmap of another size
   */
  constructor(known: HolderBitmaps = new Map()) {
    for (const [name, bitmap] of known) {
      if (bitmap.length !== BITMAP_SIZE) {
        throw new AsbError('RANGE', `the partitions of node ${name} are no bitmap`, {
          expected: `${BITMAP_SIZE} bytes`,
        });
      }
      this.#bitmaps.set(name, Buffer.from(bitmap));
    }
  }

  get bitmaps(): HolderBitmaps {
    return this.#bitmaps;
  }

  /** Takes in what other scans, of other partitions, have learnt. */
  add(known: HolderBitmaps): void {
    for (const [name, bitmap] of known) {
      const mine = this.#bitmapOf(name);
      for (let at = 0; at < BITMAP_SIZE; at++) mine[at]! |= bitmap[at]!;
    }
  }

  /** Takes in who holds partitions of which no holder is known. */
  learn(partitions: readonly number[], map: PartitionMap<ClusterNode>): void {
    const unknown = partitions.filter((id) => this.of(id).length === 0);
    for (const id of unknown) {
      for (const { name } of map.holders(id)) {
        this.#bitmapOf(name)[id >> 3]! |= 0x80 >> (id & 7);
      }
    }
  }

  /** The names of the nodes that held a partition; none if that is not known. */
  of(partition: number): string[] {
    const names: string[] = [];
    for (const [name, bitmap] of this.#bitmaps) {
      if ((bitmap[partition >> 3]! & (0x80 >> (partition & 7))) !== 0) names.push(name);
    }
    return names;
  }

  /** Whether all nodes that held a partition have left. */
  haveLeft(partition: number, members: ReadonlySet<string>): boolean {
    const names = this.of(partition);
    return names.length > 0 && !names.some((name) => members.has(name));
  }

  #bitmapOf(name: string): Buffer {
    const known = this.#bitmaps.get(name);
    if (known !== undefined) return known;
    const bitmap = Buffer.alloc(BITMAP_SIZE);
    this.#bitmaps.set(name, bitmap);
    return bitmap;
  }
}
