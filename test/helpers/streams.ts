import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Sends `chunks` through a stage, and gives what comes out. */
export const through = async <Out = Buffer>(
  chunks: Iterable<unknown>,
  ...stages: readonly NodeJS.ReadWriteStream[]
): Promise<Out[]> => {
  const out: Out[] = [];
  const sink = new Writable({
    objectMode: true,
    write(chunk: Out, _encoding, callback) {
      out.push(chunk);
      callback();
    },
  });
  await pipeline([Readable.from(chunks), ...stages, sink]);
  return out;
};

/** `bytes` in chunks of `size`. */
export const inChunks = function* (bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};
