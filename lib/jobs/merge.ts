import { addAbortSignal, Readable } from 'node:stream';
import { AsbError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import { renamedBatch } from '../record/renamed.ts';
import { DigestSort, type DigestSortOptions } from '../sort/digest-sort.ts';
import type { BackupInput } from './backup-input.ts';
import { type OutputOptions, type WrittenBackup, writeBackup } from './backup-output.ts';
import { JobControl } from './job-control.ts';
import {
  checkBins,
  checkTimeOrder,
  commonNamespace,
  gapsBefore,
  originOf,
} from './merge-sources.ts';
import { MergedGlobals } from './merged-globals.ts';

/** Batches that may wait for the next stage. */
const BATCHES_WAITING = 2;

export interface MergeOptions
  extends OutputOptions,
    Pick<DigestSortOptions, 'memory' | 'tempDirectory'> {
  /** What `openInput` gives, the oldest first: a full backup, then incremental ones. */
  readonly sources: readonly BackupInput[];
  /**
   * The namespace of what is written. Default: that of the sources; if they are of different ones, it
   * must be said.
   */
  readonly namespace?: string | undefined;
  /** Leaves out records whose newest version is past its void time. Default false. */
  readonly dropExpired?: boolean;
  /** When `dropExpired` looks at the clock. Default: now. */
  readonly now?: Date;
  /** Does not look whether manifests say another order, or that sources have different bins. Default false. */
  readonly asGiven?: boolean;
  /** Told what is odd, but no failure: a time whose changes are in none of the sources. */
  readonly onNotice?: (notice: string) => void;
}

/** How far a merge is. */
export interface MergeProgress {
  /** First all is read, then all is written. */
  readonly phase: 'reading' | 'writing';
  /** Records read, or written. */
  readonly records: number;
  /** Bytes of the sources that were read, as they are stored. */
  readonly bytes: number;
  /** How much of this phase is done, 0 to 1; `undefined` if nobody can know. */
  readonly share: number | undefined;
}

export interface MergeSummary {
  readonly sources: number;
  /** Records of all sources. */
  readonly records: number;
  /** Of these, those that a later version took the place of. */
  readonly replaced: number;
  /** Those that `dropExpired` left out. */
  readonly expired: number;
  /** Bytes that went to temporary files: 0 if all had room in memory. */
  readonly temporaryBytes: number;
  /** What was written. */
  readonly written: WrittenBackup;
  /** Milliseconds from begin to end. */
  readonly elapsed: number;
}

/** A merge under way. */
export interface MergeJob {
  readonly progress: MergeProgress;
  /** Resolves when all is written, synced and closed. Rejects with an AsbError; then nothing is left. */
  readonly done: Promise<MergeSummary>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Merge implements MergeJob {
  readonly #options: MergeOptions;
  readonly #control = new JobControl('merge');
  readonly #globals = new MergedGlobals();
  /** Seconds, as void times count: records that expire then or before are left out. */
  readonly #now: number | undefined;
  #sort: DigestSort | undefined;
  #phase: 'reading' | 'writing' = 'reading';
  #written = 0;
  #expired = 0;
  readonly done: Promise<MergeSummary>;

  constructor(options: MergeOptions) {
    this.#options = options;
    const { dropExpired = false, now = new Date() } = options;
    if (dropExpired) this.#now = Math.floor(now.getTime() / 1000) - EPOCH_SECONDS;
    this.done = this.#control.done(this.#run());
  }

  get progress(): MergeProgress {
    const { sources } = this.#options;
    const bytes = sources.reduce((sum, { info }) => sum + info.bytesRead, 0);
    const { records = 0, replaced = 0 } = this.#sort?.info ?? {};
    if (this.#phase === 'reading') {
      const total = sources.reduce((sum, { bytesTotal = Number.NaN }) => sum + bytesTotal, 0);
      return { phase: 'reading', records, bytes, share: total > 0 ? bytes / total : undefined };
    }
    const share = records > 0 ? (this.#written + this.#expired + replaced) / records : 1;
    return { phase: 'writing', records: this.#written, bytes, share };
  }

  abort(reason?: string): void {
    this.#control.abort(reason);
  }

  async #run(): Promise<MergeSummary> {
    const options = this.#options;
    const { sources, asGiven = false, memory, tempDirectory, onNotice } = options;
    if (sources.length === 0) throw new AsbError('USAGE', 'nothing to merge: sources are needed');
    if (!asGiven) {
      checkTimeOrder(sources);
      checkBins(sources);
    }
    for (const gap of gapsBefore(sources)) onNotice?.(gap);
    const namespace = commonNamespace(sources, options.namespace);
    const sort = new DigestSort({ memory, tempDirectory, keep: 'last' });
    this.#sort = sort;
    const merged = this.#merged(sort, namespace);
    const chunks = Readable.from(merged, { highWaterMark: BATCHES_WAITING });
    const closed = new Promise((resolve) => chunks.once('close', resolve));
    const written = await writeBackup(chunks, {
      ...options,
      namespace,
      files: sources.flatMap(({ files }) => files),
      origin: originOf(sources),
      signal: this.#control.signal,
    }).finally(() => closed);
    const { records, replaced, bytes } = sort.info;
    return {
      sources: sources.length,
      records,
      replaced,
      expired: this.#expired,
      temporaryBytes: bytes,
      written,
      elapsed: this.#control.elapsed,
    };
  }

  /** Reads all sources, and then gives what is newest in them: globals first, then records. */
  async *#merged(sort: DigestSort, namespace: string): AsyncGenerator<RecordChunk> {
    try {
      for (const [index, source] of this.#options.sources.entries()) {
        // What names another one within a source is its fault, and told when it is written.
        const isOther = source.namespace !== namespace;
        for await (const chunk of addAbortSignal(this.#control.signal, source.chunks())) {
          if (chunk.kind === 'records') {
            await sort.add(isOther ? renamedBatch(chunk, namespace) : chunk, index);
            chunk.release();
          } else {
            const isNamed = isOther && chunk.kind === 'index';
            this.#globals.add(isNamed ? { ...chunk, namespace } : chunk);
          }
        }
      }
      this.#phase = 'writing';
      for (const [, global] of this.#globals.entries()) yield global;
      for await (const { records } of sort.sorted()) {
        const fresh = this.#fresh(records);
        this.#written += fresh.length;
        yield fresh;
      }
    } finally {
      await sort.close();
    }
  }

  /** Only of what is newest: an older version of what has expired must not come back. */
  #fresh(records: RecordBatch): RecordBatch {
    const now = this.#now;
    if (now === undefined) return records;
    const kept = records.filter(({ voidTime }) => voidTime === 0 || voidTime > now);
    this.#expired += records.length - kept.length;
    return kept;
  }
}

/**
 * Makes one backup of several of the same namespace, such as a full one and the incremental ones
 * after it: of each record, the version of the last source that has it; of each index and UDF module,
 * too. Deletes are in no backup: what was deleted since the first source, and is in it, stays. Memory
 * is bounded however large the sources are (see `DigestSort`).
 *
 *     const sources = [await openInput({ paths: ['full'] }), await openInput({ paths: ['incr'] })];
 *     await mergeBackups({ sources, directory: 'merged' }).done;
 *
 * Errors (of `done`): what is wrong in a source; as `writeBackup`; `USAGE` for sources in the wrong
 * order, or nothing says a namespace; `FORMAT` for sources of different ones; `STORAGE` if the
 * temporary directory fails; `LIMIT` for too many globals.
 */
export const mergeBackups = (options: MergeOptions): MergeJob => new Merge(options);
