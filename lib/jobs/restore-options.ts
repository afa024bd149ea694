import type { Meter } from '../meter/meter.ts';
import type { LoadOptions } from '../stages/load.ts';
import type { LoadInfo } from '../wire/loader.ts';
import type { StrictUnpackOptions } from './backup-head.ts';
import type { Logger } from './logger.ts';
import type { RestoreSource } from './restore-source.ts';

/**
 * Files read at once, unless told otherwise. Measured with plain and compressed files on a local
 * disk: all are parsed on one thread, which one file keeps busy while zstd and the disk work beside
 * it; two are no faster and take more CPU time. More help where a file is slow to come.
 */
export const DEFAULT_PARALLEL = 1;
/** Files read at once at most. */
export const MAX_PARALLEL = 4096;

export interface RestoreOptions
  extends Omit<LoadOptions, 'cluster' | 'namespace'>,
    RestoreSource,
    StrictUnpackOptions {
  /** Where records and indexes go. Default: the namespace of the backup. */
  readonly namespace?: string;
  /** Told of begin, notices and end, in pino's style, beside `onNotice`. */
  readonly logger?: Logger;
  /** Told of the stages, in all threads: `read`, `unpack`, `parse`, `load`. */
  readonly meter?: Meter | undefined;
  /** Files read at once, in all threads together. Default {@link DEFAULT_PARALLEL}. */
  readonly parallel?: number;
  /**
   * Threads that load files, each with connections of its own: 0, the default, up to
   * {@link MAX_WORKERS}; with 0 this one does it. A file is not cut, so there have to be as many files at
   * least. Each reads one file at least; `maxAsyncBatches` and the limits hold for all together, with one
   * batch each at least. A stream is read in this thread. Options must be such as can be copied: no
   * `s3.client`.
   */
  readonly workers?: number;
  /**
   * Where it is kept which files are done, for a restore that is cut off to go on: a file, or
   * `s3://bucket/key`; in a directory, or a prefix that ends with `/`, `NAMESPACE.restore.state`.
   * Removed at the end. Nothing is kept if left out.
   */
  readonly stateFile?: string;
  /**
   * The state of a restore that was cut off (or its place, as for `stateFile`), to go on with it and
   * keep it there. Files that are done are left out; all that shapes the result must be as it was.
   */
  readonly continueFrom?: string;
}

/** How far a restore is. */
export interface RestoreProgress {
  /** Records read. */
  readonly records: number;
  /** Bytes read of the files, as they are stored. */
  readonly bytesRead: number;
  /** Bytes of all files; `undefined` if nobody can say, or before they were found. */
  readonly bytesTotal: number | undefined;
}

/** What a finished restore has done. */
export interface RestoreSummary extends LoadInfo {
  /** Where it went. */
  readonly namespace: string;
  /** Files that were read; all other numbers are of these, too. */
  readonly files: number;
  /** Files that were done already when it went on, and the records that were read from them. */
  readonly filesBefore: number;
  readonly recordsBefore: number;
  /**
   * Places without a manifest (or all, with `manifest: false`), as they were given, `-` for a stream:
   * a missing file, or one cut exactly between two records, was not noticed there.
   */
  readonly unchecked: readonly string[];
  /** Bytes of the files, as they are stored. */
  readonly bytesRead: number;
  /** Milliseconds from begin to end. */
  readonly elapsed: number;
}

/** A restore under way. */
export interface RestoreJob {
  readonly progress: RestoreProgress;
  /**
   * Resolves when every record of every file is acknowledged or counted as left out.
   * Rejects with an AsbError; what was acknowledged before stays on the cluster. If its facts name a
   * `state`, a restore with `continueFrom` goes on from there.
   */
  readonly done: Promise<RestoreSummary>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}
