import { Transform } from 'node:stream';
import { CsvWriter, type CsvWriterInfo, type CsvWriterOptions } from '../csv/writer.ts';
import { toError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';

export type { BinColumn } from '../csv/columns.ts';
export type { CsvWriterInfo, CsvWriterOptions };

/** A stage from records to CSV. */
export interface ToCsv extends Transform {
  /** Counts what was written; live. */
  readonly info: CsvWriterInfo;
}

/** Bytes of lines that may wait for the next stage. */
const LINES_WAITING = 1024 * 1024;
/** Record chunks that may wait: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;
const NOTHING = Buffer.alloc(0);

/**
 * Writes records as CSV, one a line, behind a line of names: `RecordChunk`s in, whole lines of bytes
 * out. Indexes and UDF modules have no place in a table, and are left out. Batches are released.
 *
 *     toCsv({ bins: [parseColumn('name:string'), parseColumn('age')] })
 *
 * @throws AsbError `USAGE` for no column at all, two of one name, and what can be no delimiter; as the
 *   stream's error `FORMAT`, with the record's digest, for a value that is not of its column's type
 */
export const toCsv = (options: CsvWriterOptions): ToCsv => {
  const writer = new CsvWriter(options);
  let begun = false;
  const give = (make: () => Buffer, done: (error?: Error) => void): void => {
    try {
      const head = begun ? [] : [writer.head()];
      begun = true;
      for (const lines of [...head, make()]) if (lines.length > 0) stage.push(lines);
    } catch (error) {
      done(toError(error));
      return;
    }
    done();
  };
  const stage: Transform = new Transform({
    writableObjectMode: true,
    writableHighWaterMark: CHUNKS_WAITING,
    readableHighWaterMark: LINES_WAITING,
    transform: (chunk: RecordChunk, _encoding, done) => give(() => writer.write(chunk), done),
    flush: (done) => give(() => NOTHING, done),
  });
  return Object.assign(stage, { info: writer.info });
};
