import { pipeline } from 'node:stream';
import type { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { SecondaryIndex, UdfModule } from '../record/globals.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import { Profile } from '../select/profile.ts';
import { type FilterOptions, filter } from '../stages/filter.ts';
import type { BackupInput } from './backup-input.ts';

export interface InspectOptions {
  /** Looks only at these records, and at these of their bins. Default: all. */
  readonly select?: FilterOptions;
  /** From when it counts how long records live. Default: now. */
  readonly now?: Date;
}

/** What is in a backup. */
export interface Inspection {
  /** Records that were looked at. */
  readonly records: number;
  /** What takes the space in them. */
  readonly profile: Profile;
  readonly indexes: readonly SecondaryIndex[];
  readonly udfs: readonly UdfModule[];
}

/**
 * Reads a backup to its end, and tells what is in it.
 *
 *     const { profile } = await inspect(await openInput({ paths: ['out'] }));
 *
 * @throws AsbError what is wrong in the backup; what a predicate throws; what aborts the input
 */
export const inspect = async (
  input: BackupInput,
  { select = {}, now = new Date() }: InspectOptions = {},
): Promise<Inspection> => {
  const profile = new Profile(Math.floor(now.getTime() / 1000) - EPOCH_SECONDS);
  const indexes: SecondaryIndex[] = [];
  const udfs: UdfModule[] = [];
  let records = 0;
  for await (const chunk of selected(input, select)) {
    if (chunk.kind === 'index') {
      indexes.push(chunk);
    } else if (chunk.kind === 'udf') {
      udfs.push(chunk);
    } else {
      profile.add(chunk);
      records += chunk.length;
      chunk.release();
    }
  }
  return { records, profile, indexes, udfs };
};

export interface FindOptions {
  readonly select: FilterOptions;
  /** Stops reading when so many were found. Default: reads on to the end. */
  readonly most?: number;
}

/**
 * Looks for records, and reads no further than it must.
 *
 * @returns batches, each good until the next is asked for
 * @throws AsbError as {@link inspect}, for what was read
 */
export const findRecords = async function* (
  input: BackupInput,
  { select, most = Number.POSITIVE_INFINITY }: FindOptions,
): AsyncGenerator<RecordBatch> {
  let left = most;
  if (left === 0) return;
  for await (const chunk of selected(input, select)) {
    if (chunk.kind !== 'records') continue;
    let index = 0;
    const batch = chunk.length > left ? chunk.filter(() => index++ < left) : chunk;
    yield batch;
    left -= batch.length;
    batch.release();
    if (left === 0) return;
  }
};

/** What fails while it is read fails here; who stops reading ends it. */
const selected = (input: BackupInput, select: FilterOptions): AsyncIterable<RecordChunk> => {
  const stage = filter(select);
  pipeline([input.chunks(), stage], () => {});
  return stage;
};
