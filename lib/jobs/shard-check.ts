/** Holds the manifests of shards against one another: only all of them together are a backup. */
import { AsbError } from '../errors.ts';
import { joinLocation } from '../storage/homes.ts';
import { MANIFEST_SUFFIX } from '../storage/names.ts';
import { ranges } from '../wire/scan/partition-list.ts';
import type { Manifest } from './manifest.ts';
import { type Shard, shardPrefix, shardText } from './shard.ts';
import { firstDifference } from './state.ts';

/** A manifest that was read. */
export interface ReadManifest {
  readonly location: string;
  readonly manifest: Omit<Manifest, 'files'>;
}

interface ReadShard extends ReadManifest {
  readonly shard: Shard;
}

/**
 * What is wrong with the shards in one place, of each backup there: `FORMAT` for shards of different
 * counts, or of none, for two that are the same shard, and for such that were made with other options;
 * `NOT_FOUND`, which names the shards that are missing.
 *
 * @param place for messages, a directory or prefix
 * @param manifests all that could be read there
 * @param unread locations of those that could not: they are told of elsewhere
 */
export const shardFailures = (
  place: string,
  manifests: readonly ReadManifest[],
  unread: ReadonlySet<string>,
): AsbError[] =>
  [...Map.groupBy(manifests, ({ manifest }) => prefixIn(manifest))].flatMap(([prefix, group]) => {
    const [first, ...more] = group.flatMap(({ location, manifest }): ReadShard[] =>
      manifest.shard === undefined ? [] : [{ location, manifest, shard: manifest.shard }],
    );
    if (first === undefined) return [];
    const { count } = first.shard;
    const stranger = group.find(({ manifest }) => manifest.shard?.count !== count);
    if (stranger !== undefined) return [mixed(first, stranger)];
    const locationOf = (index: number): string =>
      joinLocation(place, `${shardPrefix(prefix, { index, count })}${MANIFEST_SUFFIX}`);
    const there = new Set([first, ...more].map(({ shard }) => shard.index));
    const lacking = Array.from({ length: count }, (_, at) => at + 1).filter(
      (index) => !there.has(index) && !unread.has(locationOf(index)),
    );
    return [...disagreements(first, more), ...missing(lacking, count, locationOf)];
  });

/** How the names of a backup begin, without the shard. */
const prefixIn = ({ namespace, options: { prefix } }: ReadManifest['manifest']): string =>
  typeof prefix === 'string' ? prefix : namespace;

const disagreements = (first: ReadShard, more: readonly ReadShard[]): AsbError[] => {
  const seen = new Map([[first.shard.index, first]]);
  return more.flatMap((one) => {
    const same = seen.get(one.shard.index);
    if (same !== undefined) return [double(same, one)];
    seen.set(one.shard.index, one);
    return differing(first, one);
  });
};

const mixed = (one: ReadShard, { location: file, manifest }: ReadManifest): AsbError => {
  const expected = `a shard of ${one.shard.count}`;
  const is = manifest.shard === undefined ? 'a whole backup' : `shard ${shardText(manifest.shard)}`;
  return new AsbError(
    'FORMAT',
    `${file} is of ${is}, and ${one.location} of shard ${shardText(one.shard)}: they are not of one ` +
      'backup; take one of them to another place, with its files',
    { file, expected },
  );
};

const double = (one: ReadShard, { location: file, shard }: ReadShard): AsbError =>
  new AsbError(
    'FORMAT',
    `${one.location} and ${file} are both of shard ${shardText(shard)}; remove the wrong one`,
    { file, expected: 'one manifest of each shard' },
  );

const differing = (one: ReadShard, other: ReadShard): AsbError[] => {
  const shapeOf = ({ manifest: { namespace, options } }: ReadShard) => ({ namespace, ...options });
  const found = firstDifference(shapeOf(other), shapeOf(one));
  if (found === undefined) return [];
  const { location: file } = other;
  const expected = `${found.name} ${found.was}`;
  return [
    new AsbError(
      'FORMAT',
      `${file} was made with other options than ${one.location}: ${found.name} ${found.is}, and not ` +
        `${found.was}; make the shard again (--remove-files --shard ${shardText(other.shard)})`,
      { file, expected },
    ),
  ];
};

const missing = (
  indexes: readonly number[],
  count: number,
  locationOf: (index: number) => string,
): AsbError[] => {
  const [first] = indexes;
  if (first === undefined) return [];
  const file = locationOf(first);
  const what = indexes.length === 1 ? 'shard' : 'shards';
  const are = indexes.length === 1 ? 'is' : 'are';
  return [
    new AsbError(
      'NOT_FOUND',
      `${what} ${ranges(indexes)} of ${count} ${are} missing: there is no ${file}; make what is missing ` +
        `(asb backup --shard ${shardText({ index: first, count })}), bring it from a copy, or take what ` +
        'is there (--no-manifest)',
      { file, expected: `${count} shards` },
    ),
  ];
};
