import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AsbError, messageOf } from '../../errors.ts';
import { BufferPool } from '../../memory/buffer-pool.ts';
import { RecordBatch } from '../../record/batch.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterNode } from '../node.ts';
import { describeResult, isPassing, ResultCode } from '../result-code.ts';
import { NodeScan } from './node-scan.ts';
import { ranges, split } from './partition-list.ts';
import { PartitionTracker } from './partition-tracker.ts';
import { CHUNK_SIZE } from './scan-reply.ts';
import { encodeScanRequest, type ScanSelection } from './scan-request.ts';

export interface PartitionScanOptions extends ScanSelection {
  /** Ids of the partitions to scan, 0–4095; all if left out. */
  readonly partitions?: Iterable<number>;
  /**
   * For each partition that an earlier scan began, the last digest (20 bytes) that is safe already:
   * this scan goes on after it. Default: none.
   */
  readonly positions?: ReadonlyMap<number, Uint8Array>;
  /** Scans at once, over all nodes. Default 1. */
  readonly parallel?: number;
  /** For all scans together. Default 0: no limit. */
  readonly recordsPerSecond?: number;
  /** Stops after so many. Default 0: all. */
  readonly maxRecords?: number;
  /** Without a byte for so long, a node is asked whether it still lives, in ms. Default 10000. */
  readonly socketTimeout?: number;
  /** Rounds in a row that may bring nothing new. Default 5. */
  readonly maxRetries?: number;
  /** Before the first of such rounds, in ms; it doubles with each, up to 5 s. Default 100. */
  readonly sleepBetweenRetries?: number;
  /**
   * Reads into the memory of batches that were released (`RecordBatch.release`), as `serialize` and
   * `toNdjson` do when they have taken one: less memory, and faster. Only for a pipeline in which
   * nobody keeps a batch, or a view of a record, after the next stage has taken it. Default false.
   */
  readonly reuseMemory?: boolean;
  /** Told of each retry and its reason. */
  readonly onNotice?: (notice: string) => void;
}

/** What a scan has done so far. */
export interface ScanInfo {
  readonly records: number;
  /** Of wire form. */
  readonly bytes: number;
  readonly partitionsDone: number;
  /** Partitions that gave a record, now or before, or are done: how far the scan is, roughly. */
  readonly partitionsSeen: number;
  readonly retries: number;
}

const LONGEST_SLEEP = 5000;
/** Pieces of memory kept to be used again: as many as wait between two stages, and some. */
const PIECES_KEPT = 8;

/** Some partitions, and the node that is to be asked for them. */
interface Share {
  readonly node: ClusterNode;
  readonly partitions: readonly number[];
}

/**
 * Scans all partitions of a namespace over all nodes until each is done once: in rounds, in each
 * of which every node is asked for what it holds of what is left. What a lost connection, a lost
 * node or a migrating partition left undone goes on in the next round after its last digest.
 */
export class PartitionScan {
  readonly #cluster: Cluster;
  readonly #options: PartitionScanOptions;
  readonly #pool: BufferPool;
  readonly #deliver: (batch: RecordBatch) => boolean;
  readonly #tracker: PartitionTracker;
  readonly #running = new Set<NodeScan>();
  readonly #stop = new AbortController();
  #paused = false;
  #records = 0;
  #bytes = 0;
  #retries = 0;
  #lastFailure: AsbError | undefined;

  /**
   * @param deliver takes each batch; gives false to hold all scans until {@link resume}
   * @throws AsbError `RANGE` for a partition id that is none, and a position that is no digest of
   *   its partition
   */
  constructor(
    cluster: Cluster,
    options: PartitionScanOptions,
    deliver: (batch: RecordBatch) => boolean,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#tracker = new PartitionTracker(options.partitions, options.positions);
    this.#pool = new BufferPool(CHUNK_SIZE, options.reuseMemory === true ? PIECES_KEPT : 0);
    this.#deliver = deliver;
  }

  get info(): ScanInfo {
    return {
      records: this.#records,
      bytes: this.#bytes,
      partitionsDone: this.#tracker.doneCount,
      partitionsSeen: this.#tracker.seenCount,
      retries: this.#retries,
    };
  }

  /**
   * Runs until all is delivered.
   *
   * @throws AsbError `NO_NAMESPACE`; `SERVER` for a refusal that no retry mends; `PROTOCOL` for
   *   nonsense; `PARTITIONS` if retries run out, with the partitions that are missing
   */
  async run(): Promise<void> {
    const { maxRetries = 5, sleepBetweenRetries = 100 } = this.#options;
    this.#cluster.requireNamespace(this.#options.namespace);
    let fruitless = 0;
    while (true) {
      const before = this.#progress();
      await this.#round();
      if (this.#stopped || this.#tracker.remaining().length === 0) return;
      fruitless = this.#progress() > before ? 0 : fruitless + 1;
      if (fruitless > maxRetries) throw this.#exhausted();
      this.#retries++;
      const missing = this.#tracker.remaining().length;
      this.#options.onNotice?.(
        `${missing} partitions are not done: ${messageOf(this.#lastFailure)}; trying again`,
      );
      await this.#sleep(Math.min(sleepBetweenRetries * 2 ** fruitless, LONGEST_SLEEP));
      if (this.#stopped) return;
      await this.#refresh();
    }
  }

  /** Reads on after `deliver` gave false. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const scan of this.#running) scan.resume();
  }

  /** Ends all scans at once; `run` resolves. */
  stop(): void {
    this.#stop.abort();
    for (const scan of this.#running) scan.abort();
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #progress(): number {
    return this.#records + this.#tracker.doneCount;
  }

  /** Sleeps, but no longer than until {@link stop}. */
  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  /** A cluster that can't be looked at now is one more reason to try again. */
  async #refresh(): Promise<void> {
    try {
      await this.#cluster.refresh();
    } catch (error) {
      if (!(error instanceof AsbError) || error.code !== 'CONNECT') throw error;
      this.#lastFailure = error;
    }
  }

  async #round(): Promise<void> {
    const shares = this.#shares();
    const { parallel = 1, recordsPerSecond = 0 } = this.#options;
    // A scan can't be told to give less than one record a second.
    const workers = Math.min(parallel, shares.length, recordsPerSecond || parallel);
    const next = shares.values();
    const work = async (): Promise<void> => {
      for (const share of next) {
        if (this.#stopped) return;
        await this.#scanShare(share, workers);
      }
    };
    try {
      await Promise.all(Array.from({ length: workers }, work));
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Deals what is left to the nodes that hold it, in enough shares for all scans at once. */
  #shares(): Share[] {
    const map = this.#cluster.partitionMap(this.#options.namespace);
    const byNode = new Map<ClusterNode, number[]>();
    const orphans: number[] = [];
    for (const id of this.#tracker.remaining()) {
      const node = map?.owner(id, this.#tracker.attempts(id));
      if (node === undefined) {
        orphans.push(id);
        continue;
      }
      const ids = byNode.get(node);
      if (ids === undefined) byNode.set(node, [id]);
      else ids.push(id);
    }
    if (orphans.length > 0) {
      this.#lastFailure = new AsbError('PARTITIONS', `no node holds ${orphans.length} partitions`);
    }
    const perNode = Math.max(1, Math.ceil((this.#options.parallel ?? 1) / byNode.size));
    return [...byNode].flatMap(([node, ids]) =>
      split(ids, perNode).map((partitions) => ({ node, partitions })),
    );
  }

  async #scanShare({ node, partitions }: Share, workers: number): Promise<void> {
    const { recordsPerSecond = 0, maxRecords = 0, socketTimeout = 10_000 } = this.#options;
    const request = encodeScanRequest(
      this.#options,
      partitions,
      this.#tracker,
      {
        recordsPerSecond: recordsPerSecond && Math.max(1, Math.floor(recordsPerSecond / workers)),
        maxRecords: maxRecords && maxRecords - this.#records,
      },
      randomBytes(8).readBigUInt64BE(),
    );
    const scan = new NodeScan(
      node,
      this.#tracker,
      this.#pool,
      (batch) => this.#take(batch),
      socketTimeout,
    );
    this.#running.add(scan);
    try {
      const resultCode = await scan.run(request);
      if (this.#stopped) return;
      if (resultCode === ResultCode.OK) this.#completed(node, partitions);
      else this.#refused(node, resultCode, partitions);
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof AsbError) || error.code !== 'NETWORK') throw error;
      this.#lastFailure = error;
      this.#tracker.failed(partitions);
    } finally {
      this.#running.delete(scan);
    }
  }

  #completed(node: ClusterNode, partitions: readonly number[]): void {
    const before = this.#tracker.doneCount;
    this.#tracker.completed(partitions);
    const marked = partitions.length - (this.#tracker.doneCount - before);
    if (marked === 0) return;
    this.#lastFailure = new AsbError(
      'SERVER',
      `${node.location} has ${marked} partitions unavailable`,
      { node: node.location, resultCode: ResultCode.UNAVAILABLE },
    );
  }

  #refused(node: ClusterNode, resultCode: number, partitions: readonly number[]): void {
    const failure = new AsbError(
      'SERVER',
      `${node.location} ended the scan of namespace ${this.#options.namespace} with ` +
        describeResult(resultCode),
      { node: node.location, resultCode, namespace: this.#options.namespace },
    );
    if (!isPassing(resultCode)) throw failure;
    this.#lastFailure = failure;
    this.#tracker.failed(partitions);
  }

  #take(batch: RecordBatch): boolean {
    const { maxRecords = 0 } = this.#options;
    const left = maxRecords === 0 ? batch.length : maxRecords - this.#records;
    const taken =
      batch.length <= left
        ? batch
        : new RecordBatch(batch.bytes, batch.offsets.subarray(0, left * 2), batch.release);
    this.#records += taken.length;
    this.#bytes += taken.offsets[taken.offsets.length - 1]! - taken.offsets[0]!;
    this.#paused = !this.#deliver(taken) || this.#paused;
    if (this.#records === maxRecords) this.stop();
    return !this.#paused;
  }

  #exhausted(): AsbError {
    const partitions = this.#tracker.remaining();
    return new AsbError(
      'PARTITIONS',
      `${partitions.length} partitions of namespace ${this.#options.namespace} could not be ` +
        `read (${ranges(partitions)}): ${messageOf(this.#lastFailure)}`,
      { namespace: this.#options.namespace, partitions, cause: this.#lastFailure },
    );
  }
}
