import { Transform } from 'node:stream';
import { AsbError } from '../errors.ts';
import { NdjsonWriter, type NdjsonWriterInfo } from '../ndjson/writer.ts';
import type { RecordChunk } from '../record/chunk.ts';

/** A stage from records to NDJSON. */
export interface ToNdjson extends Transform {
  /** Counts what was written; live. */
  readonly info: NdjsonWriterInfo;
}

/**
 * Writes records and globals as NDJSON, one a line: `RecordChunk`s in, whole lines of bytes out.
 * The form is in docs/ndjson.md.
 *
 *     await pipeline(scan({ seeds, namespace: 'test' }), toNdjson(), process.stdout);
 */
export const toNdjson = (): ToNdjson => {
  const writer = new NdjsonWriter();
  const stage = new Transform({
    writableObjectMode: true,
    writableHighWaterMark: 2, // batches: more would only wait in memory
    transform(chunk: RecordChunk, _encoding, done) {
      let lines: Buffer;
      try {
        lines = writer.write(chunk);
        if (chunk.kind === 'records') chunk.release();
      } catch (error) {
        if (!(error instanceof AsbError)) throw error;
        done(error);
        return;
      }
      done(null, lines);
    },
  });
  return Object.assign(stage, { info: writer.info });
};
