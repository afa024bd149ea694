import { Readable } from 'node:stream';
import { AsbError, toError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Cluster } from '../wire/cluster.ts';
import { type ConnectionOptions, connectTo } from '../wire/connect.ts';
import { readGlobals } from '../wire/globals/read-globals.ts';
import { retrying } from '../wire/retrying.ts';
import type { HolderBitmaps } from '../wire/scan/holders.ts';
import {
  PartitionScan,
  type PartitionScanOptions,
  type ScanInfo,
} from '../wire/scan/partition-scan.ts';
import { type NodePlace, partitionsOfNodes, requireReadable } from '../wire/scan/scan-nodes.ts';
import { checkSelection, isFiltered, type ScanSelection } from '../wire/scan/scan-selection.ts';

export interface ScanOptions extends PartitionScanOptions, ConnectionOptions {
  /**
   * A cluster that is connected already; the caller closes it, and options of a connection (racks, too)
   * are not looked at. Else `seeds` says where to go.
   */
  readonly cluster?: Cluster;
  /**
   * Only partitions whose master is one of these nodes when the scan begins; of `partitions`, if both
   * are given. Names of nodes, or where they are. Default: all.
   */
  readonly nodes?: readonly NodePlace[];
  readonly noRecords?: boolean;
  readonly noIndexes?: boolean;
  readonly noUdfs?: boolean;
  /** Fails with `EMPTY` if records are asked for and there is none. Default false. */
  readonly refuseEmpty?: boolean;
}

/** A `scan` stage: gives globals, then batches of records. */
export interface ScanStage extends Readable {
  readonly info: ScanInfo;
  /** What a scan that goes on where this one ended must be given, beside `positions`. */
  readonly holders: HolderBitmaps;
}

/** Batches that may wait for the next stage, of up to 512 KiB each. */
const BATCHES_WAITING = 2;

const NOTHING_YET: ScanInfo = {
  records: 0,
  bytes: 0,
  partitionsDone: 0,
  partitionsSeen: 0,
  retries: 0,
};

class Scan extends Readable implements ScanStage {
  readonly #options: ScanOptions;
  readonly #stop = new AbortController();
  #cluster: Cluster | undefined;
  #scan: PartitionScan | undefined;

  constructor(options: ScanOptions) {
    super({ objectMode: true, highWaterMark: BATCHES_WAITING });
    this.#options = options;
  }

  get info(): ScanInfo {
    return this.#scan?.info ?? NOTHING_YET;
  }

  get holders(): HolderBitmaps {
    return this.#scan?.holders ?? new Map();
  }

  override _construct(done: (error?: Error | null) => void): void {
    done();
    this.#run().catch((error: unknown) => {
      this.destroy(toError(error));
    });
  }

  override _read(): void {
    this.#scan?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stop.abort();
    this.#scan?.stop();
    if (this.#options.cluster === undefined) this.#cluster?.close();
    done(error);
  }

  async #run(): Promise<void> {
    checkSelection(this.#options);
    const cluster = await this.#connect();
    if (this.destroyed) return;
    cluster.requireNamespace(this.#options.namespace);
    const retries = { ...this.#options, signal: this.#stop.signal };
    const ask = (command: string): Promise<string> =>
      retrying(cluster, 'asking for globals', () => cluster.askAny(command), retries);
    const options = await placed(cluster, this.#options);
    if (this.destroyed) return;
    const scan = new PartitionScan(cluster, options, (batch) => this.push(batch));
    const globals = await readGlobals(ask, options.namespace, {
      indexes: options.noIndexes !== true,
      udfs: options.noUdfs !== true,
    });
    if (this.destroyed) return;
    for (const global of globals) this.push(global satisfies RecordChunk);
    this.#scan = scan;
    if (options.noRecords !== true) await scan.run();
    if (this.destroyed) return;
    if (options.refuseEmpty === true && options.noRecords !== true && scan.info.records === 0) {
      throw nothingFound(options);
    }
    this.push(null);
  }

  async #connect(): Promise<Cluster> {
    const { cluster } = this.#options;
    this.#cluster = cluster ?? (await connectTo(this.#options));
    if (this.destroyed && cluster === undefined) this.#cluster.close();
    return this.#cluster;
  }
}

/** The same scan, of the partitions of its nodes. */
const placed = async (cluster: Cluster, options: ScanOptions): Promise<ScanOptions> => {
  const { nodes = [], noRecords = false } = options;
  if (noRecords) return options;
  const placed =
    nodes.length === 0
      ? options
      : { ...options, partitions: await partitionsOfNodes(cluster, { ...options, nodes }) };
  requireReadable(cluster, placed);
  return placed;
};

/** Records were asked for, and there is none. */
export const nothingFound = (options: ScanSelection): AsbError => {
  const { namespace, sets = [] } = options;
  const where = sets.length === 0 ? '' : ` in set ${sets.join(', ')}`;
  const which = isFiltered(options) ? ' that the filters take' : '';
  const what = `found no record in namespace ${namespace}${where}${which}`;
  return new AsbError('EMPTY', `${what}; if that is right, say --allow-empty`, { namespace });
};

/**
 * Reads a namespace from a cluster: its indexes and UDF modules, then its records in batches of
 * wire form, each record once. A consumer that stalls stalls the sockets; memory stays flat.
 *
 *     for await (const chunk of scan({ seeds: 'localhost:3000', namespace: 'test' })) …
 *
 * @throws AsbError (as the stream's error) `USAGE` for times or nodes that can't be, `CONNECT`,
 *   `NO_NAMESPACE`, `SERVER`, `PROTOCOL`, `PARTITIONS` (retries ran out, or no node of the racks that are
 *   read from holds them; the error names the partitions that are missing)
 */
export const scan = (options: ScanOptions): ScanStage => new Scan(options);
