import { AsbError, toError } from '../errors.ts';
import { logCopied } from '../storage/s3/copied-log.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { moduleBeside, startThread, type Thread } from '../threads/thread.ts';
import { sharedLimit } from '../wire/limiter.ts';
import type { LoadInfo } from '../wire/loader.ts';
import { DEFAULT_ASYNC_BATCHES } from '../wire/write/writer-options.ts';
import type { ExpectedFile } from './file-check.ts';
import { LoadCounts, sumOfLoads } from './load-counts.ts';
import type { ReadFile } from './restore-file.ts';
import { DEFAULT_PARALLEL, type RestoreOptions } from './restore-options.ts';
import type {
  RestoreNews,
  RestoreOrder,
  RestoreReport,
  RestoreThreadData,
} from './restore-thread.ts';
import { dealt } from './workers.ts';

/** Loads a file; several may be loaded at once by several of them. */
export type LoadFile = (file: StoredFile, expected: ExpectedFile | undefined) => Promise<ReadFile>;

export interface RestoreWorkersOptions {
  /** The job's, with the namespaces as they were found. */
  readonly options: RestoreOptions;
  /** How many threads, from 1 on. */
  readonly count: number;
  /** URL of the module that they run. Default: what loads files. */
  readonly module?: string;
}

/**
 * Threads that load files of a backup to a cluster, each over its own connections.
 *
 *     const workers = new RestoreWorkers({ options, count: 2 });
 *     await Promise.all(files.map((file, at) => workers.lanes[at]!(file, undefined)));
 *     await workers.finish();
 */
export class RestoreWorkers {
  readonly #workers: readonly RestoreWorker[];
  /**
   * Each takes a file when it has none; together they are the files at once that the options ask for, or
   * one a worker. The first ones are of different workers.
   */
  readonly lanes: readonly LoadFile[];

  constructor({ options, count, module }: RestoreWorkersOptions) {
    const { parallel = DEFAULT_PARALLEL, onNotice, meter, s3 } = options;
    this.#workers = sharesOf(options, count).map((share, index) => {
      const name = `worker ${index + 1}`;
      const hear = (report: RestoreNews): void => {
        if (report.kind === 'figures') meter?.take(name, report.figures);
        else if (report.kind === 'notice') onNotice?.(`${name}: ${report.notice}`);
        else logCopied(s3?.logger, report.line);
      };
      return new RestoreWorker(name, share, hear, module);
    });
    const lanes = dealt(parallel, count);
    this.lanes = Array.from({ length: Math.max(...lanes) }, (_, round) =>
      this.#workers.filter((__, index) => round < lanes[index]!),
    ).flatMap((workers) =>
      workers.map(
        (worker): LoadFile =>
          (file, expected) =>
            worker.load(file, expected),
      ),
    );
  }

  /** What has become of it all until now. */
  get info(): LoadInfo {
    return sumOfLoads(this.#workers.map(({ counts }) => counts.info));
  }

  /** Bytes of files, as they are stored. */
  get bytesRead(): number {
    return this.#workers.reduce((sum, { counts }) => sum + counts.bytesRead, 0);
  }

  /**
   * Settles when every record so far is acknowledged.
   * @throws AsbError the failure of a worker: what it failed with, code and facts; of one that ended by
   *   itself, `ABORTED` or what the thread died of
   */
  async flush(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.flush()));
  }

  /** Settles when all of it is there, and the threads have ended. @throws AsbError as {@link flush} does */
  async finish(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.finish()));
  }

  /** Ends what is under way; settles when the threads have ended. Never rejects. */
  async stop(reason: unknown): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop(reason)));
  }
}

/** One thread, and what it was told and has not answered yet. */
class RestoreWorker {
  readonly counts = new LoadCounts();
  readonly #thread: Thread<RestoreOrder, void>;
  readonly #loading = new Map<number, PromiseWithResolvers<ReadFile>>();
  readonly #flushing: PromiseWithResolvers<void>[] = [];
  /** Settles when the thread has ended, one way or another. */
  readonly #ended: Promise<void>;
  #failure: Error | undefined;
  #files = 0;

  constructor(
    name: string,
    share: Omit<RestoreThreadData, 'counts'>,
    hear: (news: RestoreNews) => void,
    module = moduleBeside('./restore-thread', import.meta.url),
  ) {
    this.#thread = startThread<RestoreOrder, RestoreReport, void>({
      name: `restore ${name}`,
      module,
      data: { ...share, counts: this.counts.memory } satisfies RestoreThreadData,
      onMessage: (report) => {
        if (report.kind === 'loaded') this.#loaded(report.id, report.read);
        else if (report.kind === 'flushed') this.#flushing.shift()?.resolve();
        else hear(report);
      },
    });
    this.#ended = this.#thread.done.catch((error: unknown) => this.#fail(error));
  }

  async load(file: StoredFile, expected: ExpectedFile | undefined): Promise<ReadFile> {
    this.#check();
    const { location, size, etag } = file;
    const found = { location, size, ...(etag === undefined ? {} : { etag }) };
    const id = this.#files++;
    const loading = Promise.withResolvers<ReadFile>();
    this.#loading.set(id, loading);
    this.#thread.post({ kind: 'load', id, file: found, expected });
    return loading.promise;
  }

  async flush(): Promise<void> {
    this.#check();
    const flushing = Promise.withResolvers<void>();
    this.#flushing.push(flushing);
    this.#thread.post({ kind: 'flush' });
    return flushing.promise;
  }

  finish(): Promise<void> {
    this.#thread.post({ kind: 'finish' });
    return this.#thread.done;
  }

  stop(reason: unknown): Promise<void> {
    this.#thread.abort(reason);
    return this.#ended;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #loaded(id: number, read: ReadFile): void {
    this.#loading.get(id)?.resolve(read);
    this.#loading.delete(id);
  }

  /** Whoever waits for an answer gets none. */
  #fail(error: unknown): void {
    this.#failure = toError(error);
    for (const { reject } of [...this.#loading.values(), ...this.#flushing]) reject(this.#failure);
  }
}

/** What each worker begins with. Requests in flight are dealt out; a limit is one for all. */
const sharesOf = (options: RestoreOptions, count: number): Omit<RestoreThreadData, 'counts'>[] => {
  const { input: _input, logger: _logger, onNotice: _onNotice, time: _time, ...most } = options;
  const { s3 = {}, encryption, meter, ...plain } = most;
  const { client: _client, logger, onNotice: _s3OnNotice, ...reached } = s3;
  const { maxAsyncBatches = DEFAULT_ASYNC_BATCHES, limitMemory = sharedLimit() } = options;
  return dealt(maxAsyncBatches, count).map((batches) => ({
    options: { ...plain, maxAsyncBatches: batches, limitMemory },
    s3: reached,
    logsS3: logger !== undefined,
    metered: meter !== undefined,
    encryption: encryption && { mode: encryption.mode, key: encryption.key.forThread() },
  }));
};

/** @throws AsbError `USAGE` for what no thread can be given */
export const checkWorkersOptions = ({ s3 = {}, time }: RestoreOptions): void => {
  const what = time !== undefined ? 'time' : s3.client !== undefined ? 's3.client' : undefined;
  if (what === undefined) return;
  throw new AsbError('USAGE', `${what} cannot go to another thread; leave it out, or workers`, {
    expected: 'options that can be copied',
  });
};
