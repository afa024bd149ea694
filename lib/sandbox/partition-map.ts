import { createHash } from 'node:crypto';
import { PARTITION_COUNT } from '../record/layout.ts';

/**
 * Which node owns which partition: each partition ranks the nodes by a hash of its own, so that a
 * node that leaves or comes moves no partition but its own. Migration takes no time, since the
 * data is shared.
 */
export class PartitionMap {
  readonly #replicationFactor: number;
  #owners: (readonly string[])[] = [];
  #generation = -1;

  /** @param replicationFactor copies of a partition, bounded by the number of nodes */
  constructor(replicationFactor: number) {
    this.#replicationFactor = replicationFactor;
  }

  /** Grows with every change; clients fetch the map again when it does. Also the regime. */
  get generation(): number {
    return this.#generation;
  }

  /** Copies that there are now of the partition that has most. */
  get replicas(): number {
    return this.#owners.reduce((most, { length }) => Math.max(most, length), 0);
  }

  /** Shares the partitions out over these nodes. */
  rebalance(nodes: readonly string[]): void {
    this.#generation++;
    this.#owners = Array.from({ length: PARTITION_COUNT }, (_, partition) =>
      nodes
        .map((name) => ({ name, rank: rank(name, partition) }))
        .sort((a, b) => a.rank - b.rank)
        .slice(0, this.#replicationFactor)
        .map(({ name }) => name),
    );
  }

  /** Gives partitions to these nodes, the master first, until the next {@link rebalance}. */
  move(partitions: Iterable<number>, nodes: readonly string[]): void {
    this.#generation++;
    for (const partition of partitions) this.#owners[partition] = nodes;
  }

  /** The nodes that hold a partition, the master first. */
  owners(partition: number): readonly string[] {
    return this.#owners[partition] ?? [];
  }

  /** Base64 of a node's bitmap for one replica (0: master): 4096 bits, the first one highest. */
  bitmap(node: string, replica: number): string {
    const bits = Buffer.alloc(PARTITION_COUNT / 8);
    for (let partition = 0; partition < PARTITION_COUNT; partition++) {
      if (this.owners(partition)[replica] === node) {
        bits[partition >> 3]! |= 0x80 >> (partition & 7);
      }
    }
    return bits.toString('base64');
  }
}

const rank = (node: string, partition: number): number =>
  createHash('md5').update(`${node}/${partition}`).digest().readUInt32BE();
