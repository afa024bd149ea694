import { constants, zstdCompress } from 'node:zlib';
import { AsbError } from '../errors.ts';

/** zstd's levels. From 20 on they take much memory: level 22 up to 800 MB a frame in flight. */
export const MIN_LEVEL = -131_072;
export const MAX_LEVEL = 22;
export const DEFAULT_LEVEL = 3;

/** Output comes in buffers of this size; with zlib's default of 16 KiB it takes twice the time. */
const OUTPUT_SIZE = 128 * 1024;

/** @throws AsbError `RANGE` for a level that zstd does not have */
export const checkLevel = (level: number): number => {
  if (Number.isInteger(level) && level >= MIN_LEVEL && level <= MAX_LEVEL) return level;
  const expected = `a whole number from ${MIN_LEVEL} to ${MAX_LEVEL}`;
  throw new AsbError('RANGE', `compression level ${level}; expected ${expected}`, { expected });
};

/**
 * Compresses `content` into one frame, on libuv's pool. The frame's header says how large the
 * content is, so that a reader can allocate it at once.
 *
 */
export const compressFrame = (content: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> => {
  const options = {
    chunkSize: OUTPUT_SIZE,
    pledgedSrcSize: content.length,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  };
  return new Promise((resolve, reject) => {
    zstdCompress(content, options, (error, frame) => {
      if (error) reject(error);
      else resolve(frame);
    });
  });
};
