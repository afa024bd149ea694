import { toError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import { Coverage } from '../record/coverage.ts';
import type { Global } from '../record/globals.ts';
import { logCopied } from '../storage/s3/copied-log.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { failureOf } from '../threads/failure.ts';
import { moduleBeside, startThread, type Thread } from '../threads/thread.ts';
import { type HolderBitmaps, Holders } from '../wire/scan/holders.ts';
import { BackupCounts } from './backup-counts.ts';
import {
  AMID_TEXT,
  type BackupAnswer,
  type BackupOrder,
  type BackupQuestion,
  type BackupReport,
  type BackupResult,
  type TextBegin,
} from './backup-messages.ts';
import type { ManifestFile } from './manifest.ts';
import type { SharedPiece } from './piece-sink.ts';
import type { PieceSource } from './piece-source.ts';

export interface BackupWorkersOptions {
  /** One for each worker. */
  readonly orders: readonly Omit<BackupOrder, 'counts'>[];
  /** What stands at the begin of the first file; `undefined` if that is there. */
  readonly globals: readonly Global[] | undefined;
  /** Makes a directory ready, before the first file of whatever worker. Default: there is nothing to do. */
  readonly begin?: (() => Promise<void>) | undefined;
  /** Told of each file that is whole and durable, one after the other. */
  readonly addFile: (file: ManifestFile, coverage: Coverage) => Promise<void>;
  /** Takes what workers that have no files give. */
  readonly pieces?: PieceSource;
  /** Who held the partitions, as far as it is known. */
  readonly holders: HolderBitmaps;
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Told what workers ask S3. */
  readonly s3Logger?: S3Options['logger'] | undefined;
  readonly meter?: Meter | undefined;
  /** URL of the module that they run. Default: what backs up. */
  readonly module?: string;
}

/** One thread, and what it tells. */
interface Worker {
  readonly name: string;
  readonly counts: BackupCounts;
  readonly thread: Thread<BackupAnswer, BackupResult>;
  /** Settled when it is known who held its partitions. */
  readonly asks: PromiseWithResolvers<void>;
  readonly take: ((piece: SharedPiece) => void) | undefined;
}

/**
 * Threads that back up a share of the partitions each, over connections of their own. What there is one of
 * is here: the first file, the books, the output.
 *
 * The first that fails ends all: the others bring what they have read to an end in order.
 */
export class BackupWorkers {
  readonly #options: BackupWorkersOptions;
  readonly #holders: Holders;
  readonly #workers: readonly Worker[];
  /** Settled when all partitions are asked for: nothing becomes safe of a backup that knows not of whom it is. */
  readonly #allAsk: Promise<unknown>;
  /** What is done to the place and in the books: one after the other, and to its end before all ends. */
  #booked: Promise<void> = Promise.resolve();
  #globals: readonly Global[] | undefined;
  #failure: Error | undefined;
  /**
   * What each has written, when all threads have ended.
   * Rejects with the first failure, with its code and facts, when all threads have ended.
   */
  readonly done: Promise<readonly BackupResult[]>;

  constructor(options: BackupWorkersOptions) {
    this.#options = options;
    this.#globals = options.globals;
    this.#holders = new Holders(options.holders);
    this.#workers = options.orders.map((order, index) => this.#start(order, `worker ${index + 1}`));
    this.#allAsk = Promise.all(this.#workers.map(({ asks }) => asks.promise));
    // Told to whoever asks; a failure before is that of its worker.
    this.#allAsk.catch(() => {});
    this.done = this.#untilAllEnd();
    this.done.catch(() => {});
  }

  /** Who held the partitions that have been asked for. */
  get holders(): HolderBitmaps {
    return this.#holders.bitmaps;
  }

  /** How far all scans are, together. */
  get scanned(): BackupCounts['scan'] {
    const sum = { records: 0, partitionsSeen: 0, retries: 0 };
    for (const { counts } of this.#workers) {
      const { records, partitionsSeen, retries } = counts.scan;
      sum.records += records;
      sum.partitionsSeen += partitionsSeen;
      sum.retries += retries;
    }
    return sum;
  }

  /** What all have written to files of their own. */
  get written(): BackupCounts['written'] {
    let [bytes, files] = [0, 0];
    for (const { counts } of this.#workers) {
      bytes += counts.written.bytes;
      files += counts.written.files;
    }
    return { bytes, files };
  }

  /** Ends in order: what was read is brought where it belongs. */
  abort(reason: unknown): void {
    for (const { thread } of this.#workers) thread.abort(reason);
  }

  /** Ends at once. */
  cut(reason: unknown): void {
    this.#failure ??= toError(reason);
    for (const { thread } of this.#workers) {
      thread.post({ kind: 'cut', failure: failureOf(reason) });
    }
  }

  #start(order: Omit<BackupOrder, 'counts'>, name: string): Worker {
    const counts = new BackupCounts();
    const { module = moduleBeside('./backup-thread', import.meta.url), pieces } = this.#options;
    const data: BackupOrder = { ...order, counts: counts.memory };
    const thread = startThread<BackupAnswer, BackupReport, BackupResult>({
      name: `backup ${name}`,
      module,
      data,
      onMessage: (report) => this.#hear(worker, report),
    });
    const take = pieces?.lane((back) => thread.post({ kind: 'taken', back }));
    const worker: Worker = { name, counts, thread, asks: Promise.withResolvers(), take };
    return worker;
  }

  async #untilAllEnd(): Promise<readonly BackupResult[]> {
    const results = await Promise.all(
      this.#workers.map(({ thread, asks }) =>
        thread.done.then(
          (result) => {
            asks.resolve();
            return result;
          },
          (error: unknown) => {
            this.#failure ??= toError(error);
            asks.reject(this.#failure);
            this.abort(this.#failure);
            return undefined;
          },
        ),
      ),
    );
    // Who asked for it may be gone; what fails there was told to who asked.
    await this.#booked.catch(() => {});
    if (this.#failure !== undefined) throw this.#failure;
    return results;
  }

  #hear(worker: Worker, report: BackupReport): void {
    const { onNotice, meter, s3Logger } = this.#options;
    if (report.kind === 'piece') worker.take?.(report.piece);
    else if (report.kind === 'notice') onNotice?.(`${worker.name}: ${report.notice}`);
    else if (report.kind === 'log') logCopied(s3Logger, report.line);
    else if (report.kind === 'figures') meter?.take(worker.name, report.figures);
    else if (report.kind === 'holders') {
      this.#holders.add(report.holders);
      worker.asks.resolve();
    } else {
      const { id } = report;
      this.#answer(report.question).then(
        (begin) => worker.thread.post({ kind: 'answer', id, begin }),
        (error) => worker.thread.post({ kind: 'refusal', id, failure: failureOf(error) }),
      );
    }
  }

  async #answer(question: BackupQuestion): Promise<TextBegin> {
    const { begin, addFile } = this.#options;
    if (question.what === 'text') {
      await this.#allAsk;
      return this.#textBegin();
    }
    this.#booked = this.#booked.then(() =>
      question.what === 'place'
        ? begin?.()
        : addFile(question.file, Coverage.unpack(question.coverage)),
    );
    await this.#booked;
    return AMID_TEXT;
  }

  /** Whoever asks first writes the first file. */
  #textBegin(): TextBegin {
    if (this.#globals === undefined) return { continues: 'file', globals: [] };
    const globals = this.#globals;
    this.#globals = undefined;
    return { continues: undefined, globals };
  }
}
