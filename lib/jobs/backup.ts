import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Encryption } from '../crypto/key.ts';
import { AsbError, codeOf, messageOf, toError } from '../errors.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { compress } from '../stages/compress.ts';
import { encrypt } from '../stages/encrypt.ts';
import { encrypted } from '../stages/encrypted.ts';
import { DEFAULT_FILE_LIMIT, type RotateOptions, rotate } from '../stages/rotate.ts';
import { type ScanOptions, type ScanStage, scan } from '../stages/scan.ts';
import { type SerializerInfo, serialize } from '../stages/serialize.ts';
import { fileAt, homeAt } from '../storage/homes.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { isS3Url } from '../storage/s3/url.ts';
import type { Storage } from '../storage/storage.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { countRecords, estimateBytes, readSets } from '../wire/statistics.ts';
import { byteCounter } from './byte-counter.ts';

/**
 * Scans at once, unless told otherwise. Measured (benchmarks/README.md): the server reads one scan
 * with four threads of its own, so more scans bring nothing on one node; on several, one a node
 * keeps each of them busy.
 */
export const defaultParallel = (nodes: number): number => Math.max(1, Math.min(nodes, 16));

export interface BackupOptions extends Omit<ScanOptions, 'cluster' | 'refuseEmpty'> {
  /** Where to: exactly one of the three; the first two may be `s3://bucket/…`. */
  readonly directory?: string;
  readonly outputFile?: string;
  readonly output?: Writable;
  /** How S3 is reached, and what is asked of it. */
  readonly s3?: S3Options;
  /** Begin of the names in a directory. Default: the namespace. */
  readonly prefix?: string;
  /** Bytes after which a new file is begun in a directory. Default 250 MiB. */
  readonly fileLimit?: number;
  /** Removes an older backup at the same place first. */
  readonly removeFiles?: boolean;
  readonly compact?: boolean;
  readonly compress?: 'zstd';
  /** zstd level. Default 3. */
  readonly compressionLevel?: number;
  /** Encrypts every file, each by itself. */
  readonly encryption?: Encryption | undefined;
  /** A backup without any record is no error. Default false. */
  readonly allowEmpty?: boolean;
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
   * Rejects with an AsbError; then no file is left that looks whole but is not.
   */
  readonly done: Promise<BackupSummary>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Backup implements BackupJob {
  readonly #options: BackupOptions;
  readonly #abort = new AbortController();
  readonly #begin = performance.now();
  readonly done: Promise<BackupSummary>;
  #scan: ScanStage | undefined;
  #sink: { readonly info: { readonly bytes: number } } | undefined;
  #estimatedRecords: number | undefined;
  /** Bytes that there will be at most, if somebody has to know. */
  #estimatedBytes: number | undefined;

  constructor(options: BackupOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  get progress(): BackupProgress {
    const info = this.#scan?.info;
    return {
      records: info?.records ?? 0,
      bytes: this.#sink?.info.bytes ?? 0,
      partitionsDone: info?.partitionsSeen ?? 0,
      partitions: PARTITION_COUNT,
      estimatedRecords: this.#estimatedRecords,
      retries: info?.retries ?? 0,
    };
  }

  abort(reason = 'stopped'): void {
    this.#abort.abort(new AsbError('ABORTED', `backup ${reason}`));
  }

  async #run(): Promise<BackupSummary> {
    const options = this.#options;
    checkOptions(options);
    const cluster = await connectTo(options);
    return this.#withCluster(cluster).finally(() => cluster.close());
  }

  async #withCluster(cluster: Cluster): Promise<BackupSummary> {
    const { signal } = this.#abort;
    try {
      signal.throwIfAborted();
      await this.#lookAhead(cluster);
      return await this.#pipe(cluster);
    } catch (error) {
      throw signal.aborted ? toError(signal.reason) : error;
    }
  }

  /** Whatever can be known to be wrong is found before anything is written or removed. */
  async #lookAhead(cluster: Cluster): Promise<void> {
    const { namespace, sets = [], maxRecords = 0, outputFile = '', onNotice } = this.#options;
    cluster.requireNamespace(namespace);
    try {
      const known = new Set((await readSets(cluster.nodes, namespace)).map(({ name }) => name));
      for (const set of sets) {
        if (!known.has(set)) onNotice?.(`set "${set}" is not in namespace ${namespace}`);
      }
      const count = await countRecords(cluster.nodes, namespace, sets);
      this.#estimatedRecords = maxRecords > 0 ? Math.min(maxRecords, count) : count;
      if (isS3Url(outputFile)) {
        this.#estimatedBytes = await estimateBytes(cluster.nodes, namespace, sets);
      }
    } catch (error) {
      // A node that is lost now is the scan's to deal with; only the estimate needs them all.
      if (codeOf(error) !== 'NETWORK') throw error;
      onNotice?.(`no estimate of how much there is: ${messageOf(error)}`);
    }
  }

  async #pipe(cluster: Cluster): Promise<BackupSummary> {
    const options = this.#options;
    // A scan begins by itself, and its failure must find somebody who listens.
    const destination = await this.#destination();
    const source = scan({
      ...options,
      cluster,
      reuseMemory: true,
      parallel: options.parallel ?? defaultParallel(cluster.nodes.length),
      refuseEmpty: options.allowEmpty !== true && options.noRecords !== true,
    });
    this.#scan = source;
    const text = serialize({ ...options, reuseMemory: true });
    try {
      await pipeline([source, text, ...destination.stages], { signal: this.#abort.signal });
    } catch (error) {
      await destination.undo();
      throw error;
    }
    return {
      ...text.info,
      bytes: this.progress.bytes,
      files: destination.files(),
      retries: source.info.retries,
      elapsed: performance.now() - this.#begin,
    };
  }

  /** What comes after the text: perhaps compression, then files or the caller's stream. */
  async #destination(): Promise<Destination> {
    const { compress: method, compressionLevel: level, encryption, output } = this.#options;
    const packed = method === undefined ? [] : [compress(level === undefined ? {} : { level })];
    if (output !== undefined) {
      const counter = byteCounter();
      this.#sink = counter;
      const sealed = encryption === undefined ? [] : [encrypt(encryption)];
      const stages = [...packed, ...sealed, counter, output];
      return { stages, files: () => 1, undo: async () => {} };
    }
    const where = placeOf(this.#options, this.#estimatedBytes);
    const { removeFiles = false } = this.#options;
    // What is in the way is told before the scan, and not after.
    if (!removeFiles) await where.storage.prepare({ removeFiles });
    const storage = encryption === undefined ? where.storage : encrypted(where.storage, encryption);
    const files = rotate({ ...where, storage, removeFiles });
    this.#sink = files;
    return {
      stages: [...packed, files],
      files: () => files.info.files.length,
      undo: () => this.#removeAll(where.storage, files.info.files),
    };
  }

  /**
   * Removes files that were closed before the backup failed: each is whole, all of them are not.
   * A single file only gets its name at the very end, and what has that name is not of this run.
   */
  async #removeAll(storage: Storage, files: readonly { readonly name: string }[]): Promise<void> {
    const { directory, onNotice } = this.#options;
    if (directory === undefined) return;
    for (const { name } of files) {
      try {
        await storage.remove(name);
      } catch (error) {
        onNotice?.(`this file belongs to a backup that failed: ${messageOf(error)}`);
      }
    }
  }
}

/** Where the text goes. */
interface Destination {
  readonly stages: readonly Writable[];
  /** Files that were written. */
  readonly files: () => number;
  /** Removes what a failed backup has left behind. */
  readonly undo: () => Promise<void>;
}

/** The storage, how files are named in it, and when a new one is begun. */
const placeOf = (options: BackupOptions, estimatedBytes: number | undefined): RotateOptions => {
  const { directory = '', outputFile, s3, prefix = options.namespace } = options;
  const { fileLimit = DEFAULT_FILE_LIMIT } = options;
  if (outputFile !== undefined) {
    const known = estimatedBytes === undefined ? {} : { largestFile: estimatedBytes };
    const storage = fileAt(outputFile, { ...s3, ...known });
    return { storage, name: () => storage.name, fileLimit: Infinity };
  }
  return { storage: homeAt(directory, { ...s3, largestFile: fileLimit }), name: prefix, fileLimit };
};

const checkOptions = (options: BackupOptions): void => {
  const places = [options.directory, options.outputFile, options.output];
  if (places.filter((place) => place !== undefined).length === 1) return;
  throw new AsbError('USAGE', 'a backup goes to exactly one of directory, outputFile and output', {
    expected: 'one of directory, outputFile and output',
  });
};

/**
 * Backs up a namespace: `scan | serialize | compress | rotate` in one process.
 *
 *     const job = backup({ namespace: 'test', directory: 'out', compress: 'zstd' });
 *     console.log(await job.done);
 *
 * Errors (of `done`): those of the stages, and `USAGE`, `EXISTS` (a backup is there already),
 * `EMPTY` (no record, unless `allowEmpty`), `ABORTED`.
 */
export const backup = (options: BackupOptions): BackupJob => new Backup(options);
