import { setTimeout as sleep } from 'node:timers/promises';
import { AsbError, toError } from '../../errors.ts';
import type { RecordBatch } from '../../record/batch.ts';
import * as layout from '../../record/layout.ts';
import { backoff, DEFAULT_RETRIES } from '../backoff.ts';
import type { Cluster } from '../cluster.ts';
import { type Limiter, limiterOf } from '../limiter.ts';
import { paced } from '../paced.ts';
import { lookAnew, retrying } from '../retrying.ts';
import { RequestPool } from './request-pool.ts';
import { RequestSender } from './request-sender.ts';
import { RowEncoder } from './row-encoder.ts';
import { RowSettler } from './row-settler.ts';
import { noCounts, type WriteInfo } from './write-info.ts';
import { MAX_BATCH_SIZE } from './write-request.ts';
import { type Share, type Target, WriteTargets } from './write-targets.ts';
import {
  DEFAULT_ASYNC_BATCHES,
  MAX_ASYNC_BATCHES,
  type RecordWriterOptions,
} from './writer-options.ts';

const { FIELD_HEADER_SIZE, HEADER_SIZE, AT_FIELD_COUNT } = layout;
const { DIGEST: DIGEST_FIELD } = layout.Field;

export type { WriteInfo } from './write-info.ts';
export type { RecordWriterOptions } from './writer-options.ts';

/**
 * Writes batches of records to the masters of their partitions: one request of many rows for each
 * node is filled, several are in flight, and every row has a result of its own. Rows that met a
 * failure that may pass go again, and only they, to whoever is master then.
 *
 * Records are not written in the order in which they come. Of two with the same digest the later
 * one must only be given after a {@link flush}, or the earlier may win.
 *
 *     const writer = new RecordWriter(cluster, { namespace: 'test' });
 *     for (const batch of batches) await writer.write(batch);
 *     await writer.flush();
 *     writer.close();
 */
export class RecordWriter {
  readonly #cluster: Cluster;
  readonly #options: RecordWriterOptions;
  readonly #most: number;
  readonly #maxRetries: number;
  readonly #retryScale: number;
  readonly #limiter: Limiter | undefined;
  readonly #encoder: RowEncoder;
  readonly #requests: RequestPool;
  readonly #targets: WriteTargets;
  readonly #counts = noCounts();
  readonly #settler: RowSettler;
  readonly #sender: RequestSender;
  readonly #stop = new AbortController();
  #prepared = false;
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  #failure: Error | undefined;
  #offTold = 0;

  /**
   * @throws AsbError `NO_NAMESPACE` if no node has the namespace; `USAGE` for a `batchSize`,
   *   `maxAsyncBatches` or rate that is none
   */
  constructor(cluster: Cluster, options: RecordWriterOptions) {
    cluster.requireNamespace(options.namespace);
    const batchSize = within('batchSize', options.batchSize ?? 512, MAX_BATCH_SIZE);
    this.#cluster = cluster;
    this.#options = options;
    this.#most = within(
      'maxAsyncBatches',
      options.maxAsyncBatches ?? DEFAULT_ASYNC_BATCHES,
      MAX_ASYNC_BATCHES,
    );
    this.#maxRetries = options.maxRetries ?? DEFAULT_RETRIES;
    this.#retryScale = options.retryScale ?? 150;
    this.#limiter = limiterOf(options);
    this.#encoder = new RowEncoder(options);
    this.#requests = new RequestPool((options.batchWrites ?? true) ? 'batch' : 'put', batchSize);
    this.#targets = new WriteTargets(this.#requests);
    this.#targets.route(cluster.partitionMap(options.namespace));
    this.#settler = new RowSettler(options, this.#counts);
    this.#sender = new RequestSender(options, this.#settler, this.#counts);
  }

  /** What has become of the records; changes as they are settled. */
  get info(): WriteInfo {
    return this.#counts;
  }

  /**
   * Takes a batch. One call at a time.
   *
   * @returns settles when the next may come: all of the batch's records are copied, its bytes are
   *   not needed any more. It waits while `maxAsyncBatches` requests are in flight, and for the limits
   * @throws AsbError the first failure that ends all: `SERVER` with the result code, `NETWORK` or
   *   `PARTITIONS` if retries run out, `FORMAT` or `RANGE` for a record that can't be, `PROTOCOL`
   *   for nonsense; `ABORTED` after {@link close}
   */
  async write(batch: RecordBatch): Promise<void> {
    this.#check();
    if (!this.#prepared) await this.#prepare();
    const { offsets } = batch;
    if (this.#limiter === undefined) return this.#take(batch, 0, offsets.length);
    for await (const [from, to] of paced(this.#limiter, offsets, this.#stop.signal)) {
      await this.#take(batch, from, to);
      // What waited until a request is full would come to the server in bursts.
      await this.#dispatchAll();
    }
    this.#check();
  }

  /**
   * Sends what waits, and settles when every record is acknowledged.
   * @throws AsbError as {@link write} does
   */
  async flush(): Promise<void> {
    this.#check();
    await this.#dispatchAll();
    while (this.#inFlight > 0 && this.#failure === undefined) await this.#change();
    this.#check();
    const off = this.#settler.off - this.#offTold;
    this.#offTold = this.#settler.off;
    if (off === 0) return;
    this.#options.onNotice?.(
      `${off} records were written with another void time than they were to have: the server went ` +
        "on to the next second in between, or it does not let a record's void time come nearer " +
        '(apply-ttl-reductions false)',
    );
  }

  /** Closes every connection at once; what is not acknowledged may be written or not. */
  close(): void {
    this.#fail(new AsbError('ABORTED', 'the record writer was closed'));
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#stop.abort(this.#failure);
    this.#sender.close();
    this.#wake();
  }

  /** Servers before 6.0 have batches for reading only. */
  async #prepare(): Promise<void> {
    const ask = () => this.#cluster.askAny('features');
    const features = await retrying(this.#cluster, 'asking for features', ask, {
      maxRetries: this.#maxRetries,
      sleepBetweenRetries: this.#retryScale,
      signal: this.#stop.signal,
      onNotice: this.#options.onNotice,
    });
    if (!features.split(';').includes('batch-any')) this.#useNoBatches('has no batch writes');
    this.#prepared = true;
  }

  #useNoBatches(why: string): void {
    if (this.#requests.kind === 'put') return;
    this.#requests.change('put');
    this.#options.onNotice?.(`the server ${why}: records are written one by one, which is slower`);
  }

  /** Takes the records from one place in the offsets to another. */
  async #take(batch: RecordBatch, from: number, to: number): Promise<void> {
    const view = layout.viewOf(batch.bytes);
    for (let next = from; next < to; ) {
      const filled = this.#fill(batch, view, next, to);
      next = filled.next;
      if (filled.full !== undefined) await this.#dispatch(filled.full);
    }
  }

  /** Encodes rows from `next` up to `to`, or until a request is full. */
  #fill(
    { bytes, offsets }: RecordBatch,
    view: DataView,
    next: number,
    to: number,
  ): { next: number; full: Target | undefined } {
    const counts = this.#counts;
    try {
      for (let index = next; index < to; index += 2) {
        const start = offsets[index]!;
        const target = this.#targets.of(partitionAt(bytes, view, start));
        const request = (target.open ??= this.#requests.take());
        const added = request.add(this.#encoder, bytes, view, start, offsets[index + 1]!);
        counts.total++;
        if (!added) counts.skipped++;
        else if (request.full) return { next: index + 2, full: target };
      }
    } catch (error) {
      this.#fail(toError(error));
      throw error;
    }
    return { next: to, full: undefined };
  }

  async #dispatchAll(): Promise<void> {
    for (const target of this.#targets) await this.#dispatch(target);
  }

  /** Sends a target's open request, as soon as fewer than the most are in flight. */
  async #dispatch(target: Target): Promise<void> {
    while (this.#inFlight >= this.#most && this.#failure === undefined) await this.#change();
    this.#check();
    const { node, open } = target;
    if (open === undefined || open.rows === 0) return;
    target.open = undefined;
    this.#inFlight++;
    void this.#deliver({ node, request: open });
  }

  /** Never rejects: a failure is everybody's. */
  async #deliver(share: Share): Promise<void> {
    try {
      await this.#run(share);
    } catch (error) {
      this.#fail(toError(error));
    } finally {
      this.#inFlight--;
      this.#wake();
    }
  }

  /** Settles when a request is done, or the writer has failed. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Sends a request, and again what is left of it, until nothing is. */
  async #run(first: Share): Promise<void> {
    let shares: readonly Share[] = [first];
    for (let tries = 0; shares.length > 0; ) {
      const again = this.#requests.take();
      let why: AsbError | undefined;
      for (const share of shares) {
        why = (await this.#sender.send(share, again)) ?? why;
        this.#check();
        this.#requests.giveBack(share.request);
      }
      if (this.#settler.batchesOff) this.#useNoBatches('has batches off (batch-index-threads 0)');
      const rows = this.#requests.convert(again);
      if (why !== undefined && rows.rows > 0) {
        if (++tries > this.#maxRetries) return this.#settler.giveUp(rows, tries, why);
        await this.#beforeRetry(tries, rows.rows, why);
      }
      this.#counts.retried += rows.rows;
      if (rows.rows > 0) this.#limiter?.spend(rows.rows, rows.size);
      shares = this.#targets.deal(rows);
      this.#requests.giveBack(rows);
    }
  }

  /** Waits, the first time not at all, and looks at the cluster anew: masters may have moved. */
  async #beforeRetry(retry: number, rows: number, why: AsbError): Promise<void> {
    const wait = retry === 1 ? 0 : backoff(this.#retryScale, retry - 1);
    this.#options.onNotice?.(
      `${why.message}; ${rows} records are sent again ${wait === 0 ? 'at once' : `in ${wait} ms`} ` +
        `(retry ${retry} of ${this.#maxRetries})`,
    );
    await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {}); // looked at below
    this.#check();
    await lookAnew(this.#cluster);
    this.#check();
    this.#sender.keepOnly(this.#cluster.nodes);
    this.#targets.route(this.#cluster.partitionMap(this.#options.namespace));
  }
}

/** @throws AsbError `FORMAT` for a record without a digest */
const partitionAt = (bytes: Buffer, view: DataView, start: number): number => {
  let at = start + HEADER_SIZE;
  for (let left = view.getUint16(start + AT_FIELD_COUNT); left > 0; left--) {
    if (bytes[at + 4] === DIGEST_FIELD) return layout.partitionOf(bytes, at + FIELD_HEADER_SIZE);
    at += 4 + view.getUint32(at);
  }
  throw new AsbError('FORMAT', 'a record without a digest');
};

const within = (what: string, value: number, most: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new AsbError('USAGE', `${what} is ${value}; it must be a whole number from 1 to ${most}`, {
    expected: `1 to ${most}`,
  });
};
