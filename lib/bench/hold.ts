import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { parse } from '../stages/parse.ts';
import { unpack } from '../stages/unpack.ts';
import { generateRecords, NAMESPACE } from './data.ts';
import type { DataOptions } from './data-options.ts';

/** Bytes of records that are held unless somebody says how many. */
export const DEFAULT_MEMORY = 256 * 1024 * 1024;

/** Records in memory, which a benchmark goes over again and again. */
export interface Held {
  readonly namespace: string;
  readonly chunks: readonly RecordChunk[];
  readonly records: number;
  /** Bytes of the records, as they are on the wire. */
  readonly bytes: number;
  /** Whether there were more than the memory is for. */
  readonly isCut: boolean;
}

export interface HoldOptions {
  /** Bytes of records that are held; what comes behind them is left out. 256 MiB if left out. */
  readonly memory?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes from the first message to the end of the last. */
export const extentOfBatch = ({ offsets }: RecordBatch): number =>
  offsets.length === 0 ? 0 : offsets.at(-1)! - offsets[0]!;

/** A batch in memory of its own, and no more than it needs. */
const owned = (batch: RecordBatch): RecordBatch => {
  const [start = 0] = batch.offsets;
  const bytes = Buffer.from(batch.bytes.subarray(start, start + extentOfBatch(batch)));
  return new RecordBatch(
    bytes,
    batch.offsets.map((offset) => offset - start),
  );
};

/**
 * Generates records, and holds them.
 * @throws AsbError as {@link generateRecords}; the signal's reason
 */
export const holdGenerated = (data: DataOptions, options: HoldOptions): Promise<Held> =>
  hold(generateRecords(data), () => NAMESPACE, options);

/** How bytes are read that are to be held. */
export interface HoldBytesOptions extends HoldOptions {
  /** How the backup is encrypted, if it is. */
  readonly encryption?: Encryption | undefined;
}

/**
 * Reads a backup, .asb text or zstd frames of it, and holds its records. What comes behind them is
 * not read.
 *
 * @throws AsbError as `unpack` and `parse`; `EMPTY` without records; the signal's reason
 */
export const holdBytes = async (
  input: Readable,
  { encryption, ...options }: HoldBytesOptions,
): Promise<Held> => {
  const records = parse({ reuseMemory: true });
  const { signal } = options;
  // Also while nothing comes.
  if (signal !== undefined) addAbortSignal(signal, input);
  // What fails is told to who reads the records.
  pipeline(input, unpack({ encryption }), records, () => {});
  const held = await hold(records, () => records.info.namespace ?? '', options).catch(
    (error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    },
  );
  if (held.records > 0) return held;
  throw new AsbError('EMPTY', 'there are no records in what was read: nothing can be measured');
};

const hold = async (
  source: Iterable<RecordChunk> | AsyncIterable<RecordChunk>,
  namespace: () => string,
  { memory = DEFAULT_MEMORY, signal }: HoldOptions,
): Promise<Held> => {
  const chunks: RecordChunk[] = [];
  let records = 0;
  let bytes = 0;
  let isCut = false;
  for await (const chunk of source) {
    // One more was there than could be held.
    isCut = bytes >= memory;
    if (isCut) break;
    if (chunk.kind === 'records') {
      const batch = owned(chunk);
      chunk.release();
      chunks.push(batch);
      records += batch.length;
      bytes += batch.bytes.length;
    } else {
      chunks.push(chunk);
    }
    // A signal is heard between two batches.
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { namespace: namespace(), chunks, records, bytes, isCut };
};
