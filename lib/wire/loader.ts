import { AsbError, toError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Global, SecondaryIndex } from '../record/globals.ts';
import type { Cluster } from './cluster.ts';
import { type GlobalCounts, GlobalWriter } from './globals/global-writer.ts';
import { RecordWriter, type RecordWriterOptions } from './write/record-writer.ts';
import { noCounts, type WriteInfo } from './write/write-info.ts';

/** Bytes of globals that are held back at most: until records come, or with `indexesLast` the end. */
export const MAX_HELD_GLOBALS = 16 * 1024 * 1024;
/** About what an index takes in memory, in bytes, beside its names. */
const GLOBAL_SIZE = 256;

export interface LoaderOptions extends RecordWriterOptions {
  /** Only records of these sets, and indexes on them; all, those of no set too, if left out or empty. */
  readonly sets?: readonly string[];
  readonly noRecords?: boolean;
  readonly noIndexes?: boolean;
  readonly noUdfs?: boolean;
  /** Makes indexes when all records are written, and not before them: faster, if there are many. */
  readonly indexesLast?: boolean;
  /** Ends only when indexes are built, and UDF modules on every node. Default false. */
  readonly wait?: boolean;
  /**
   * ms for an info command to be answered, and for what was accepted to be seen. Default 10000.
   */
  readonly infoTimeout?: number;
}

/** What has become of what was loaded so far. */
export interface LoadInfo extends WriteInfo {
  /** `skipped`: on sets that are not wanted. */
  readonly indexes: Readonly<GlobalCounts> & { readonly skipped: number };
  readonly udfs: Readonly<GlobalCounts>;
}

const NO_GLOBALS: GlobalCounts = { created: 0, replaced: 0, same: 0 };

/** Before anything is loaded. */
export const NOTHING_LOADED: LoadInfo = {
  ...noCounts(),
  indexes: { ...NO_GLOBALS, skipped: 0 },
  udfs: NO_GLOBALS,
};

/** Of several kinds of globals, UDF modules come first: an index may need them one day. */
const byKind = (one: Global, other: Global): number =>
  Number(one.kind === 'index') - Number(other.kind === 'index');

/**
 * Brings record chunks to a cluster. Globals are there before the records that come after them;
 * UDF modules before indexes. Several sources may write at once: each call waits its turn.
 *
 *     const loader = new Loader(cluster, { namespace: 'test' });
 *     for (const chunk of chunks) await loader.write(chunk);
 *     await loader.finish();
 *     loader.close();
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #records: RecordWriter;
  readonly #globals: GlobalWriter;
  readonly #sets: ReadonlySet<string>;
  #held: Global[] = [];
  #heldSize = 0;
  #unwanted = 0;
  #skippedIndexes = 0;
  #turn: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** @throws AsbError `NO_NAMESPACE`, `USAGE`, as {@link RecordWriter} does */
  constructor(cluster: Cluster, options: LoaderOptions) {
    this.#options = options;
    this.#records = new RecordWriter(cluster, options);
    this.#globals = new GlobalWriter(cluster, {
      namespace: options.namespace,
      wait: options.wait,
      timeout: options.infoTimeout,
      maxRetries: options.maxRetries,
      sleepBetweenRetries: options.retryScale,
      onNotice: options.onNotice,
    });
    this.#sets = new Set(options.sets?.map((set) => Buffer.from(set).toString('latin1')));
  }

  /** What has become of it all; as it is at this moment. */
  get info(): LoadInfo {
    const { indexes, udfs } = this.#globals.info;
    const written = this.#records.info;
    return {
      ...written,
      total: written.total + this.#unwanted,
      skipped: written.skipped + this.#unwanted,
      indexes: { ...indexes, skipped: this.#skippedIndexes },
      udfs,
    };
  }

  /**
   * Takes a chunk. A batch is released when it is taken.
   *
   * @throws AsbError what {@link RecordWriter} and {@link GlobalWriter} throw, and it again for every
   *   chunk after; `FORMAT` for an index of another namespace than `source`; `LIMIT` for more globals
   *   than {@link MAX_HELD_GLOBALS}; `ABORTED` after {@link close}
   */
  write(chunk: RecordChunk): Promise<void> {
    return this.#inTurn(() => (chunk.kind === 'records' ? this.#write(chunk) : this.#hold(chunk)));
  }

  /** Settles when every record so far is acknowledged, and the globals before them are made. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#makeHeld();
      await this.#records.flush();
    });
  }

  /** Settles when all of it is there; see `wait`. */
  finish(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#makeHeld();
      await this.#records.flush();
      await this.#make();
      await this.#globals.settle();
    });
  }

  /** Ends what is under way, at once; what is not acknowledged may be written or not. */
  close(): void {
    this.#failure ??= new AsbError('ABORTED', 'the loader was closed');
    this.#records.close();
    this.#globals.close();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await act();
      } catch (error) {
        throw (this.#failure ??= toError(error));
      }
    });
    this.#turn = done.catch(() => {}); // whoever called is told, and all after
    return done;
  }

  async #write(batch: RecordBatch): Promise<void> {
    if (this.#options.noRecords !== true) {
      await this.#makeHeld();
      await this.#records.write(this.#wanted(batch));
    }
    batch.release();
  }

  #wanted(batch: RecordBatch): RecordBatch {
    if (this.#sets.size === 0) return batch;
    const wanted = batch.filter(({ setBytes }) => this.#sets.has(setBytes.toString('latin1')));
    this.#unwanted += batch.length - wanted.length;
    return wanted;
  }

  async #hold(global: Global): Promise<void> {
    if (!this.#isWanted(global)) return;
    GlobalWriter.check(global);
    this.#held.push(global);
    this.#heldSize += sizeOf(global);
    if (this.#heldSize <= MAX_HELD_GLOBALS) return;
    await this.#makeHeld();
    if (this.#heldSize <= MAX_HELD_GLOBALS) return;
    throw new AsbError('LIMIT', `more than ${MAX_HELD_GLOBALS} bytes of secondary indexes`);
  }

  #isWanted(global: Global): boolean {
    const { noIndexes, noUdfs, source } = this.#options;
    if (global.kind === 'udf') return noUdfs !== true;
    if (source !== undefined && global.namespace !== source) throw foreign(global, source);
    if (noIndexes === true) return false;
    if (this.#sets.size === 0 || this.#sets.has(Buffer.from(global.set).toString('latin1'))) {
      return true;
    }
    this.#skippedIndexes++;
    return false;
  }

  /** Makes what records must not come before. */
  async #makeHeld(): Promise<void> {
    await this.#make(this.#options.indexesLast === true ? ({ kind }) => kind === 'udf' : undefined);
  }

  async #make(isDue: (global: Global) => boolean = () => true): Promise<void> {
    if (this.#held.length === 0) return;
    const due = this.#held.filter(isDue).sort(byKind);
    this.#held = this.#held.filter((global) => !isDue(global));
    this.#heldSize = this.#held.reduce((size, global) => size + sizeOf(global), 0);
    for (const global of due) await this.#globals.write(global);
  }
}

const sizeOf = (global: Global): number =>
  GLOBAL_SIZE +
  (global.kind === 'udf'
    ? global.content.length
    : (global.context ?? global.expression ?? '').length);

const foreign = ({ name, namespace }: SecondaryIndex, source: string): AsbError =>
  new AsbError(
    'FORMAT',
    `index "${name}" is of namespace "${namespace}", and "${source}" is to be restored`,
    { namespace, expected: source },
  );
