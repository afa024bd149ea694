import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AsbError } from '../../errors.ts';
import { BufferPool } from '../../memory/buffer-pool.ts';
import { RecordBatch } from '../../record/batch.ts';
import { backoff, DEFAULT_RETRIES } from '../backoff.ts';
import type { Cluster } from '../cluster.ts';
import { limiterOf } from '../limiter.ts';
import { isNetwork } from '../node-error.ts';
import { isPassing, ResultCode } from '../result-code.ts';
import { lookAnew } from '../retrying.ts';
import { type HolderBitmaps, Holders } from './holders.ts';
import { NodeScan } from './node-scan.ts';
import { PacedDelivery } from './paced-delivery.ts';
import { PartitionTracker } from './partition-tracker.ts';
import { count, type Lack, missing, refusedBy, unavailableAt } from './scan-failure.ts';
import type { PartitionScanOptions, ScanInfo } from './scan-options.ts';
import { CHUNK_SIZE } from './scan-reply.ts';
import { encodeScanRequest } from './scan-request.ts';
import { Dealer, type Dealt, type Share } from './shares.ts';
import { Slots } from './slots.ts';
import { Tasks } from './tasks.ts';

export type { PartitionScanOptions, ScanInfo } from './scan-options.ts';

/** Pieces of memory kept to be used again: as many as wait between two stages, and some. */
const PIECES_KEPT = 8;
/** The longest that Node's timers can wait, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Scans partitions of a namespace over all nodes until each is done once. They are dealt to the
 * nodes that hold them; what a lost connection, a lost node or a migrating partition left undone is
 * dealt anew after a wait, while the others go on, and goes on after its last digest.
 */
export class PartitionScan {
  readonly #cluster: Cluster;
  readonly #options: PartitionScanOptions;
  readonly #pool: BufferPool;
  readonly #deliver: (batch: RecordBatch) => boolean;
  readonly #tracker: PartitionTracker;
  readonly #holders: Holders;
  readonly #dealer: Dealer;
  /** What stands between the scans and `deliver` if there is a limit; nothing else. */
  readonly #paced: PacedDelivery | undefined;
  readonly #tasks = new Tasks();
  readonly #running = new Set<NodeScan>();
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #slots = new Slots(1);
  #paused = false;
  #records = 0;
  #bytes = 0;
  #retries = 0;
  /** The last reason for which partitions were not done. */
  #why: AsbError | undefined;

  /**
   * @param deliver takes each batch; gives false to hold all scans until {@link resume}
   * @throws AsbError `RANGE` for a partition id that is none, a position that is no digest of its
   *   partition, and holders that are none; `USAGE` for a rate that is none
   */
  constructor(
    cluster: Cluster,
    options: PartitionScanOptions,
    deliver: (batch: RecordBatch) => boolean,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#tracker = new PartitionTracker(options.partitions, options.positions);
    this.#holders = new Holders(options.holders);
    this.#dealer = new Dealer(cluster, options.namespace, this.#tracker, this.#holders);
    this.#pool = new BufferPool(CHUNK_SIZE, options.reuseMemory === true ? PIECES_KEPT : 0);
    this.#deliver = deliver;
    const limiter = limiterOf(options);
    if (limiter === undefined) return;
    this.#paced = new PacedDelivery(limiter, (batch) => this.#take(batch), this.#stop.signal);
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
   * Which nodes held the partitions when they were first asked for: a scan that goes on where this
   * one ended must know them. It grows; bitmaps are not copies.
   */
  get holders(): HolderBitmaps {
    return this.#holders.bitmaps;
  }

  /**
   * Runs until all is delivered.
   *
   * @throws AsbError `NO_NAMESPACE`; `SERVER` for a refusal that no retry mends; `PROTOCOL` for
   *   nonsense; `PARTITIONS` if retries or the total timeout run out, with the partitions that are
   *   missing: all that could be read has been delivered before
   */
  async run(): Promise<void> {
    const { namespace, totalTimeout = 0 } = this.#options;
    this.#cluster.requireNamespace(namespace);
    const expire = (): void =>
      this.#ended.reject(this.#missing(`the total timeout of ${totalTimeout} ms is over`));
    const timer = setTimeout(expire, Math.min(totalTimeout, LONGEST_TIMER));
    if (totalTimeout === 0) clearTimeout(timer);
    try {
      this.#tasks.start(() => this.#begin());
      await Promise.race([this.#tasks.done, this.#ended.promise]);
      if (!this.#stopped && this.#tracker.remaining().length > 0) {
        throw this.#missing(`after ${this.#maxRetries} retries`);
      }
    } finally {
      clearTimeout(timer);
      this.stop();
    }
  }

  /** Reads on after `deliver` gave false. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#paced !== undefined) this.#paced.resume();
    else for (const scan of this.#running) scan.resume();
  }

  /** Ends all scans at once; `run` resolves. */
  stop(): void {
    this.#stop.abort();
    this.#ended.resolve();
    this.#paced?.resume();
    for (const scan of this.#running) scan.abort();
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get #maxRetries(): number {
    return this.#options.maxRetries ?? DEFAULT_RETRIES;
  }

  async #begin(): Promise<void> {
    await this.#reachAll();
    if (this.#stopped) return;
    const { parallel = 1 } = this.#options;
    const dealt = this.#deal(this.#tracker.remaining(), parallel);
    this.#slots = new Slots(Math.max(1, Math.min(parallel, dealt.shares.length)));
    this.#startAll(dealt, 0);
  }

  /**
   * A node that starts is counted on already, and others answer for its partitions, perhaps without
   * their records, until it is ready. One that can't be reached at all is done without in the end:
   * what nobody else holds will be missing, and that is told.
   */
  async #reachAll(): Promise<void> {
    for (let retry = 1; retry <= this.#maxRetries && !this.#stopped; retry++) {
      const { unreached } = this.#cluster;
      if (unreached.length === 0) return;
      await this.#wait(`node ${unreached.join(', ')} of the cluster can't be reached; it`, retry);
      await lookAnew(this.#cluster);
    }
  }

  #deal(partitions: readonly number[], parallel: number): Dealt {
    const dealt = this.#dealer.deal(partitions, parallel);
    this.#options.onHolders?.(this.holders);
    return dealt;
  }

  #startAll({ shares, lacks }: Dealt, retry: number): void {
    for (const share of shares) this.#tasks.start(() => this.#read(share, retry));
    for (const lack of lacks) this.#tasks.start(() => this.#again(lack, retry));
  }

  /** @param retry how many retries of these partitions there were, in a row, without a record */
  async #read(share: Share, retry: number): Promise<void> {
    const lack = await this.#slots.run(() => this.#scan(share));
    if (lack !== undefined) await this.#again(lack, retry);
  }

  /** Deals partitions anew, after a wait; unless that was done too often. */
  async #again(lack: Lack, before: number): Promise<void> {
    const retry = lack.gained ? 1 : before + 1;
    this.#why = lack.why;
    const what = `${lack.why.message}; ${count(lack.partitions)}`;
    if (retry > this.#maxRetries) {
      this.#options.onNotice?.(`${what} given up after ${this.#maxRetries} retries`);
      return;
    }
    const isLast = retry > 1 && retry === this.#maxRetries;
    await this.#wait(what, retry, isLast ? ', when all else is done' : '');
    if (isLast) await this.#tasks.untilOthersEnd();
    if (this.#stopped) return;
    await lookAnew(this.#cluster);
    if (this.#stopped) return;
    // Not in more shares than before, or each retry would multiply them.
    this.#startAll(this.#deal(lack.partitions, 1), retry);
  }

  /** Waits before a retry, and tells of it; {@link stop} ends the wait. */
  async #wait(what: string, retry: number, until = ''): Promise<void> {
    const { sleepBetweenRetries = 100, onNotice } = this.#options;
    const ms = backoff(sleepBetweenRetries, retry);
    this.#retries++;
    onNotice?.(
      `${what} will be asked for again in ${ms} ms${until} (retry ${retry} of ${this.#maxRetries})`,
    );
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {}); // who waits looks
  }

  /** Asks a node once. @returns what is left undone, if anything */
  async #scan({ node, partitions }: Share): Promise<Lack | undefined> {
    if (this.#stopped) return undefined;
    const { namespace, socketTimeout = 10_000 } = this.#options;
    let gained = false;
    let handedOn: Promise<void> | undefined;
    const deliver = (batch: RecordBatch): boolean => {
      gained = true;
      if (this.#paced === undefined) return this.#take(batch);
      handedOn = this.#paced.give(batch).then(() => scan.resume());
      return false;
    };
    const scan: NodeScan = new NodeScan(node, this.#tracker, this.#pool, deliver, socketTimeout);
    this.#running.add(scan);
    const result = await scan
      .run(this.#request(partitions))
      .catch(networkFailure)
      .finally(() => this.#running.delete(scan))
      // A limit may hold back what was read: until then nothing of it is done.
      .finally(() => handedOn);
    if (this.#stopped) return undefined;
    if (result === ResultCode.OK) {
      const left = this.#tracker.completed(partitions);
      const why = unavailableAt(node.location, left);
      if (left.length === 0) return undefined;
      return { partitions: left, why, gained: left.length < partitions.length };
    }
    const refused = typeof result === 'number';
    const why = refused ? refusedBy(node.location, namespace, result) : result;
    if (refused && !isPassing(result)) throw why;
    this.#tracker.failed(partitions);
    return { partitions, why, gained };
  }

  #request(partitions: readonly number[]): Buffer {
    const { maxRecords = 0 } = this.#options;
    const left = maxRecords && maxRecords - this.#records;
    const taskId = randomBytes(8).readBigUInt64BE();
    return encodeScanRequest(this.#options, partitions, this.#tracker, left, taskId);
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

  #missing(why: string): AsbError {
    return missing(this.#tracker.remaining(), this.#options.namespace, why, this.#why);
  }
}

/** A failure of the network is something to live with; any other is thrown. */
const networkFailure = (error: unknown): AsbError => {
  if (isNetwork(error)) return error;
  throw error;
};
