import { AsbError } from '../errors.ts';
import type { Step } from '../meter/meter.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Global } from '../record/globals.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { Cluster } from '../wire/cluster.ts';
import { Loader, type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';
import type { ExpectedFile } from './file-check.ts';
import { type ReadFile, restoreFile } from './restore-file.ts';
import type { RestoreOptions } from './restore-options.ts';

export interface RestoreLoaderOptions {
  /** The job's: what becomes of records, how bytes become text, where records go. */
  readonly options: RestoreOptions;
  readonly signal: AbortSignal;
  /** Leaves out what stands before the first record of a file: it was loaded before. */
  readonly skipHeads: boolean;
  /** Called when more was read or written. */
  readonly onProgress?: () => void;
}

/** Namespaces. */
export interface RestoredNames {
  /** On the cluster. */
  readonly namespace: string;
  /** Of the backup, if it says one. */
  readonly source?: string;
}

/** Loads files of a backup, one or several at once, over the connections of one loader. */
export class RestoreLoader {
  readonly #cluster: Cluster;
  readonly #options: RestoreLoaderOptions;
  readonly #flushesFiles: boolean;
  #loader: Loader | undefined;
  #loading: Step | undefined;
  #names: RestoredNames = { namespace: '' };
  #bytesRead = 0;

  constructor(cluster: Cluster, options: RestoreLoaderOptions) {
    const { stateFile, continueFrom } = options.options;
    this.#cluster = cluster;
    this.#options = options;
    // A state names the files of which all is acknowledged; without one, only the end has to wait.
    this.#flushesFiles = stateFile !== undefined || continueFrom !== undefined;
  }

  get info(): LoadInfo {
    return this.#loader?.info ?? NOTHING_LOADED;
  }

  /** Bytes of files, as they are stored. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Where it comes from and goes to; empty before {@link begin}. */
  get names(): RestoredNames {
    return this.#names;
  }

  /**
   * Begins to write.
   *
   * @param found the namespace of the files; `undefined` if they say none
   * @throws AsbError `USAGE` if nobody says where records go; `NO_NAMESPACE`, and as {@link Loader} does
   */
  begin(found: string | undefined): Loader {
    if (this.#loader !== undefined) return this.#loader;
    const { options } = this.#options;
    const { source = found, namespace = source } = options;
    if (namespace === undefined) throw noNamespace();
    const names = { namespace, ...(source === undefined ? {} : { source }) };
    this.#loader = new Loader(this.#cluster, { ...options, ...names });
    this.#names = names;
    return this.#loader;
  }

  /** Makes what stands in the heads of files; behind {@link begin}. */
  async loadGlobals(globals: Iterable<Global>): Promise<void> {
    for (const global of globals) await this.#loader?.write(global);
    await this.#loader?.flush();
  }

  /**
   * Loads a file. Where a state is kept, every record is acknowledged when it settles.
   * @throws AsbError as {@link restoreFile} and {@link Loader} do
   */
  async load(file: StoredFile, expected: ExpectedFile | undefined): Promise<ReadFile> {
    const { options, signal, skipHeads: skipHead, onProgress } = this.#options;
    options.meter?.expect('read', 'unpack', 'parse');
    this.#loading ??= options.meter?.step('load');
    const read = await restoreFile(file, {
      ...options,
      take: async (chunk, namespace) => {
        const loader = this.begin(namespace);
        await this.#metered(() => loader.write(chunk), chunk);
        onProgress?.();
      },
      skipHead,
      expected,
      onBytes: (bytes) => {
        this.#bytesRead += bytes;
      },
      signal,
    });
    // Also of a file without a record: the namespace must be there.
    const loader = this.begin(read.namespace);
    if (this.#flushesFiles) await this.#metered(() => loader.flush());
    onProgress?.();
    return read;
  }

  /** Settles when every record so far is acknowledged. */
  async flush(): Promise<void> {
    await this.#metered(() => this.#loader?.flush());
    this.#options.onProgress?.();
  }

  /** Settles when all of it is there. */
  async finish(): Promise<void> {
    await this.#metered(() => this.#loader?.finish());
    this.#loading?.end();
    this.#options.onProgress?.();
  }

  /** From the first file on, loading is a stage. @param chunk what is loaded, if anything comes */
  #metered(work: () => Promise<void> | undefined, chunk?: RecordChunk): Promise<void> | undefined {
    if (this.#loading === undefined) return work();
    if (chunk === undefined) return this.#loading.run(work);
    return this.#loading.take(chunk, work);
  }

  /** Ends what is under way, at once. */
  close(): void {
    this.#loader?.close();
  }
}

const noNamespace = (): AsbError =>
  new AsbError('USAGE', 'the backup names no namespace; say where it goes (--namespace)', {
    expected: 'a namespace',
  });
