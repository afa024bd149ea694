import { AsbError, codeOf } from '../errors.ts';
import { fileAt, homeAt } from '../storage/homes.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { isS3Url } from '../storage/s3/url.ts';
import { ALONE, type Sharing } from '../storage/sharing.ts';
import type { Home } from '../storage/storage.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { checkedShard, type Shard, shardSharing } from './shard.ts';

/** Where a backup was, or was to be: exactly one of the two. Either may be `s3://bucket/…`. */
export interface RemoveArtifactsOptions {
  readonly directory?: string;
  readonly outputFile?: string;
  /** Only what this shard of a backup left, in a directory, under the names that begin with `prefix`. */
  readonly shard?: Shard | undefined;
  /** How names begin, without the shard; only with one. */
  readonly prefix?: string | undefined;
  /** How S3 is reached. */
  readonly s3?: S3Options;
}

/** What was removed. */
export interface RemovedArtifacts {
  readonly location: string;
  /** Whole files; what others had left that were cut off is not counted. */
  readonly files: number;
}

/**
 * Removes a backup, and what one that was cut off has left: whole files, parts of files, unfinished
 * uploads, the manifest, the state. Other files stay, and so does the directory. If there is nothing,
 * nothing is to be done.
 *
 * @throws AsbError `USAGE` unless there is one place, and for a shard without a directory or prefix;
 *   `RANGE` for a shard that cannot be; `STORAGE` if the file system or S3 refuses
 */
export const removeArtifacts = async (
  options: RemoveArtifactsOptions,
): Promise<RemovedArtifacts> => {
  const { directory, outputFile, shard, s3 } = options;
  if (directory !== undefined && outputFile === undefined) {
    return clearDirectory(directory, options);
  }
  if (directory === undefined && outputFile !== undefined && shard === undefined) {
    return clearFile(outputFile, s3);
  }
  const expected = 'one of directory and outputFile';
  throw new AsbError('USAGE', `artifacts are removed of exactly ${expected}`, { expected });
};

const clearDirectory = async (
  location: string,
  options: RemoveArtifactsOptions,
): Promise<RemovedArtifacts> => {
  const sharing = sharingOf(options);
  const home = homeAt(location, { ...options.s3, sharing });
  const files = (await filesOf(home))?.filter(({ name }) => sharing.isOurs(name));
  // To prepare a directory makes it. In S3, unfinished uploads make no prefix.
  if (files !== undefined || isS3Url(location)) await home.prepare({ removeFiles: true });
  return { location, files: files?.length ?? 0 };
};

/** All that is not of this shard is left alone: here, nobody is in the way. */
const sharingOf = ({ shard, prefix }: RemoveArtifactsOptions): Sharing => {
  if (shard === undefined) return ALONE;
  if (prefix === undefined) {
    const expected = 'a prefix';
    throw new AsbError('USAGE', `names of a shard begin with ${expected}: say which`, { expected });
  }
  const { isOurs } = shardSharing({ namespace: prefix, shard: checkedShard(shard) });
  return { isOurs, isSibling: (name) => !isOurs(name) };
};

const clearFile = async (
  location: string,
  s3: S3Options | undefined,
): Promise<RemovedArtifacts> => {
  const home = fileAt(location, s3);
  const files = (await filesOf(home)) ?? [];
  // A device keeps no backup.
  if (files.some(({ size }) => size === undefined)) return { location, files: 0 };
  await home.prepare({ removeFiles: true });
  await home.remove(home.name);
  return { location, files: files.length };
};

/** @returns `undefined` if there is nothing at all */
const filesOf = async (home: Home): Promise<readonly StoredFile[] | undefined> => {
  try {
    return await home.files();
  } catch (error) {
    if (codeOf(error) === 'NOT_FOUND') return undefined;
    if (codeOf(error) === 'EMPTY') return [];
    throw error;
  }
};
