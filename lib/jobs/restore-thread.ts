/** A worker of a restore: what runs in a thread of its own, over its own connections. */
import type { KeyObject } from 'node:crypto';
import { EncryptionKey, type EncryptionMode } from '../crypto/key.ts';
import { Meter, type StageFigures } from '../meter/meter.ts';
import { foundFiles } from '../storage/homes.ts';
import { copyingLogger, type S3LogLine } from '../storage/s3/copied-log.ts';
import type { S3Options } from '../storage/s3/options.ts';
import type { FoundFile } from '../storage/stored-file.ts';
import type { ThreadFunction } from '../threads/link.ts';
import { connectTo } from '../wire/connect.ts';
import type { ExpectedFile } from './file-check.ts';
import { LoadCounts } from './load-counts.ts';
import type { ReadFile } from './restore-file.ts';
import { RestoreLoader } from './restore-loader.ts';
import type { RestoreOptions } from './restore-options.ts';

/** What a worker begins with: all that can be copied. */
export interface RestoreThreadData {
  /** The job's, with what is this worker's share of it. */
  readonly options: Omit<
    RestoreOptions,
    'encryption' | 'input' | 'logger' | 'meter' | 'onNotice' | 's3' | 'time'
  >;
  readonly encryption: { readonly mode: EncryptionMode; readonly key: KeyObject } | undefined;
  readonly s3: Omit<S3Options, 'client' | 'logger' | 'onNotice'>;
  /** Whether somebody wants to know what S3 is asked. */
  readonly logsS3: boolean;
  /** Of a {@link LoadCounts}: where this worker counts. */
  readonly counts: SharedArrayBuffer;
  /** Whether its stages are watched. */
  readonly metered: boolean;
}

/** What a worker is told to do. It answers what it has done; behind `finish` it ends. */
export type RestoreOrder =
  | {
      readonly kind: 'load';
      readonly id: number;
      readonly file: FoundFile;
      readonly expected: ExpectedFile | undefined;
    }
  | { readonly kind: 'flush' }
  | { readonly kind: 'finish' };

/** What a worker tells by itself. */
export type RestoreNews =
  | { readonly kind: 'notice'; readonly notice: string }
  | { readonly kind: 's3'; readonly line: S3LogLine }
  | { readonly kind: 'figures'; readonly figures: readonly StageFigures[] };

/** What a worker tells. */
export type RestoreReport =
  | RestoreNews
  | { readonly kind: 'loaded'; readonly id: number; readonly read: ReadFile }
  | { readonly kind: 'flushed' };

/** Milliseconds between two reports of what its stages do. */
const TELL_EVERY = 100;

/** Loads the files that it is told to load, until it is told to finish, or something fails. */
export const run: ThreadFunction<RestoreThreadData, RestoreOrder, RestoreReport, void> = async (
  { options: plain, encryption, counts: memory, metered, logsS3, ...data },
  link,
) => {
  const onNotice = (notice: string): void => link.post({ kind: 'notice', notice });
  const logger = copyingLogger((line) => link.post({ kind: 's3', line }));
  const s3 = { ...data.s3, ...(logsS3 ? { logger } : {}) };
  const meter = metered ? new Meter() : undefined;
  const options = { ...plain, s3, onNotice, meter, ...encryptedWith(encryption) };
  const failed = new AbortController();
  const signal = AbortSignal.any([link.signal, failed.signal]);
  const cluster = await connectTo(options);
  const counts = new LoadCounts(memory);
  let due = 0;
  const tell = (): void => {
    if (meter !== undefined) link.post({ kind: 'figures', figures: meter.figures() });
    due = performance.now() + TELL_EVERY;
  };
  const onProgress = (): void => {
    counts.store(loader.info, loader.bytesRead);
    if (performance.now() >= due) tell();
  };
  const loader = new RestoreLoader(cluster, { options, signal, skipHeads: true, onProgress });
  const open = foundFiles(s3);
  const { promise: finished, resolve: finish, reject: end } = Promise.withResolvers<void>();
  const obey = async (order: RestoreOrder): Promise<void> => {
    if (order.kind === 'finish') {
      await loader.finish();
      finish();
    } else if (order.kind === 'flush') {
      await loader.flush();
      link.post({ kind: 'flushed' });
    } else {
      const read = await loader.load(open(order.file), order.expected);
      link.post({ kind: 'loaded', id: order.id, read });
    }
  };
  try {
    signal.throwIfAborted();
    // The first failure is that of all: what else is under way ends at once.
    signal.addEventListener('abort', () => {
      loader.close();
      end(signal.reason);
    });
    link.listen((order) => {
      obey(order).catch((error: unknown) => failed.abort(error));
    });
    await finished;
  } finally {
    tell();
    loader.close();
    cluster.close();
  }
};

const encryptedWith = (
  encryption: RestoreThreadData['encryption'],
): Pick<RestoreOptions, 'encryption'> =>
  encryption === undefined
    ? {}
    : { encryption: { mode: encryption.mode, key: EncryptionKey.fromThread(encryption.key) } };
