import { Transform } from 'node:stream';
import { toError } from '../errors.ts';
import { NdjsonWriter, type NdjsonWriterInfo } from '../ndjson/writer.ts';
import type { RecordChunk } from '../record/chunk.ts';

export interface ToNdjsonOptions {
  /**
   * Writes into memory that was given back (`giveBack`), as `asb scan` does with lines that it has
   * written. Only for a pipeline in which nobody keeps the lines. Default false.
   */
  readonly reuseMemory?: boolean;
}

/** A stage from records to NDJSON. */
export interface ToNdjson extends Transform {
  /** Counts what was written; live. */
  readonly info: NdjsonWriterInfo;
}

/** Bytes of lines that may wait for the next stage. */
const LINES_WAITING = 1024 * 1024;
/** Record chunks that may wait: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;

/**
 * Writes records and globals as NDJSON, one a line: `RecordChunk`s in, whole lines of bytes out.
 * The form is in docs/ndjson.md. Batches are released when they are written.
 *
 *     await pipeline(scan({ seeds, namespace: 'test' }), toNdjson(), process.stdout);
 *
 * @throws AsbError (as the stream's error) `FORMAT` for a record in which two bins have one name
 */
export const toNdjson = (options: ToNdjsonOptions = {}): ToNdjson => {
  const writer = new NdjsonWriter(options);
  const stage: Transform = new Transform({
    writableObjectMode: true,
    writableHighWaterMark: CHUNKS_WAITING,
    readableHighWaterMark: LINES_WAITING,
    transform(chunk: RecordChunk, _encoding, done) {
      try {
        for (const lines of writer.write(chunk)) stage.push(lines);
      } catch (error) {
        done(toError(error));
        return;
      }
      done();
    },
  });
  return Object.assign(stage, { info: writer.info });
};
