import * as layout from '../../record/layout.ts';
import type { ClusterNode } from '../node.ts';
import type { PartitionMap } from '../partition-map.ts';
import type { RequestPool } from './request-pool.ts';
import type { WriteRequest } from './write-request.ts';

/** Where records of some partitions go. */
export interface Target {
  /** Nothing: no node holds the partitions now. */
  readonly node: ClusterNode | undefined;
  /** The request that is being filled for it. */
  open: WriteRequest | undefined;
}

/** A request, and where it goes. */
export interface Share {
  readonly node: ClusterNode | undefined;
  readonly request: WriteRequest;
}

/** Who takes the writes of each partition: its master, which is the only one that can. */
export class WriteTargets {
  readonly #requests: RequestPool;
  readonly #targets = new Map<ClusterNode | undefined, Target>();
  #byPartition: readonly Target[] = [];

  constructor(requests: RequestPool) {
    this.#requests = requests;
  }

  /** Every target that there was; one whose node is gone may still have an open request. */
  [Symbol.iterator](): Iterator<Target> {
    return this.#targets.values();
  }

  of(partition: number): Target {
    return this.#byPartition[partition]!;
  }

  /** Takes in who holds the partitions now. */
  route(map: PartitionMap<ClusterNode> | undefined): void {
    this.#byPartition = Array.from({ length: layout.PARTITION_COUNT }, (_, partition) =>
      this.#target(map?.owner(partition, 0)),
    );
  }

  /** Deals rows to the nodes that hold their partitions now, in requests of their own. */
  deal(rows: WriteRequest): Share[] {
    const shares = new Map<ClusterNode | undefined, WriteRequest>();
    for (let row = 0; row < rows.rows; row++) {
      const { node } = this.of(rows.partition(row));
      let request = shares.get(node);
      if (request === undefined) shares.set(node, (request = this.#requests.take()));
      request.addRow(rows, row);
    }
    return [...shares].map(([node, request]) => ({ node, request }));
  }

  #target(node: ClusterNode | undefined): Target {
    let target = this.#targets.get(node);
    if (target === undefined) this.#targets.set(node, (target = { node, open: undefined }));
    return target;
  }
}
