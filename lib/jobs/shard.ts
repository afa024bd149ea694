/** Shares of a backup that several processes make, each with partitions and names of its own. */
import { AsbError } from '../errors.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { MANIFEST_SUFFIX, STATE_SUFFIX } from '../storage/names.ts';
import type { Sharing } from '../storage/sharing.ts';

/** Shards of one backup at most: then each has one partition. */
export const MAX_SHARDS = PARTITION_COUNT;

/** One of several processes that together make one backup. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  /** How many there are, up to {@link MAX_SHARDS}. */
  readonly count: number;
}

const isWithin = (number: number, most: number): boolean =>
  Number.isInteger(number) && number >= 1 && number <= most;

/** Whether there can be such a shard. */
export const isShard = ({ index, count }: Shard): boolean =>
  isWithin(count, MAX_SHARDS) && isWithin(index, count);

/**
 * @returns the shard
 * @throws AsbError `RANGE` for one that cannot be
 */
export const checkedShard = (shard: Shard): Shard => {
  if (isShard(shard)) return shard;
  const { index, count } = shard;
  const expected = isWithin(count, MAX_SHARDS) ? `1 to ${count}` : `1 to ${MAX_SHARDS} shards`;
  throw new AsbError('RANGE', `there is no shard ${index} of ${count}; expected ${expected}`, {
    expected,
  });
};

/** `2/4`, as `--shard` takes it. */
export const shardText = ({ index, count }: Shard): string => `${index}/${count}`;

/** `test-2-of-4`: how the names of a shard's files begin; asbackup's names go on behind it. */
export const shardPrefix = (prefix: string, { index, count }: Shard): string =>
  `${prefix}-${index}-of-${count}`;

/** Whether indexes and UDF modules are in it: in the first shard, or in a backup without shards. */
export const isFirstShard = ({ shard }: { readonly shard?: Shard | undefined }): boolean =>
  shard === undefined || shard.index === 1;

/** What the names of a backup's files in a directory are made of. */
export interface Naming {
  readonly namespace: string;
  /** Default: the namespace. */
  readonly prefix?: string | undefined;
  readonly shard?: Shard | undefined;
}

/** How the names of a backup's files in a directory begin, with its shard. */
export const namePrefixOf = ({ namespace, prefix = namespace, shard }: Naming): string =>
  shard === undefined ? prefix : shardPrefix(prefix, shard);

/**
 * The partitions of a shard: every `count`-th. A partition belongs to one shard, whatever
 * is wanted and whoever holds it, so processes need not know of one another, nor start together.
 *
 * The masters of partitions are ranked by a hash of node and partition, so each shard has its share on
 * every node, whether shares are in one piece or not. Not in one piece, since what is wanted often is:
 * of `--partition-list 0-99`, every shard has something to do.
 *
 * @param wanted ids of partitions to choose from; all if left out
 */
export const shardPartitions = (
  { index, count }: Shard,
  wanted: Iterable<number> = Array(PARTITION_COUNT).keys(),
): number[] => [...wanted].filter((id) => id % count === index - 1);

/** The partitions that a backup reads; `undefined` for all. */
export const partitionsFor = (options: {
  readonly partitions?: Iterable<number> | undefined;
  readonly shard?: Shard | undefined;
}): readonly number[] | undefined => {
  const wanted = options.partitions === undefined ? undefined : new Set(options.partitions);
  if (options.shard !== undefined) return shardPartitions(options.shard, wanted);
  return wanted === undefined ? undefined : [...wanted];
};

/** Whose the names in a place of shards are; all shards with one prefix and count live together. */
export const shardSharing = (naming: Naming & { readonly shard: Shard }): Sharing => {
  const { namespace, prefix = namespace, shard } = naming;
  const own = `${shardPrefix(prefix, shard)}`;
  const isOurs = (name: string): boolean =>
    name.startsWith(own) && NAME_END.test(name.slice(own.length));
  return {
    isOurs,
    isSibling(name) {
      if (!name.startsWith(`${prefix}-`)) return false;
      const [, index, count] = SHARD_NAME.exec(name.slice(prefix.length)) ?? [];
      const isOne = Number(count) === shard.count && Number(index) <= shard.count;
      return isOne && !isOurs(name);
    },
  };
};

const dots = (text: string): string => text.replaceAll('.', '\\.');
const END = `(?:_\\d{5,}\\.asb|${dots(MANIFEST_SUFFIX)}|\\.asb${dots(STATE_SUFFIX)})$`;
/** What follows the prefix in the name of a file, a manifest or a state. */
const NAME_END = new RegExp(`^${END}`);
/** The same, with a shard. */
const SHARD_NAME = new RegExp(`^-([1-9]\\d*)-of-([1-9]\\d*)${END}`);
