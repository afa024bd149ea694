import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import { compress } from '../stages/compress.ts';
import { type SerializerInfo, serialize } from '../stages/serialize.ts';
import { fileAt, homeAt } from '../storage/homes.ts';
import { isInside } from '../storage/inside.ts';
import type { S3Options } from '../storage/s3/options.ts';
import type { Home } from '../storage/storage.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { openDestination } from './backup-destination.ts';
import type { BackupInput } from './backup-input.ts';
import { BackupLedger } from './backup-ledger.ts';
import type { BackupOptions } from './backup-options.ts';
import { startOf } from './backup-start.ts';
import { pieceSizeFor } from './piece-size.ts';

/** Where a backup goes, and how it is packed: the options of `backup` of the same names. */
export interface OutputOptions
  extends Pick<
    BackupOptions,
    | 'directory'
    | 'outputFile'
    | 'output'
    | 'prefix'
    | 'fileLimit'
    | 'removeFiles'
    | 'compact'
    | 'compress'
    | 'compressionLevel'
  > {
  readonly encryption?: Encryption | undefined;
  readonly s3?: S3Options;
}

export interface WriteBackupOptions extends OutputOptions {
  /** What is written; all of it is of one. */
  readonly namespace: string;
  /** The namespace that records and indexes come with. Default: the same. */
  readonly source?: string;
  /**
   * What is known of the backup that it is made of, for the manifest. Of a begin that nobody knows it
   * says 1970, so that no incremental backup that goes on from there leaves out anything.
   */
  readonly origin?: Pick<BackupInput, 'begun' | 'modifiedAfter' | 'bins'>;
  /** What is done to the records on the way, by stages from chunks to chunks. Default: nothing. */
  readonly stages?: readonly Duplex[];
  /** What is being read: it must not be removed to make room. */
  readonly files?: readonly StoredFile[];
  readonly signal?: AbortSignal;
  /** Told of the stages that write, from `serialize` on. */
  readonly meter?: Meter | undefined;
}

/** What was written. */
export interface WrittenBackup extends SerializerInfo {
  /** Bytes that reached the storage. */
  readonly fileBytes: number;
  readonly files: number;
}

/**
 * Writes record chunks as a backup, with its manifest (a stream has none): what `backup` does with
 * what it scans, for records from anywhere.
 *
 *     await writeBackup(input.chunks(), { namespace: 'test', directory: 'out', compress: 'zstd' });
 *
 * @param chunks in object mode; globals first. Batches are released
 * @returns when all is whole, synced and closed
 * @throws AsbError what the source fails with; `EXISTS` if a backup is there; `USAGE` if it would take
 *   the place of what is being read; what the storage throws; the signal's reason. Then nothing of it
 *   is left
 */
export const writeBackup = (
  chunks: Readable,
  options: WriteBackupOptions,
): Promise<WrittenBackup> =>
  write(chunks, options)
    .catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw error;
    })
    .finally(() => chunks.destroy());

const write = async (chunks: Readable, options: WriteBackupOptions): Promise<WrittenBackup> => {
  await requireOtherPlace(options);
  const { compress: method, compressionLevel: level, signal, origin, meter } = options;
  const { manifest, safe: start } = await startOf({ ...options, ...shapeFrom(origin) });
  const safe = { ...start, begun: origin?.begun ?? new Date(0) };
  const ledger = new BackupLedger({
    safe,
    // Nobody can go on with it: what it was made of may be read again from its begin.
    state: undefined,
    manifest,
  });
  const destination = await openDestination({
    options,
    safe,
    continuing: false,
    ledger,
    largestFile: undefined,
    isComplete: () => true,
  });
  const text = serialize({
    ...options,
    reuseMemory: true,
    noteExtents: true,
    pieceSize: pieceSizeFor(options),
  });
  const packed =
    method === undefined ? {} : { compress: compress(level === undefined ? {} : { level }) };
  const { stages: between = [] } = options;
  const writing = { serialize: text, ...packed, ...destination.open() };
  meter?.watch(writing);
  const stages = [chunks, ...between, ...Object.values(writing)];
  try {
    await pipeline(stages, signal === undefined ? {} : { signal });
    await destination.finished(true);
    await ledger.finish();
  } catch (error) {
    await ledger.fail();
    const home = homeOf(options);
    for (const { name } of ledger.files) await home?.remove(name);
    throw error;
  }
  const { bytes: fileBytes, files } = destination.written();
  return { ...text.info, fileBytes, files };
};

/** Where files are that can be removed again. */
const homeOf = ({ directory, outputFile, s3 }: WriteBackupOptions): Home | undefined => {
  if (directory !== undefined) return homeAt(directory, s3);
  return outputFile === undefined ? undefined : fileAt(outputFile, s3);
};

/** What of the options of a backup still holds for one that is made of it. */
const shapeFrom = ({ modifiedAfter, bins }: Partial<BackupInput> = {}) => ({
  ...(modifiedAfter === undefined
    ? {}
    : { modifiedAfter: BigInt(modifiedAfter.getTime()) * 1_000_000n }),
  ...(bins === undefined ? {} : { bins, noBins: bins.length === 0 }),
});

/** What is in the way is removed with the first byte, when most has not been read yet. */
const requireOtherPlace = async (options: WriteBackupOptions): Promise<void> => {
  const { files = [], removeFiles = false, directory, outputFile } = options;
  const place = directory ?? outputFile;
  if (!removeFiles || place === undefined) return;
  for (const { location: file } of files) {
    if (!(await isInside(file, place))) continue;
    throw new AsbError('USAGE', `${file} is being read, and would be removed; write elsewhere`, {
      file,
      expected: 'another place',
    });
  }
};
