import { Transform } from 'node:stream';
import { Coverage } from '../record/coverage.ts';
import { extentOf } from '../record/extent.ts';

/** A stage that passes bytes on and counts them. */
export interface ByteCounter extends Transform {
  readonly info: {
    readonly bytes: number;
    /** What they hold, as far as their chunks have notes (`extentOf`). */
    readonly coverage: Coverage;
  };
}

export const byteCounter = (): ByteCounter => {
  const info = { bytes: 0, coverage: new Coverage() };
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const extent = extentOf(chunk);
      if (extent !== undefined) info.coverage.add(extent);
      info.bytes += chunk.length;
      done(null, chunk);
    },
  });
  return Object.assign(counter, { info });
};
