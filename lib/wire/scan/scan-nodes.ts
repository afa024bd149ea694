/** Which partitions can be had of some nodes of a cluster, and of some racks. */
import { AsbError, codeOf } from '../../errors.ts';
import { PARTITION_COUNT } from '../../record/layout.ts';
import { type Address, formatAddress } from '../address.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterNode } from '../node.ts';
import { count, nobodyHolds } from './scan-failure.ts';
import type { PartitionScanOptions } from './scan-options.ts';

/** A node of a cluster: its name, or where it is. */
export type NodePlace = string | Address;

/** A node as people know it: its name, or `host:port`. */
export const placeText = (place: NodePlace): string =>
  typeof place === 'string' ? place : formatAddress(place);

/**
 * The partitions whose master is one of `nodes` now, ascending, of those that are wanted.
 *
 * @param options `nodes`, and `partitions` to choose from; all if left out. Told if it is not all of them
 * @throws AsbError `USAGE` for a node that is none of the cluster; `AUTH` if what is there refuses the
 *   login
 */
export const partitionsOfNodes = async (
  cluster: Cluster,
  options: PartitionScanOptions & { readonly nodes: readonly NodePlace[] },
): Promise<number[]> => {
  const { namespace, nodes: places, onNotice } = options;
  const nodes = new Set<ClusterNode>();
  for (const place of places) nodes.add(await nodeOf(cluster, place));
  const map = cluster.partitionMap(namespace);
  const wanted = wantedOf(options);
  const partitions = wanted.filter((id) => {
    const master = map?.owner(id, 0);
    return master !== undefined && nodes.has(master);
  });
  const names = [...nodes].map(({ name, location }) => `${name} (${location})`).join(', ');
  if (partitions.length < wanted.length) {
    onNotice?.(`only the ${count(partitions)} whose master is node ${names}; not the rest`);
  }
  return partitions;
};

/**
 * Looks whether all partitions can be read now, where only some racks are: that they can't need not wait
 * for a scan and its retries. While the cluster is not whole, it is the scan's to find out.
 *
 * @throws AsbError `PARTITIONS` with those that no node of the racks holds
 */
export const requireReadable = (cluster: Cluster, options: PartitionScanOptions): void => {
  const { onlyRacks: racks, unreached } = cluster;
  const { namespace } = options;
  const map = cluster.partitionMap(namespace);
  if (racks.length === 0 || unreached.length > 0 || map === undefined) return;
  const lacking = wantedOf(options).filter(
    (id) => map.reader(id, 0) === undefined && map.owner(id, 0) !== undefined,
  );
  if (lacking.length > 0) throw nobodyHolds(lacking, namespace, { known: true, racks });
};

const wantedOf = ({ partitions }: PartitionScanOptions): number[] =>
  [...new Set(partitions ?? Array(PARTITION_COUNT).keys())].sort((one, other) => one - other);

const nodeOf = async (cluster: Cluster, place: NodePlace): Promise<ClusterNode> => {
  const [node, cause] =
    typeof place === 'string'
      ? [cluster.nodes.find(({ name }) => name === place), undefined]
      : await nodeAt(cluster, place);
  if (node !== undefined) return node;
  const text = placeText(place);
  const known = cluster.nodes.map(({ name, location }) => `${name} (${location})`).join(', ');
  throw new AsbError('USAGE', `${text} is no node of the cluster, which has ${known}`, {
    node: text,
    expected: `one of ${known}`,
    ...(cause === undefined ? {} : { cause }),
  });
};

/** Where nobody answers, there is no node, either. */
const nodeAt = async (
  cluster: Cluster,
  address: Address,
): Promise<[node: ClusterNode | undefined, cause: unknown]> => {
  try {
    return [await cluster.nodeAt(address), undefined];
  } catch (error) {
    if (codeOf(error) !== 'NETWORK') throw error;
    return [undefined, error];
  }
};
