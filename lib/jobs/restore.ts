import { AsbError, toError } from '../errors.ts';
import type { LoadOptions } from '../stages/load.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { Loader, type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';
import { readHead, type StrictUnpackOptions } from './backup-head.ts';
import { JoinedHeads } from './joined-heads.ts';
import { restoreFile } from './restore-file.ts';
import { findFiles, type RestoreFiles, type RestoreSource } from './restore-source.ts';

/**
 * Files read at once, unless told otherwise. Measured with plain and compressed files on a local
 * disk: all are parsed on one thread, which one file keeps busy while zstd and the disk work beside
 * it; two are no faster and take more CPU time. More help where a file is slow to come.
 */
export const DEFAULT_PARALLEL = 1;

export interface RestoreOptions
  extends Omit<LoadOptions, 'cluster' | 'namespace'>,
    RestoreSource,
    StrictUnpackOptions {
  /** Where records and indexes go. Default: the namespace of the backup. */
  readonly namespace?: string;
  /** Files read at once. Default {@link DEFAULT_PARALLEL}. */
  readonly parallel?: number;
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
  readonly files: number;
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
   * Rejects with an AsbError; what was acknowledged before stays on the cluster.
   */
  readonly done: Promise<RestoreSummary>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Restore implements RestoreJob {
  readonly #options: RestoreOptions;
  readonly #abort = new AbortController();
  readonly #begin = performance.now();
  readonly done: Promise<RestoreSummary>;
  #files: RestoreFiles | undefined;
  #cluster: Cluster | undefined;
  #loader: Loader | undefined;
  #namespace = '';
  #bytesRead = 0;

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  get progress(): RestoreProgress {
    const sizes = this.#files?.groups.flat().map(({ size }) => size);
    return {
      records: this.#info.total,
      bytesRead: this.#bytesRead,
      bytesTotal: sizes?.reduce(
        (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
        0,
      ),
    };
  }

  get #info(): LoadInfo {
    return this.#loader?.info ?? NOTHING_LOADED;
  }

  abort(reason = 'stopped'): void {
    this.#stop(new AsbError('ABORTED', `restore ${reason}`));
  }

  #stop(reason: unknown): void {
    this.#abort.abort(reason);
    this.#loader?.close();
  }

  #run(): Promise<RestoreSummary> {
    const { signal } = this.#abort;
    return this.#restore()
      .catch((error: unknown) => {
        throw signal.aborted ? toError(signal.reason) : error;
      })
      .finally(() => {
        this.#loader?.close();
        this.#cluster?.close();
      });
  }

  async #restore(): Promise<RestoreSummary> {
    const { signal } = this.#abort;
    const files = await findFiles(this.#options);
    this.#files = files;
    this.#cluster = await connectTo(this.#options);
    signal.throwIfAborted();
    if (files.rereadable) await this.#loadHeads(files.groups.flat());
    if (!files.rereadable || this.#options.noRecords !== true) {
      for (const group of files.groups) await this.#loadFiles(group, files.rereadable);
    }
    await this.#loader?.finish();
    signal.throwIfAborted();
    return {
      ...this.#info,
      namespace: this.#namespace,
      files: files.groups.flat().length,
      bytesRead: this.#bytesRead,
      elapsed: performance.now() - this.#begin,
    };
  }

  /**
   * Looks into all files before anything is written: a wrong one is told at once, and globals of
   * every file are there before records of any.
   */
  async #loadHeads(files: readonly StoredFile[]): Promise<void> {
    const heads = new JoinedHeads(this.#options);
    for (const file of files) {
      const head = await readHead(file, { ...this.#options, signal: this.#abort.signal });
      heads.add(head, file.location);
    }
    const loader = this.#loaderFor(heads.namespace);
    for (const global of heads.globals) await loader.write(global);
    await loader.flush();
  }

  /** Loads the files of one group, some at once, until all are acknowledged or one fails. */
  async #loadFiles(files: readonly StoredFile[], skipHead: boolean): Promise<void> {
    const queue = files.values();
    let failure: unknown;
    const worker = async (): Promise<void> => {
      // One iterator for all: each takes the next file.
      for (const file of queue) {
        this.#abort.signal.throwIfAborted();
        const namespace = await restoreFile(file, {
          ...this.#options,
          take: async (chunk, namespace) => this.#loaderFor(namespace).write(chunk),
          skipHead,
          onBytes: (bytes) => {
            this.#bytesRead += bytes;
          },
          signal: this.#abort.signal,
        });
        this.#loaderFor(namespace); // also of a file without a record: the namespace must be there
      }
    };
    const { parallel = DEFAULT_PARALLEL } = this.#options;
    const workers = Array.from({ length: Math.min(parallel, files.length) }, async () => {
      try {
        await worker();
      } catch (error) {
        failure ??= error;
        this.#stop(failure);
      }
    });
    await Promise.all(workers);
    if (failure !== undefined) throw failure;
    await this.#loader?.flush();
  }

  /** @param found the namespace of the files; `undefined` if they say none */
  #loaderFor(found: string | undefined): Loader {
    if (this.#loader !== undefined) return this.#loader;
    const { source = found, namespace = source } = this.#options;
    if (namespace === undefined) {
      throw new AsbError(
        'USAGE',
        'the backup names no namespace; say where it goes (--namespace)',
        {
          expected: 'a namespace',
        },
      );
    }
    this.#namespace = namespace;
    this.#loader = new Loader(this.#cluster!, {
      ...this.#options,
      namespace,
      ...(source === undefined ? {} : { source }),
    });
    return this.#loader;
  }
}

/**
 * Restores a backup: UDF modules, then indexes, then the records of all files.
 *
 *     const job = restore({ directory: 'out', namespace: 'copy' });
 *     console.log(await job.done);
 *
 * Errors (of `done`): `USAGE`, `NOT_FOUND`, `EMPTY`, `CONNECT`, `NO_NAMESPACE`, `ABORTED`; what is
 * wrong in a file, with its name and place (`FORMAT`, `TRUNCATED`, `LIMIT`, `KEY`, `STORAGE`); what
 * the cluster refuses (`SERVER`, `NETWORK`, `PARTITIONS`).
 */
export const restore = (options: RestoreOptions): RestoreJob => new Restore(options);
