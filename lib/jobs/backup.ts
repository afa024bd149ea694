import { addAbortSignal } from 'node:stream';
import { AsbError, codeOf, messageOf, toError } from '../errors.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { type EarlyEnd, endingEarly } from '../stages/ending-early.ts';
import { type ScanStage, scan } from '../stages/scan.ts';
import type { SerializerInfo } from '../stages/serialize.ts';
import { isS3Url } from '../storage/s3/url.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { requireReadable } from '../wire/scan/scan-nodes.ts';
import { countRecords, estimateBytes, readSets } from '../wire/statistics.ts';
import { type Destination, openDestination } from './backup-destination.ts';
import { BackupLedger } from './backup-ledger.ts';
import { placedStart } from './backup-nodes.ts';
import {
  type BackupJob,
  type BackupOptions,
  type BackupProgress,
  type BackupSummary,
  checkOptions,
  defaultParallel,
} from './backup-options.ts';
import { backupPipe, NOTHING_WRITTEN } from './backup-pipe.ts';
import { backupScanOptions } from './backup-scan.ts';
import { type BackupStart, startOf } from './backup-start.ts';
import type { BackupState } from './backup-state.ts';
import type { BackupTeam } from './backup-team.ts';
import { startLogged } from './logger.ts';
import { isFirstShard, partitionsFor } from './shard.ts';
import { keptError } from './state.ts';

export type { BackupJob, BackupOptions, BackupProgress, BackupSummary } from './backup-options.ts';
export { defaultParallel } from './backup-options.ts';

class Backup implements BackupJob {
  readonly #options: BackupOptions;
  readonly #abort = new AbortController();
  /** For what cannot be brought to an end in order, or is not to be. */
  readonly #cut = new AbortController();
  readonly #begin = performance.now();
  readonly done: Promise<BackupSummary>;
  /** Ids of those that are read; all if `undefined`. */
  #partitions: readonly number[] | undefined;
  #start: BackupStart | undefined;
  #scan: ScanStage | undefined;
  /** Who reads, if it is not this thread. */
  #team: BackupTeam | undefined;
  #early: EarlyEnd | undefined;
  #destination: Destination | undefined;
  #estimatedRecords: number | undefined;
  /** Whether there is no record at all in the namespace, or these sets, as far as it tells. */
  #nothingThere = false;
  /** Bytes that there will be at most, if somebody has to know. */
  #estimatedBytes: number | undefined;

  constructor(options: BackupOptions) {
    this.#options = options;
    this.#partitions = partitionsFor(options);
    this.done = this.#run();
  }

  get progress(): BackupProgress {
    const info = this.#team?.scanned ?? this.#scan?.info;
    return {
      records: this.#recordsBefore + (info?.records ?? 0),
      bytes: this.#written.bytes,
      partitionsDone: info?.partitionsSeen ?? 0,
      partitions: this.#partitionCount,
      estimatedRecords: this.#estimatedRecords,
      retries: info?.retries ?? 0,
    };
  }

  abort(reason = 'stopped'): void {
    const error = new AsbError('ABORTED', `backup ${reason}`);
    if (this.#abort.signal.aborted || this.#destination?.keeps !== true) this.#cut.abort(error);
    this.#abort.abort(error);
  }

  /** Bytes that reached the storage, and files, with those of before. */
  get #written(): { readonly bytes: number; readonly files: number } {
    const { bytes, files } = this.#destination?.written() ?? { bytes: 0, files: 0 };
    const byWorkers = this.#team?.written ?? { bytes: 0, files: 0 };
    return { bytes: bytes + byWorkers.bytes, files: files + byWorkers.files };
  }

  get #partitionCount(): number {
    return this.#partitions?.length ?? PARTITION_COUNT;
  }

  get #recordsBefore(): number {
    return this.#start?.safe.coverage.records ?? 0;
  }

  async #run(): Promise<BackupSummary> {
    const options = this.#options;
    checkOptions(options);
    this.#start = await startOf(options);
    const cluster = await connectTo(options);
    return this.#withCluster(cluster, this.#start).finally(() => cluster.close());
  }

  async #withCluster(cluster: Cluster, before: BackupStart): Promise<BackupSummary> {
    const { signal } = this.#abort;
    let start: BackupStart;
    try {
      signal.throwIfAborted();
      start = await this.#lookAhead(cluster, before);
    } catch (error) {
      throw signal.aborted ? toError(signal.reason) : error;
    }
    const ledger = new BackupLedger({
      ...start,
      holders: () => this.#team?.holders ?? this.#scan?.holders ?? start.safe.holders,
      onNotice: this.#options.onNotice ?? (() => {}),
    });
    try {
      return await this.#pipe(cluster, start, ledger);
    } catch (error) {
      const reason = toError(signal.aborted ? signal.reason : error);
      throw keptError(reason, await ledger.fail());
    }
  }

  /** Whatever can be known to be wrong is found before anything is written or removed. */
  async #lookAhead(cluster: Cluster, start: BackupStart): Promise<BackupStart> {
    cluster.requireNamespace(this.#options.namespace);
    const placed = await this.#place(cluster, start);
    if (this.#options.noRecords !== true) requireReadable(cluster, this.#scanOptions);
    await this.#count(cluster);
    return placed;
  }

  /** Finds the partitions of the nodes, if only some are to be read. */
  async #place(cluster: Cluster, start: BackupStart): Promise<BackupStart> {
    const { nodes = [] } = this.#options;
    if (nodes.length === 0) return start;
    const placed = await placedStart(cluster, { ...this.#options, nodes }, start);
    this.#partitions = partitionsFor({ ...this.#options, partitions: placed.nodePartitions });
    return placed;
  }

  async #count(cluster: Cluster): Promise<void> {
    const { namespace, sets = [], maxRecords = 0, outputFile = '', onNotice } = this.#options;
    try {
      const known = new Set((await readSets(cluster.nodes, namespace)).map(({ name }) => name));
      for (const set of sets) {
        if (!known.has(set)) onNotice?.(`set "${set}" is not in namespace ${namespace}`);
      }
      const count = await countRecords(cluster.nodes, namespace, sets);
      this.#nothingThere = count === 0;
      const share = Math.round((count * this.#partitionCount) / PARTITION_COUNT);
      this.#estimatedRecords = maxRecords > 0 ? Math.min(maxRecords, share) : share;
      if (isS3Url(outputFile)) {
        this.#estimatedBytes = await estimateBytes(cluster.nodes, namespace, sets);
      }
    } catch (error) {
      // A node that is lost now is the scan's to deal with; only the estimate needs them all.
      if (codeOf(error) !== 'NETWORK') throw error;
      onNotice?.(`no estimate of how much there is: ${messageOf(error)}`);
    }
  }

  async #pipe(cluster: Cluster, start: BackupStart, ledger: BackupLedger): Promise<BackupSummary> {
    const options = this.#options;
    const destination = await openDestination({
      options,
      safe: start.safe,
      continuing: start.continuing,
      ledger,
      largestFile: this.#estimatedBytes,
      isComplete: () => (this.#team ?? this.#early)?.failure === undefined,
    });
    this.#destination = destination;
    if (destination.isWhole === true) return this.#finish(ledger, NOTHING_WRITTEN);
    const count = this.#workerCount;
    const written =
      count === 0
        ? await this.#here(cluster, start, destination)
        : await this.#byWorkers(count, cluster, start, ledger, destination);
    const failure = (this.#team ?? this.#early)?.failure;
    await destination.finished(failure === undefined);
    if (failure !== undefined) throw failure;
    return this.#finish(ledger, written);
  }

  /** Workers that have something to do. */
  get #workerCount(): number {
    const { workers = 0, noRecords = false } = this.#options;
    return noRecords ? 0 : Math.min(workers, this.#partitionCount);
  }

  #here(cluster: Cluster, start: BackupStart, destination: Destination): Promise<SerializerInfo> {
    const to = destination.open();
    // Last: a scan begins by itself, and its failure must find somebody who listens.
    const source = this.#openScan(cluster, start, destination);
    this.#options.meter?.watch({ scan: source });
    const early = endingEarly(
      source,
      (failure) => destination.keeps && codeOf(failure) !== 'EMPTY',
    );
    this.#early = early;
    return backupPipe({
      options: this.#options,
      source: early.source,
      continues: destination.continues,
      to,
      signal: this.#cut.signal,
    });
  }

  async #byWorkers(
    count: number,
    cluster: Cluster,
    { safe }: BackupStart,
    ledger: BackupLedger,
    destination: Destination,
  ): Promise<SerializerInfo> {
    const options = this.#options;
    const { BackupTeam } = await import('./backup-team.ts');
    this.#team = new BackupTeam({
      options,
      cluster,
      safe,
      ledger,
      destination,
      count,
      partitions: this.#partitions ?? [...Array(PARTITION_COUNT).keys()],
      parallel: options.parallel ?? defaultParallel(cluster.nodes.length),
      refuseEmpty: !this.#mayBeEmpty(safe),
      abort: this.#abort.signal,
      cut: this.#cut.signal,
    });
    return this.#team.run();
  }

  async #finish(ledger: BackupLedger, written: SerializerInfo): Promise<BackupSummary> {
    await ledger.finish();
    const before = this.#start!.safe.coverage;
    return {
      ...written,
      ...this.#written,
      records: before.records + written.records,
      indexes: before.indexes + written.indexes,
      udfs: before.udfs + written.udfs,
      recordsBefore: before.records,
      retries: this.progress.retries,
      elapsed: performance.now() - this.#begin,
    };
  }

  /** A shard may be, where others can find something: where the cluster knows of records. */
  #mayBeEmpty({ coverage }: BackupState): boolean {
    const { allowEmpty = false, noRecords = false, shard } = this.#options;
    if (allowEmpty || noRecords || coverage.records > 0) return true;
    return shard !== undefined && !this.#nothingThere;
  }

  /** Its partitions are all that it is told of where to read. */
  get #scanOptions(): BackupOptions {
    const partitions = this.#partitions;
    return { ...this.#options, nodes: [], ...(partitions === undefined ? {} : { partitions }) };
  }

  #openScan(cluster: Cluster, { safe }: BackupStart, { continues }: Destination): ScanStage {
    const options = this.#options;
    const { parallel = defaultParallel(cluster.nodes.length), onNotice } = options;
    this.#scan = scan({
      ...backupScanOptions(options, {
        safe,
        partitions: this.#partitions,
        parallel,
        // They come first: whatever goes on has them already.
        withGlobals: continues === undefined && isFirstShard(options),
      }),
      ...(onNotice === undefined ? {} : { onNotice }),
      cluster,
      refuseEmpty: !this.#mayBeEmpty(safe),
    });
    return addAbortSignal(this.#abort.signal, this.#scan);
  }
}

/**
 * Backs up a namespace: `scan | serialize | compress | rotate` in one process.
 *
 *     const job = backup({ namespace: 'test', directory: 'out', compress: 'zstd' });
 *     console.log(await job.done);
 *
 * Errors (of `done`): those of the stages, and `USAGE`, `EXISTS` (a backup is there already),
 * `EMPTY` (no record, unless `allowEmpty`), `ABORTED`.
 */
export const backup = (options: BackupOptions): BackupJob =>
  startLogged('backup', options, (logged) => new Backup(logged));
