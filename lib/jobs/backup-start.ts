import { AsbError } from '../errors.ts';
import { Coverage } from '../record/coverage.ts';
import type { Document } from '../storage/documents.ts';
import { givenOptions, keptPartitions } from './backup-nodes.ts';
import type { BackupOptions } from './backup-options.ts';
import { type BackupDocuments, documentsOf } from './backup-places.ts';
import { shapeOfBackup } from './backup-shape.ts';
import { type BackupState, parseState } from './backup-state.ts';
import type { BackupShape } from './manifest.ts';
import { type Shard, shardText } from './shard.ts';
import { requireSameShape } from './state.ts';
import { packageVersion } from './version.ts';

/** What a backup begins with, or goes on from. */
export interface BackupStart extends BackupDocuments {
  /** What is in files already. */
  readonly safe: BackupState;
  readonly continuing: boolean;
  /** Ids of the partitions of its nodes, if it is of some, as they were when it was begun. */
  readonly nodePartitions?: readonly number[] | undefined;
}

/**
 * What is safe already: nothing, or what the state says that is to be gone on with.
 *
 * @throws AsbError `NOT_FOUND` if there is no such state, `FORMAT` if it is none, `USAGE` if it is of
 *   a backup with other options; `EXISTS` for a new backup that would write over the state of another
 */
export const startOf = async (options: BackupOptions): Promise<BackupStart> => {
  const { continueFrom, namespace, shard, removeFiles = false } = options;
  const documents = await documentsOf(options);
  const shape = shapeOfBackup(options);
  const { state } = documents;
  if (continueFrom !== undefined) {
    return { ...documents, ...(await readState(state, options, shape)), continuing: true };
  }
  if (state !== undefined && !removeFiles && (await state.read()) !== undefined) {
    throw stateExists(state.location);
  }
  const safe = {
    tool: `asb-streams ${packageVersion()}`,
    namespace,
    shard,
    options: shape,
    begun: new Date(),
    replaces: removeFiles,
    files: [],
    coverage: new Coverage(),
    holders: new Map(),
  };
  return { ...documents, safe, continuing: false };
};

const readState = async (
  document: Document | undefined,
  { namespace, shard, outputSize = 0 }: BackupOptions,
  shape: BackupShape,
): Promise<Pick<BackupStart, 'safe' | 'nodePartitions'>> => {
  const text = await document?.read();
  if (document === undefined || text === undefined) throw noState(document?.location);
  const file = document.location;
  const safe = parseState(text, file);
  const then = {
    namespace: safe.namespace,
    shard: textOf(safe.shard),
    ...givenOptions(safe.options),
  };
  requireSameShape({ namespace, shard: textOf(shard), ...shape }, then, file, 'a backup');
  const bytes = safe.part?.bytes ?? 0;
  // 0: what comes is kept apart from what came before, and joined later.
  if (outputSize !== 0 && outputSize !== bytes) throw otherSize(file, outputSize, bytes);
  const nodePartitions = shape.nodes === undefined ? undefined : keptPartitions(safe.options, file);
  return { safe, nodePartitions };
};

const textOf = (shard: Shard | undefined): string | undefined =>
  shard === undefined ? undefined : shardText(shard);

const noState = (file = 'this place'): AsbError =>
  new AsbError(
    'NOT_FOUND',
    `there is no state of a backup at ${file}: nothing of it was safe, or it is whole; begin anew`,
    { file, expected: 'the state of a backup that was cut off' },
  );

const stateExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} is the state of a backup that was cut off; go on with it (--continue), or have it ` +
      'removed (--remove-files)',
    { file },
  );

const otherSize = (file: string, found: number, bytes: number): AsbError => {
  const expected = `${bytes} bytes`;
  return new AsbError(
    'FORMAT',
    `the output has ${found} bytes, and ${file} goes on behind ${bytes}; cut it (truncate -s ` +
      `${bytes} FILE), or write to a new file`,
    { file, expected },
  );
};
