import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Serializer } from '../asb/serializer.ts';
import { codeOf, toError } from '../errors.ts';
import { extentOf, noteExtent } from '../record/extent.ts';
import type { Global } from '../record/globals.ts';
import { type EarlyEnd, endingEarly } from '../stages/ending-early.ts';
import { nothingFound, scan } from '../stages/scan.ts';
import type { SerializerInfo } from '../stages/serialize.ts';
import type { Cluster } from '../wire/cluster.ts';
import type { HolderBitmaps } from '../wire/scan/holders.ts';
import { compressFrame } from '../zstd/encoder.ts';
import type { BackupCounts } from './backup-counts.ts';
import type { Destination } from './backup-destination.ts';
import type { BackupLedger } from './backup-ledger.ts';
import type { BackupResult } from './backup-messages.ts';
import type { BackupOptions } from './backup-options.ts';
import { backupOrders } from './backup-orders.ts';
import { backupPipe, NOTHING_WRITTEN } from './backup-pipe.ts';
import { backupScanOptions } from './backup-scan.ts';
import type { BackupState } from './backup-state.ts';
import { BackupWorkers } from './backup-workers.ts';
import { PieceSource } from './piece-source.ts';
import { isFirstShard } from './shard.ts';

export interface BackupTeamOptions {
  readonly options: BackupOptions;
  readonly cluster: Cluster;
  readonly safe: BackupState;
  readonly ledger: BackupLedger;
  readonly destination: Destination;
  /** How many workers; no more than partitions. */
  readonly count: number;
  /** Ids of the partitions that are read. */
  readonly partitions: readonly number[];
  /** Scans at once, of all of them. */
  readonly parallel: number;
  /** Whether a backup without a record is an error. */
  readonly refuseEmpty: boolean;
  /** Ends it in order. */
  readonly abort: AbortSignal;
  /** Ends it at once. */
  readonly cut: AbortSignal;
}

const NOT_STARTED = {
  scanned: { records: 0, partitionsSeen: 0, retries: 0 },
  written: { bytes: 0, files: 0 },
};

/**
 * A backup by several threads. Into a directory each writes files of its own; to one file or stream, this
 * thread writes what they give. What comes before the records, it reads itself.
 */
export class BackupTeam {
  readonly #options: BackupTeamOptions;
  #workers: Pick<BackupWorkers, 'scanned' | 'written' | 'holders'>;
  #early: EarlyEnd | undefined;

  constructor(options: BackupTeamOptions) {
    this.#options = options;
    this.#workers = { ...NOT_STARTED, holders: options.safe.holders };
  }

  /** How far all scans are, together. */
  get scanned(): BackupCounts['scan'] {
    return this.#workers.scanned;
  }

  /** What workers have written to files of their own. */
  get written(): BackupCounts['written'] {
    return this.#workers.written;
  }

  get holders(): HolderBitmaps {
    return this.#workers.holders;
  }

  /** Why one file or stream ended before its end; `undefined` if it did not. */
  get failure(): unknown {
    return this.#early?.failure;
  }

  /** Runs until all that was found is written. @throws AsbError the first failure, when all have ended */
  async run(): Promise<SerializerInfo> {
    const globals = await this.#readGlobals();
    const { directory } = this.#options.options;
    return directory === undefined ? this.#toOutput(globals) : this.#toDirectory(globals);
  }

  /** `undefined` if they are safe already, or not of this backup. */
  async #readGlobals(): Promise<readonly Global[] | undefined> {
    const { options, safe, destination, partitions, cluster, abort } = this.#options;
    if (destination.continues !== undefined) return undefined;
    const { onNotice } = options;
    const source = scan({
      ...backupScanOptions(options, {
        safe,
        partitions,
        parallel: 1,
        withGlobals: isFirstShard(options),
      }),
      noRecords: true,
      cluster,
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    const globals: Global[] = [];
    for await (const global of addAbortSignal(abort, source)) globals.push(global);
    return globals;
  }

  #start(globals: readonly Global[] | undefined, pieces?: PieceSource): BackupWorkers {
    const { options, safe, ledger, destination, abort, cut } = this.#options;
    const workers = new BackupWorkers({
      orders: backupOrders(options, this.#options),
      globals,
      begin: destination.begin,
      addFile: (file, coverage) => ledger.addFile(file, coverage),
      holders: safe.holders,
      onNotice: options.onNotice,
      s3Logger: options.s3?.logger,
      meter: options.meter,
      ...(pieces === undefined ? {} : { pieces }),
    });
    this.#workers = workers;
    abort.addEventListener('abort', () => workers.abort(abort.reason));
    cut.addEventListener('abort', () => workers.cut(cut.reason));
    return workers;
  }

  async #toDirectory(globals: readonly Global[] | undefined): Promise<SerializerInfo> {
    const { options, destination, refuseEmpty, abort, cut } = this.#options;
    // Listeners hear nothing of what was before them.
    abort.throwIfAborted();
    const results = await this.#start(globals).done;
    const written = results.filter((result) => result !== undefined);
    if (written.length > 0) return sumOf(written);
    if (refuseEmpty) throw nothingFound(options);
    const source = Readable.from(globals ?? []);
    const { continues } = destination;
    return backupPipe({ options, source, continues, to: destination.open(), signal: cut });
  }

  async #toOutput(globals: readonly Global[] | undefined): Promise<SerializerInfo> {
    const { options, destination, refuseEmpty, abort, cut } = this.#options;
    const head = await headOf(options, globals);
    abort.throwIfAborted();
    const to = destination.open();
    options.meter?.expect('scan', 'serialize', 'compress', 'toMain');
    options.meter?.watch(to);
    const pieces = new PieceSource(head.chunk, () => workers.cut(new Error('nobody reads')));
    const workers = this.#start(globals, pieces);
    const ended = workers.done.then(
      (results) => {
        const isEmpty = refuseEmpty && pieces.pieces === 0;
        pieces.end(isEmpty ? nothingFound(options) : undefined);
        return results;
      },
      (error: unknown): readonly BackupResult[] => {
        pieces.end(toError(error));
        return [];
      },
    );
    this.#early = endingEarly(
      pieces,
      (failure) => destination.keeps && codeOf(failure) !== 'EMPTY',
    );
    const stages = [this.#early.source, ...Object.values(to)];
    await pipeline(stages, { signal: cut }).finally(() => ended);
    const results = await ended;
    return sumOf([head.info, ...results.filter((result) => result !== undefined)]);
  }
}

/** What comes before all records: the header and the globals, as one chunk; `undefined` where text goes on. */
const headOf = async (
  options: BackupOptions,
  globals: readonly Global[] | undefined,
): Promise<{ readonly chunk: Buffer | undefined; readonly info: SerializerInfo }> => {
  if (globals === undefined) return { chunk: undefined, info: NOTHING_WRITTEN };
  const { namespace, compress, compressionLevel } = options;
  const serializer = new Serializer({ namespace, noteExtents: true });
  for (const global of globals) serializer.push(global);
  const [text] = serializer.end();
  const { info } = serializer;
  if (text === undefined || compress === undefined) return { chunk: text, info };
  const chunk = await compressFrame(text, compressionLevel);
  const extent = extentOf(text);
  if (extent !== undefined) noteExtent(chunk, extent);
  return { chunk, info };
};

const sumOf = (infos: readonly SerializerInfo[]): SerializerInfo => {
  const sum = { ...NOTHING_WRITTEN };
  for (const { version, ...counts } of infos) {
    if (version > sum.version) sum.version = version;
    sum.records += counts.records;
    sum.indexes += counts.indexes;
    sum.udfs += counts.udfs;
    sum.vectors += counts.vectors;
    sum.bytes += counts.bytes;
  }
  return sum;
};
