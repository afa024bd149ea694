/**
 * The partitions of a backup of some nodes: those that they are masters of when it is begun. Masters
 * move, and who goes on must read the same: so they are kept with the options.
 */
import { AsbError } from '../errors.ts';
import type { Cluster } from '../wire/cluster.ts';
import { parseRanges, ranges } from '../wire/scan/partition-list.ts';
import { partitionsOfNodes } from '../wire/scan/scan-nodes.ts';
import type { BackupOptions } from './backup-options.ts';
import type { BackupStart } from './backup-start.ts';
import type { BackupShape } from './manifest.ts';

/** What a state and a manifest call these partitions: `0-7,12`. */
const NAME = 'nodePartitions';

/** The options as they were given: what the cluster answered is not among them. */
export const givenOptions = (options: BackupShape): BackupShape =>
  Object.fromEntries(Object.entries(options).filter(([name]) => name !== NAME));

/**
 * The partitions that a state keeps.
 *
 * @param file the state, for messages
 * @throws AsbError `FORMAT` if it does not say which
 */
export const keptPartitions = (options: BackupShape, file: string): readonly number[] => {
  const text = options[NAME];
  const partitions = typeof text === 'string' ? parseRanges(text) : undefined;
  if (partitions !== undefined) return partitions;
  const expected = 'partitions: 0-7,12';
  throw new AsbError('FORMAT', `${file}: options.${NAME} is not ${expected}`, { file, expected });
};

/**
 * The start of a backup of some nodes with its partitions: as it was when it was begun, or, if that is
 * now, as it is now.
 *
 * @param options with `nodes`; told of how few that is
 * @throws AsbError `USAGE` for a node that is none of the cluster
 */
export const placedStart = async (
  cluster: Cluster,
  options: BackupOptions & Required<Pick<BackupOptions, 'nodes'>>,
  start: BackupStart,
): Promise<BackupStart & { readonly nodePartitions: readonly number[] }> => {
  const { safe, nodePartitions } = start;
  if (nodePartitions !== undefined) return { ...start, nodePartitions };
  const partitions = await partitionsOfNodes(cluster, options);
  const shape = { ...safe.options, [NAME]: ranges(partitions, Number.POSITIVE_INFINITY) };
  return { ...start, safe: { ...safe, options: shape }, nodePartitions: partitions };
};
