import { Transform } from 'node:stream';

/** A stage that passes bytes on and counts them. */
export interface ByteCounter extends Transform {
  readonly info: { readonly bytes: number };
}

export const byteCounter = (): ByteCounter => {
  const info = { bytes: 0 };
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      info.bytes += chunk.length;
      done(null, chunk);
    },
  });
  return Object.assign(counter, { info });
};
