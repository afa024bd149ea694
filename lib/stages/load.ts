import { Writable } from 'node:stream';
import { AsbError, toError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Cluster } from '../wire/cluster.ts';
import { type ConnectionOptions, connectTo } from '../wire/connect.ts';
import { Loader, type LoaderOptions, type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';

export type { LoadInfo };

export interface LoadOptions extends LoaderOptions, ConnectionOptions {
  /**
   * A cluster that is connected already; the caller closes it, and options of a connection (racks, too)
   * are not looked at. Else `seeds` says where to go.
   */
  readonly cluster?: Cluster;
}

/** A `load` stage: record chunks go in, and are on the cluster when it finishes. */
export interface LoadStage extends Writable {
  /** What has become of them so far. */
  readonly info: LoadInfo;
}

/** Record chunks that may wait: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;

class Load extends Writable implements LoadStage {
  readonly #options: LoadOptions;
  #cluster: Cluster | undefined;
  #loader: Loader | undefined;
  /** Settles when there is a loader. */
  #ready: Promise<Loader> | undefined;

  constructor(options: LoadOptions) {
    super({ objectMode: true, highWaterMark: CHUNKS_WAITING });
    this.#options = options;
  }

  get info(): LoadInfo {
    return this.#loader?.info ?? NOTHING_LOADED;
  }

  /** A cluster that can't be reached is told at once, and not only with the first chunk. */
  override _construct(done: (error?: Error | null) => void): void {
    this.#ready = this.#connect();
    this.#ready.catch((error: unknown) => this.destroy(toError(error)));
    done();
  }

  override _write(
    chunk: RecordChunk,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#ready!.then((loader) => loader.write(chunk)).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ready!.then((loader) => loader.finish()).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#close();
    done(error);
  }

  async #connect(): Promise<Loader> {
    this.#cluster = this.#options.cluster ?? (await connectTo(this.#options));
    if (this.destroyed) {
      this.#close();
      throw new AsbError('ABORTED', 'destroyed while it connected');
    }
    this.#loader = new Loader(this.#cluster, this.#options);
    return this.#loader;
  }

  #close(): void {
    this.#loader?.close();
    if (this.#options.cluster === undefined) this.#cluster?.close();
  }
}

/**
 * Writes records and globals to a cluster: `RecordChunk`s in, in the wire form that `scan` and
 * `parse` give. Globals are made before the records behind them, or with `indexesLast` at the end.
 * Batches are released.
 *
 *     await pipeline(process.stdin, unpack(), parse(), load({ seeds, namespace: 'copy' }));
 *
 * `finish` means that every record was acknowledged, and that globals are there (with `wait`: built
 * and everywhere). `destroy` closes the connections; what was on its way may be written or not.
 *
 * @throws AsbError (as the stream's error) `CONNECT`, `NO_NAMESPACE`, and what `RecordWriter` throws
 */
export const load = (options: LoadOptions): LoadStage => new Load(options);
