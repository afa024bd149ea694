import { AsbError, messageOf, toError } from '../errors.ts';
import { type StoredFile, totalSize } from '../storage/stored-file.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { Loader, type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';
import { readHead } from './backup-head.ts';
import { JoinedHeads } from './joined-heads.ts';
import { startLogged } from './logger.ts';
import { restoreFile } from './restore-file.ts';
import { RestoreLedger } from './restore-ledger.ts';
import {
  DEFAULT_PARALLEL,
  type RestoreJob,
  type RestoreOptions,
  type RestoreProgress,
  type RestoreSummary,
} from './restore-options.ts';
import { findFiles, type RestoreFiles } from './restore-source.ts';
import { keptError } from './state.ts';

export type {
  RestoreJob,
  RestoreOptions,
  RestoreProgress,
  RestoreSummary,
} from './restore-options.ts';

class Restore implements RestoreJob {
  readonly #options: RestoreOptions;
  readonly #abort = new AbortController();
  readonly #begin = performance.now();
  readonly done: Promise<RestoreSummary>;
  #found: RestoreFiles | undefined;
  #ledger: RestoreLedger | undefined;
  #cluster: Cluster | undefined;
  #loader: Loader | undefined;
  #namespace = '';
  #bytesRead = 0;

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  get progress(): RestoreProgress {
    return {
      records: this.#info.total,
      bytesRead: this.#bytesRead,
      bytesTotal: this.#found && totalSize(this.#filesToRead(this.#found)),
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
      .catch(async (thrown: unknown) => {
        const error = toError(signal.aborted ? signal.reason : thrown);
        throw keptError(error, await this.#keptAt());
      })
      .finally(() => {
        this.#loader?.close();
        this.#cluster?.close();
      });
  }

  /** Where the state is that a failed restore can go on from. */
  async #keptAt(): Promise<string | undefined> {
    try {
      await this.#ledger?.settle();
    } catch (error) {
      // The state that was saved before still holds: it knows of fewer files.
      this.#options.onNotice?.(messageOf(error));
    }
    return this.#ledger?.location;
  }

  async #restore(): Promise<RestoreSummary> {
    const { signal } = this.#abort;
    const found = await findFiles(this.#options);
    checkState(this.#options, found);
    this.#found = found;
    this.#cluster = await connectTo(this.#options);
    signal.throwIfAborted();
    if (found.rereadable) await this.#loadHeads(found);
    if (!found.rereadable || this.#options.noRecords !== true) {
      for (const place of found.groups.keys()) await this.#loadPlace(found, place);
    }
    await this.#loader?.finish();
    signal.throwIfAborted();
    await this.#ledger?.settle();
    await this.#ledger?.remove();
    return this.#summary(found);
  }

  #summary(found: RestoreFiles): RestoreSummary {
    const { files = 0, records = 0 } = this.#ledger?.begun ?? {};
    return {
      ...this.#info,
      namespace: this.#namespace,
      files: found.groups.flat().length - files,
      filesBefore: files,
      recordsBefore: records,
      bytesRead: this.#bytesRead,
      unchecked: found.unchecked,
      elapsed: performance.now() - this.#begin,
    };
  }

  /** All files, but those that were done before. */
  #filesToRead({ groups }: RestoreFiles): StoredFile[] {
    return groups.flatMap((files, place) =>
      files.filter((file) => this.#ledger?.wasDone(place, file) !== true),
    );
  }

  /**
   * Looks into all files before anything is written: a wrong one is told at once, and globals of
   * every file are there before records of any. Those of files that are done come again: the same
   * ones are left alone.
   */
  async #loadHeads(found: RestoreFiles): Promise<void> {
    const heads = new JoinedHeads(this.#options);
    for (const file of found.groups.flat()) {
      const head = await readHead(file, { ...this.#options, signal: this.#abort.signal });
      heads.add(head, file.location);
    }
    const loader = this.#loaderFor(heads.namespace);
    this.#ledger = await RestoreLedger.open(this.#options, found, this.#namespace);
    for (const global of heads.globals) await loader.write(global);
    await loader.flush();
  }

  /** Loads the files of one place, some at once, until all are acknowledged or one fails. */
  async #loadPlace(found: RestoreFiles, place: number): Promise<void> {
    const files = found.groups[place]!;
    const queue = files.values();
    let failure: unknown;
    const worker = async (): Promise<void> => {
      // One iterator for all: each takes the next file.
      for (const file of queue) {
        this.#abort.signal.throwIfAborted();
        if (this.#ledger?.wasDone(place, file) !== true) await this.#loadFile(found, place, file);
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

  async #loadFile(found: RestoreFiles, place: number, file: StoredFile): Promise<void> {
    const read = await restoreFile(file, {
      ...this.#options,
      take: async (chunk, namespace) => this.#loaderFor(namespace).write(chunk),
      skipHead: found.rereadable,
      expected: found.expected.get(file),
      onBytes: (bytes) => {
        this.#bytesRead += bytes;
      },
      signal: this.#abort.signal,
    });
    // Also of a file without a record: the namespace must be there.
    const loader = this.#loaderFor(read.namespace);
    if (this.#ledger === undefined) return;
    await loader.flush();
    this.#ledger.add(place, file, read);
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

/** @throws AsbError `USAGE` for a state that cannot be kept, or is of no use */
const checkState = (options: RestoreOptions, { rereadable }: RestoreFiles): void => {
  const { stateFile, continueFrom, noRecords } = options;
  if (stateFile === undefined && continueFrom === undefined) return;
  if (stateFile !== undefined && continueFrom !== undefined) {
    throw new AsbError('USAGE', 'a restore that goes on keeps the state that it goes on from');
  }
  if (noRecords === true) {
    throw new AsbError(
      'USAGE',
      'a state says which records are restored, and there are to be none',
    );
  }
  if (rereadable) return;
  throw new AsbError('USAGE', 'a restore from a pipe cannot go on later; restore from files', {
    expected: 'files',
  });
};

/**
 * Restores a backup: UDF modules, then indexes, then the records of all files.
 *
 *     const job = restore({ directory: 'out', namespace: 'copy' });
 *     console.log(await job.done);
 *
 * Where it has manifests, its files are held against them: as far as that can be without reading
 * them, before anything is written. With `stateFile`, one that is cut off can go on (`continueFrom`).
 *
 * Errors (of `done`): `USAGE`, `NOT_FOUND`, `EMPTY`, `EXISTS`, `CONNECT`, `NO_NAMESPACE`, `ABORTED`; what is
 * wrong in a file, with its name and place (`FORMAT`, `TRUNCATED`, `LIMIT`, `KEY`, `STORAGE`); what
 * the cluster refuses (`SERVER`, `NETWORK`, `PARTITIONS`).
 */
export const restore = (options: RestoreOptions): RestoreJob =>
  startLogged('restore', options, (logged) => new Restore(logged));
