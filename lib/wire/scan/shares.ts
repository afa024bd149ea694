import type { Cluster } from '../cluster.ts';
import type { ClusterNode } from '../node.ts';
import type { Holders } from './holders.ts';
import { split } from './partition-list.ts';
import type { PartitionTracker } from './partition-tracker.ts';
import { bereft, type Lack, nobodyHolds } from './scan-failure.ts';

/** Some partitions, and the node that is to be asked for them. */
export interface Share {
  readonly node: ClusterNode;
  readonly partitions: readonly number[];
}

export interface Dealt {
  readonly shares: readonly Share[];
  /** Partitions that no node can be asked for now, and why. */
  readonly lacks: readonly Lack[];
}

/** Deals partitions to the nodes that hold them. */
export class Dealer {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #tracker: PartitionTracker;
  readonly #holders: Holders;

  /**
   * @param tracker knows which replica of a partition is next
   * @param holders learns who holds the partitions, and says whose holders have left
   */
  constructor(cluster: Cluster, namespace: string, tracker: PartitionTracker, holders: Holders) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#tracker = tracker;
    this.#holders = holders;
  }

  /** @param parallel scans at once: there will be enough shares for so many */
  deal(partitions: readonly number[], parallel: number): Dealt {
    const map = this.#cluster.partitionMap(this.#namespace);
    if (map !== undefined) this.#holders.learn(partitions, map);
    const members = new Set(this.#cluster.nodes.map(({ name }) => name));
    const byNode = new Map<ClusterNode, number[]>();
    const orphans: number[] = [];
    const gone: number[] = [];
    for (const id of partitions) {
      const node = map?.reader(id, this.#tracker.attempts(id));
      // With no member, the cluster can't be reached now: its nodes are asked as they were known.
      if (members.size > 0 && this.#holders.haveLeft(id, members)) gone.push(id);
      else if (node === undefined) orphans.push(id);
      else listOf(byNode, node).push(id);
    }
    return { shares: sharesOf(byNode, parallel), lacks: this.#lacksOf(gone, orphans) };
  }

  #lacksOf(gone: readonly number[], orphans: readonly number[]): Lack[] {
    const namespace = this.#namespace;
    const lacks: Lack[] = [];
    if (gone.length > 0) {
      const nodes = [...new Set(gone.flatMap((id) => this.#holders.of(id)))];
      lacks.push({ partitions: gone, why: bereft(gone, namespace, nodes), gained: false });
    }
    if (orphans.length > 0) {
      const known = this.#cluster.partitionMap(namespace) !== undefined;
      const racks = this.#cluster.onlyRacks;
      const why = nobodyHolds(orphans, namespace, { known, racks });
      lacks.push({ partitions: orphans, why, gained: false });
    }
    return lacks;
  }
}

const listOf = (byNode: Map<ClusterNode, number[]>, node: ClusterNode): number[] => {
  const ids = byNode.get(node) ?? [];
  byNode.set(node, ids);
  return ids;
};

const sharesOf = (
  byNode: ReadonlyMap<ClusterNode, readonly number[]>,
  parallel: number,
): Share[] => {
  const perNode = Math.max(1, Math.ceil(parallel / byNode.size));
  return [...byNode].flatMap(([node, ids]) =>
    split(ids, perNode).map((partitions) => ({ node, partitions })),
  );
};
