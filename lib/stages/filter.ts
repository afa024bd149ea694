import { Transform } from 'node:stream';
import { toError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Global } from '../record/globals.ts';
import type { AsbRecord } from '../record/record.ts';
import { BinChoice, type BinChoiceOptions } from '../select/bin-choice.ts';
import { type SelectionOptions, Selector } from '../select/selector.ts';

/** What goes on: which records, which of their bins, and which globals. */
export interface FilterOptions extends SelectionOptions, BinChoiceOptions {
  /** Leaves out records. */
  readonly noRecords?: boolean;
  /** Leaves out secondary indexes. Those of sets that are left out go in any case. */
  readonly noIndexes?: boolean;
  /** Leaves out UDF modules. */
  readonly noUdfs?: boolean;
}

/** What came so far, and what of it went on. */
export interface FilterInfo {
  read: number;
  kept: number;
  /** Secondary indexes that were left out. */
  indexesLeftOut: number;
  /** UDF modules that were left out. */
  udfsLeftOut: number;
}

/** A `filter` stage: record chunks in, record chunks out. */
export interface FilterStage extends Transform {
  /** Counts; live. */
  readonly info: FilterInfo;
  /** Names of `bins` or `dropBins` of which no record that went on had a bin so far. */
  readonly missingBins: () => readonly Uint8Array[];
}

/** Record chunks that may wait on either side: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;

/**
 * Hands on the records that are wanted, and the indexes and UDF modules that belong to them. Batches
 * of which nothing is wanted are released.
 *
 *     filter({ sets: ['users'], bins: ['name', 'age'] })
 *     filter((record) => record.generation > 1)
 *
 * The stream fails with what a predicate throws; see `Selector` for more.
 *
 * @param wanted a predicate, or options, all of which a record must meet
 */
export const filter = (
  wanted: FilterOptions | ((record: AsbRecord) => boolean) = {},
): FilterStage => {
  const options = typeof wanted === 'function' ? { where: wanted } : wanted;
  const { noRecords = false, noIndexes = false, noUdfs = false } = options;
  const selector = new Selector(options);
  const binChoice = new BinChoice(options);
  const info: FilterInfo = { read: 0, kept: 0, indexesLeftOut: 0, udfsLeftOut: 0 };

  const records = (batch: RecordBatch): RecordBatch | undefined => {
    info.read += batch.length;
    const selected = noRecords ? undefined : selector.select(batch);
    if (selected === undefined || selected.length === 0) {
      batch.release();
      return undefined;
    }
    info.kept += selected.length;
    return binChoice.apply(selected);
  };
  const global = (chunk: Global): Global | undefined => {
    if (chunk.kind === 'index') {
      if (!noIndexes && selector.keepsIndex(chunk)) return chunk;
      info.indexesLeftOut++;
      return undefined;
    }
    if (!noUdfs) return chunk;
    info.udfsLeftOut++;
    return undefined;
  };

  const stage = new Transform({
    objectMode: true,
    highWaterMark: CHUNKS_WAITING,
    transform(chunk: RecordChunk, _encoding, done) {
      try {
        done(null, chunk.kind === 'records' ? records(chunk) : global(chunk));
      } catch (error) {
        done(toError(error));
      }
    },
  });
  return Object.assign(stage, { info, missingBins: () => binChoice.missing() });
};
