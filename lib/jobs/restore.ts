import { AsbError, messageOf, toError } from '../errors.ts';
import { type StoredFile, totalSize } from '../storage/stored-file.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';
import { readHead } from './backup-head.ts';
import { JoinedHeads } from './joined-heads.ts';
import { sumOfLoads } from './load-counts.ts';
import { startLogged } from './logger.ts';
import { RestoreLedger } from './restore-ledger.ts';
import { RestoreLoader } from './restore-loader.ts';
import {
  DEFAULT_PARALLEL,
  MAX_PARALLEL,
  type RestoreJob,
  type RestoreOptions,
  type RestoreProgress,
  type RestoreSummary,
} from './restore-options.ts';
import { findFiles, type RestoreFiles } from './restore-source.ts';
import { checkWorkersOptions, type LoadFile, RestoreWorkers } from './restore-workers.ts';
import { keptError } from './state.ts';
import { checkWorkers } from './workers.ts';

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
  #loader: RestoreLoader | undefined;
  #workers: RestoreWorkers | undefined;

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
    return sumOfLoads([this.#loader, this.#workers].map((one) => one?.info ?? NOTHING_LOADED));
  }

  get #bytesRead(): number {
    return (this.#loader?.bytesRead ?? 0) + (this.#workers?.bytesRead ?? 0);
  }

  abort(reason = 'stopped'): void {
    this.#stop(new AsbError('ABORTED', `restore ${reason}`));
  }

  #stop(reason: unknown): void {
    this.#abort.abort(reason);
    this.#loader?.close();
    void this.#workers?.stop(reason);
  }

  #run(): Promise<RestoreSummary> {
    const { signal } = this.#abort;
    return this.#restore()
      .catch(async (thrown: unknown) => {
        const error = toError(signal.aborted ? signal.reason : thrown);
        await this.#workers?.stop(error);
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
    const options = this.#options;
    const { signal } = this.#abort;
    checkThreads(options);
    const found = await findFiles(options);
    checkState(options, found);
    this.#found = found;
    this.#cluster = await connectTo(options);
    signal.throwIfAborted();
    const skipHeads = found.rereadable;
    const loader = new RestoreLoader(this.#cluster, { options, signal, skipHeads });
    this.#loader = loader;
    if (found.rereadable) await this.#loadHeads(found, loader);
    if (!found.rereadable || options.noRecords !== true) {
      const lanes = this.#lanes(found, loader);
      for (const place of found.groups.keys()) await this.#loadPlace(found, place, lanes);
      await this.#workers?.finish();
    }
    await loader.finish();
    signal.throwIfAborted();
    await this.#ledger?.settle();
    await this.#ledger?.remove();
    return this.#summary(found, loader);
  }

  #summary(found: RestoreFiles, { names: { namespace } }: RestoreLoader): RestoreSummary {
    const { files = 0, records = 0 } = this.#ledger?.begun ?? {};
    return {
      ...this.#info,
      namespace,
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
  async #loadHeads(found: RestoreFiles, loader: RestoreLoader): Promise<void> {
    const heads = new JoinedHeads(this.#options);
    for (const file of found.groups.flat()) {
      const head = await readHead(file, { ...this.#options, signal: this.#abort.signal });
      heads.add(head, file.location);
    }
    loader.begin(heads.namespace);
    this.#ledger = await RestoreLedger.open(this.#options, found, loader.names.namespace);
    await loader.loadGlobals(heads.globals);
  }

  /** Who loads files: this thread, or workers, of which there are no more than files. */
  #lanes(found: RestoreFiles, loader: RestoreLoader): readonly LoadFile[] {
    const options = this.#options;
    const { workers = 0, parallel = DEFAULT_PARALLEL } = options;
    const count = Math.min(workers, this.#filesToRead(found).length);
    if (count > 0 && found.rereadable) {
      this.#workers = new RestoreWorkers({ options: { ...options, ...loader.names }, count });
      return this.#workers.lanes;
    }
    if (count > 0) {
      options.onNotice?.('what comes from a stream or a pipe is read in one thread: no workers');
    }
    return Array.from(
      { length: parallel },
      (): LoadFile => (file, expected) => loader.load(file, expected),
    );
  }

  /** Loads the files of one place, some at once, until all are acknowledged or one fails. */
  async #loadPlace(found: RestoreFiles, place: number, lanes: readonly LoadFile[]): Promise<void> {
    const files = found.groups[place]!;
    const queue = files.values();
    let failure: unknown;
    const runLane = async (load: LoadFile): Promise<void> => {
      // One iterator for all: each takes the next file.
      for (const file of queue) {
        this.#abort.signal.throwIfAborted();
        if (this.#ledger?.wasDone(place, file) === true) continue;
        const read = await load(file, found.expected.get(file));
        this.#ledger?.add(place, file, read);
      }
    };
    const running = lanes.slice(0, files.length).map(async (load) => {
      try {
        await runLane(load);
      } catch (error) {
        failure ??= error;
        this.#stop(failure);
      }
    });
    await Promise.all(running);
    if (failure !== undefined) throw failure;
    await this.#loader?.flush();
    await this.#workers?.flush();
  }
}

/** @throws AsbError `USAGE` for numbers of threads and files at once that cannot be */
const checkThreads = (options: RestoreOptions): void => {
  const { workers = 0, parallel = DEFAULT_PARALLEL } = options;
  checkWorkers(workers);
  if (workers > 0) checkWorkersOptions(options);
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= MAX_PARALLEL) return;
  const expected = `a whole number from 1 to ${MAX_PARALLEL}`;
  throw new AsbError('USAGE', `parallel is ${parallel}; expected ${expected}`, { expected });
};

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
