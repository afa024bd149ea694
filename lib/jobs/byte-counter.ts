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

/** @param before what must be done before the first bytes go on */
export const byteCounter = (before: () => Promise<void> = async () => {}): ByteCounter => {
  const info = { bytes: 0, coverage: new Coverage() };
  let ready: Promise<void> | undefined;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const extent = extentOf(chunk);
      if (extent !== undefined) info.coverage.add(extent);
      info.bytes += chunk.length;
      ready ??= before();
      ready.then(() => done(null, chunk), done);
    },
  });
  return Object.assign(counter, { info });
};
