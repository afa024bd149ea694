import type { Writable } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import type { ScanOptions } from '../stages/scan.ts';
import type { SerializerInfo } from '../stages/serialize.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { checkSelection } from '../wire/scan/scan-selection.ts';
import { checkBackupWorkers } from './backup-orders.ts';
import type { Logger } from './logger.ts';
import { checkedShard, type Shard } from './shard.ts';

/**
 * Scans at once, unless told otherwise. Measured (benchmarks/README.md): the server reads one scan
 * with four threads of its own, so more scans bring nothing on one node; on several, one a node
 * keeps each of them busy.
 */
export const defaultParallel = (nodes: number): number => Math.max(1, Math.min(nodes, 16));

export interface BackupOptions extends Omit<ScanOptions, 'cluster' | 'refuseEmpty' | 'onHolders'> {
  /** Where to: exactly one of the three; the first two may be `s3://bucket/…`. */
  readonly directory?: string;
  readonly outputFile?: string;
  readonly output?: Writable;
  /** Bytes that `output` has already, if it is a file that is appended to. */
  readonly outputSize?: number;
  /** How S3 is reached, and what is asked of it. */
  readonly s3?: S3Options;
  /** Begin of the names in a directory. Default: the namespace. */
  readonly prefix?: string;
  /**
   * Which of several backups this is that go to one directory and are one backup together: its share
   * of the partitions, under names of its own (`PREFIX-2-of-4_00000.asb`). Each of them runs by itself,
   * at any time, and goes on by itself. Indexes and UDF modules are in the first.
   */
  readonly shard?: Shard | undefined;
  /** Bytes after which a new file is begun in a directory, or one file becomes safe. Default 250 MiB. */
  readonly fileLimit?: number;
  /** Removes an older backup at the same place first. */
  readonly removeFiles?: boolean;
  readonly compact?: boolean;
  readonly compress?: 'zstd';
  /** zstd level. Default 3. */
  readonly compressionLevel?: number;
  /** Encrypts every file, each by itself. */
  readonly encryption?: Encryption | undefined;
  /**
   * Threads that read and write, each a share of the partitions, over connections of its own; to a
   * directory, also files of its own. What is a limit holds for all of them together. Default 0: all is
   * done in this thread.
   *
   * Each takes about 40 MB, 80 with compression: what V8 has in a thread, the pieces of memory that wait
   * between its stages, and its frames. Frames are compressed by libuv's pool, which has 4 threads for all
   * workers: set `UV_THREADPOOL_SIZE` for more, before anything uses it. For S3, each has as much as
   * `s3` says for a file.
   */
  readonly workers?: number;
  /** Watches the stages. Default: nobody does. */
  readonly meter?: Meter | undefined;
  /** Told of begin, notices and end, in pino's style, beside `onNotice`. */
  readonly logger?: Logger;
  /** A backup without any record is no error. Default false. */
  readonly allowEmpty?: boolean;
  /**
   * Where the state is kept that a backup which was cut off goes on from: a file, or `s3://bucket/key`;
   * in a directory, or a prefix that ends with `/`, it gets the usual name. Default: `PREFIX.asb.state` in the directory,
   * `FILE.state` beside a file, and none for `output`.
   */
  readonly stateFile?: string;
  /**
   * The state of a backup that was cut off, to go on with it; a directory stands for the state of the
   * usual name in it. It is kept there from then on. All that shapes the content must be as it was.
   */
  readonly continueFrom?: string;
}

/** How far a backup is. */
export interface BackupProgress {
  readonly records: number;
  /** Bytes that reached the storage. */
  readonly bytes: number;
  /** Partitions that are done or have given a record. */
  readonly partitionsDone: number;
  readonly partitions: number;
  /** About how many records there are; `undefined` before that is known. */
  readonly estimatedRecords: number | undefined;
  /** Rounds of the scan that had to be repeated in part. */
  readonly retries: number;
}

/** What a finished backup holds. */
export interface BackupSummary extends Omit<SerializerInfo, 'bytes'> {
  /** Records that were in files already when it went on; the sums are those of the whole backup. */
  readonly recordsBefore: number;
  /** Bytes that reached the storage. */
  readonly bytes: number;
  /** Files in a directory, or 1. */
  readonly files: number;
  readonly retries: number;
  /** Milliseconds from begin to end. */
  readonly elapsed: number;
}

/** A backup under way. */
export interface BackupJob {
  readonly progress: BackupProgress;
  /**
   * Resolves when all that was asked for is on disk, synced and closed.
   * Rejects with an AsbError; then no file is left that looks whole but is not. If its facts name a
   * `state`, what is done is kept, and a backup with `continueFrom` goes on from there.
   */
  readonly done: Promise<BackupSummary>;
  /**
   * Stops; `done` rejects with `ABORTED`. What was read is still brought into whole files, if it can
   * go on from there; the second time everything ends at once.
   */
  abort(reason?: string): void;
}

/** @throws AsbError `USAGE` for options that have no meaning together */
export const checkOptions = (options: BackupOptions): void => {
  checkSelection(options);
  checkBackupWorkers(options);
  const places = [options.directory, options.outputFile, options.output];
  if (places.filter((place) => place !== undefined).length !== 1) {
    throw new AsbError(
      'USAGE',
      'a backup goes to exactly one of directory, outputFile and output',
      { expected: 'one of directory, outputFile and output' },
    );
  }
  if (options.continueFrom !== undefined && options.stateFile !== undefined) {
    throw new AsbError('USAGE', 'a backup that goes on keeps its state where it is');
  }
  if (options.continueFrom !== undefined && options.removeFiles === true) {
    throw new AsbError('USAGE', 'a backup that goes on does not remove what it goes on from');
  }
  if (options.shard !== undefined) checkShard(options, options.shard);
  if (options.output === undefined || options.encryption === undefined) return;
  if (options.stateFile === undefined && options.continueFrom === undefined) return;
  throw new AsbError(
    'USAGE',
    'an encrypted stream has no place to go on from; back up to a file or directory, or encrypt ' +
      'behind it (asb encrypt)',
  );
};

/** @throws AsbError `USAGE`, and `RANGE` for a shard that cannot be */
const checkShard = ({ directory, maxRecords = 0 }: BackupOptions, shard: Shard): void => {
  checkedShard(shard);
  if (directory === undefined) {
    const expected = 'a directory';
    throw new AsbError('USAGE', `shards meet in ${expected}; one file is of one process`, {
      expected,
    });
  }
  if (maxRecords === 0) return;
  throw new AsbError(
    'USAGE',
    'a shard knows nothing of how many records others find: leave out --max-records, or --shard',
    { expected: 'no number of records' },
  );
};
