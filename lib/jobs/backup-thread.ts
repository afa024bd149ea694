/** A worker of a backup: what runs in a thread of its own, over its own connections. */
import { addAbortSignal, type Readable } from 'node:stream';
import { EncryptionKey } from '../crypto/key.ts';
import { Meter } from '../meter/meter.ts';
import type { Coverage } from '../record/coverage.ts';
import { endingEarly } from '../stages/ending-early.ts';
import { DEFAULT_FILE_LIMIT, type RotateStage } from '../stages/rotate.ts';
import { type ScanStage, scan } from '../stages/scan.ts';
import { homeAt } from '../storage/homes.ts';
import { copyingLogger } from '../storage/s3/copied-log.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { errorOf } from '../threads/failure.ts';
import type { Link, ThreadFunction } from '../threads/link.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { BackupCounts } from './backup-counts.ts';
import { backupFiles } from './backup-files.ts';
import {
  AMID_TEXT,
  type BackupAnswer,
  type BackupOrder,
  type BackupQuestion,
  type BackupReport,
  type BackupResult,
  type FilesOrder,
  type TextBegin,
} from './backup-messages.ts';
import { freeNames } from './backup-names.ts';
import { backupPipe, type Stages } from './backup-pipe.ts';
import type { ManifestFile } from './manifest.ts';
import { PieceSink } from './piece-sink.ts';

/** Milliseconds between two looks of others at what is done here. */
const TELL_EVERY = 100;

const NO_FILES = { bytes: 0, files: [] };

class BackupWorker {
  readonly #order: BackupOrder;
  readonly #link: Link<BackupAnswer, BackupReport>;
  readonly #counts: BackupCounts;
  readonly #meter: Meter | undefined;
  readonly #cut = new AbortController();
  /** Questions that wait for an answer, by their id. */
  readonly #asked = new Map<number, PromiseWithResolvers<TextBegin>>();
  #questions = 0;
  readonly #sink: PieceSink;
  #scan: ScanStage | undefined;
  #files: RotateStage | undefined;

  constructor(order: BackupOrder, link: Link<BackupAnswer, BackupReport>) {
    this.#order = order;
    this.#link = link;
    this.#counts = new BackupCounts(order.counts);
    this.#meter = order.metered ? new Meter() : undefined;
    this.#sink = new PieceSink((piece) => link.post({ kind: 'piece', piece }));
    link.listen((answer) => this.#hear(answer));
  }

  async run(): Promise<BackupResult> {
    const { scan } = this.#order;
    const onNotice = this.#notice;
    const telling = setInterval(() => this.#tell(), TELL_EVERY);
    try {
      const cluster = await connectTo({ ...scan, onNotice });
      return await this.#withCluster(cluster).finally(() => cluster.close());
    } finally {
      clearInterval(telling);
      this.#tell();
    }
  }

  async #withCluster(cluster: Cluster): Promise<BackupResult> {
    const { signal } = this.#link;
    const cut = this.#cut.signal;
    signal.throwIfAborted();
    cut.throwIfAborted();
    const source = scan({
      ...this.#order.scan,
      cluster,
      onNotice: this.#notice,
      onHolders: (holders) => this.#link.post({ kind: 'holders', holders }),
    });
    this.#meter?.watch({ scan: source });
    this.#scan = addAbortSignal(signal, source);
    const early = endingEarly(source, () => this.#order.keeps);
    addAbortSignal(cut, early.source);
    // Who waits for an answer meanwhile is told by that.
    early.source.on('error', () => {});
    try {
      const first = await firstOf(early.source);
      if (first === null) return undefined;
      const { text, files } = this.#order;
      const begin = files === undefined ? AMID_TEXT : await this.#ask({ what: 'text' });
      for (const chunk of [first, ...begin.globals.toReversed()]) early.source.unshift(chunk);
      const written = await backupPipe({
        options: { ...text, ...(this.#meter === undefined ? {} : { meter: this.#meter }) },
        source: early.source,
        continues: begin.continues,
        to: files === undefined ? { toMain: this.#sink } : this.#filesOf(files, begin),
        signal: cut,
      });
      if (early.failure !== undefined) throw early.failure;
      return written;
    } finally {
      early.source.destroy();
    }
  }

  readonly #notice = (notice: string): void => this.#link.post({ kind: 'notice', notice });

  #filesOf(order: FilesOrder, { continues }: TextBegin): Stages {
    const { directory, encryption, prefix, kept, nextName } = order;
    const { fileLimit = DEFAULT_FILE_LIMIT } = this.#order.text;
    const names = freeNames(prefix, kept);
    const next = new Int32Array(nextName);
    const rotate = backupFiles({
      options: {
        fileLimit,
        encryption: encryption && {
          mode: encryption.mode,
          key: EncryptionKey.fromThread(encryption.key),
        },
      },
      storage: homeAt(directory, { ...this.#s3Of(order), largestFile: fileLimit }),
      begin: async () => {
        await this.#ask({ what: 'place' });
      },
      // The first of all files has the first name, which nobody else takes.
      nameOf: (index) =>
        names.at(index === 0 && continues === undefined ? 0 : Atomics.add(next, 0, 1)),
      onFile: async (file: ManifestFile, coverage: Coverage) => {
        this.#tell();
        await this.#ask({ what: 'file', file, coverage: coverage.packed() });
      },
    });
    this.#files = rotate;
    return { rotate };
  }

  #s3Of({ s3, logged }: FilesOrder): S3Options {
    const onNotice = this.#notice;
    if (!logged) return { ...s3, onNotice };
    const logger = copyingLogger((line) => this.#link.post({ kind: 'log', line }));
    return { ...s3, onNotice, logger };
  }

  #ask(question: BackupQuestion): Promise<TextBegin> {
    const asked = Promise.withResolvers<TextBegin>();
    const id = this.#questions++;
    this.#asked.set(id, asked);
    this.#link.post({ kind: 'question', id, question });
    return asked.promise;
  }

  #hear(answer: BackupAnswer): void {
    if (answer.kind === 'taken') this.#sink.taken(answer.back);
    else if (answer.kind === 'answer') this.#answered(answer.id)?.resolve(answer.begin);
    else if (answer.kind === 'refusal') this.#answered(answer.id)?.reject(errorOf(answer.failure));
    else {
      const reason = errorOf(answer.failure);
      this.#cut.abort(reason);
      for (const { reject } of this.#asked.values()) reject(reason);
    }
  }

  #answered(id: number): PromiseWithResolvers<TextBegin> | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #tell(): void {
    const { bytes, files } = this.#files?.info ?? NO_FILES;
    if (this.#scan !== undefined)
      this.#counts.store(this.#scan.info, { bytes, files: files.length });
    if (this.#meter !== undefined) {
      this.#link.post({ kind: 'figures', figures: this.#meter.figures() });
    }
  }
}

/** The first chunk of a source in object mode; `null` if there is none. */
const firstOf = (source: Readable): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      source.off('readable', onReadable).off('end', onEnd).off('error', onError);
      act();
    };
    const onReadable = (): void => {
      const chunk: unknown = source.read();
      if (chunk !== null) settle(() => resolve(chunk));
    };
    const onEnd = (): void => settle(() => resolve(null));
    const onError = (error: unknown): void => settle(() => reject(error));
    source.on('readable', onReadable).on('end', onEnd).on('error', onError);
  });

/** Backs up the partitions that it is told of: to files of its own, or in pieces to who started it. */
export const run: ThreadFunction<BackupOrder, BackupAnswer, BackupReport, BackupResult> = (
  order,
  link,
) => new BackupWorker(order, link).run();
