/** What the workers of a backup are told to do. */
import { AsbError } from '../errors.ts';
import { sharedLimit } from '../wire/limiter.ts';
import type { Destination } from './backup-destination.ts';
import type { BackupOrder, FilesOrder } from './backup-messages.ts';
import type { BackupOptions } from './backup-options.ts';
import { backupScanOptions } from './backup-scan.ts';
import type { BackupState } from './backup-state.ts';
import { namePrefixOf } from './shard.ts';
import { checkWorkers, dealt } from './workers.ts';

/** @throws AsbError `USAGE` for a number of workers that cannot be, and for what they cannot do */
export const checkBackupWorkers = ({ workers = 0, maxRecords = 0, s3 }: BackupOptions): void => {
  checkWorkers(workers);
  if (workers === 0) return;
  if (maxRecords > 0) {
    throw new AsbError(
      'USAGE',
      'a worker knows nothing of how many records others find: leave out --max-records, or --workers',
      { expected: 'no number of records' },
    );
  }
  if (s3?.client === undefined) return;
  throw new AsbError('USAGE', 's3.client cannot go to another thread; leave it out, or workers', {
    expected: 'options that can be copied',
  });
};

export interface BackupOrdersContext {
  /** How many workers; no more than partitions. */
  readonly count: number;
  /** Ids of those that are read. */
  readonly partitions: readonly number[];
  /** Scans at once, of all of them. */
  readonly parallel: number;
  readonly safe: BackupState;
  readonly destination: Pick<Destination, 'keeps' | 'continues'>;
}

/**
 * The shares of workers: every so many-th partition, so that each has some of every node, as shards do; of
 * what else is dealt out, as much as it comes to, but one at least. What is a limit holds for all together.
 */
export const backupOrders = (
  options: BackupOptions,
  { count, partitions, parallel, safe, destination }: BackupOrdersContext,
): Omit<BackupOrder, 'counts'>[] => {
  const { compact, compress, compressionLevel, directory, fileLimit, meter } = options;
  const { limitMemory = sharedLimit() } = options;
  const files = directory === undefined ? undefined : filesOrder(options, directory, safe);
  // The first file has a name by itself.
  if (files !== undefined && destination.continues === undefined) {
    Atomics.add(new Int32Array(files.nextName), 0, 1);
  }
  return dealt(parallel, count).map((scans, index) => ({
    scan: {
      ...backupScanOptions(options, {
        safe,
        partitions: partitions.filter((_, at) => at % count === index),
        parallel: scans,
        withGlobals: false,
      }),
      limitMemory,
    },
    text: {
      namespace: options.namespace,
      ...(compact === undefined ? {} : { compact }),
      ...(compress === undefined ? {} : { compress }),
      ...(compressionLevel === undefined ? {} : { compressionLevel }),
      ...(directory === undefined ? {} : { directory }),
      ...(fileLimit === undefined ? {} : { fileLimit }),
    },
    files,
    keeps: destination.keeps,
    metered: meter !== undefined,
  }));
};

const filesOrder = (options: BackupOptions, directory: string, safe: BackupState): FilesOrder => {
  const { s3 = {}, encryption } = options;
  const { client: _client, logger, onNotice: _onNotice, ...reached } = s3;
  return {
    directory,
    s3: reached,
    logged: logger !== undefined,
    encryption: encryption && { mode: encryption.mode, key: encryption.key.forThread() },
    prefix: namePrefixOf(options),
    kept: safe.files.map(({ name }) => name),
    nextName: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  };
};
