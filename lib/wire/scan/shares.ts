import type { ClusterNode } from '../node.ts';
import type { PartitionMap } from '../partition-map.ts';
import { split } from './partition-list.ts';

/** Some partitions, and the node that is to be asked for them. */
export interface Share {
  readonly node: ClusterNode;
  readonly partitions: readonly number[];
}

export interface Dealt {
  readonly shares: readonly Share[];
  /** Partitions that no node holds, as far as is known. */
  readonly orphans: readonly number[];
}

/**
 * Deals partitions to the nodes that hold them.
 *
 * @param attempts how often a partition was tried: which replica is next
 * @param parallel scans at once: there will be enough shares for so many
 */
export const deal = (
  partitions: readonly number[],
  map: PartitionMap<ClusterNode> | undefined,
  attempts: (partition: number) => number,
  parallel: number,
): Dealt => {
  const byNode = new Map<ClusterNode, number[]>();
  const orphans: number[] = [];
  for (const id of partitions) {
    const node = map?.reader(id, attempts(id));
    const ids = node === undefined ? orphans : (byNode.get(node) ?? []);
    if (node !== undefined) byNode.set(node, ids);
    ids.push(id);
  }
  const perNode = Math.max(1, Math.ceil(parallel / byNode.size));
  const shares = [...byNode].flatMap(([node, ids]) =>
    split(ids, perNode).map((part) => ({ node, partitions: part })),
  );
  return { shares, orphans };
};
