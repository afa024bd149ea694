import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { AsbError } from '../errors.ts';

/** zstd's levels. From 20 on they take much memory: level 22 up to 800 MB a frame in flight. */
export const MIN_LEVEL = -131_072;
export const MAX_LEVEL = 22;
export const DEFAULT_LEVEL = 3;

/** What zstd may add to content that cannot be compressed, with room to spare. */
const expansionOf = (size: number): number => (size >> 8) + 1024;

/** @throws AsbError `RANGE` for a level that zstd does not have */
export const checkLevel = (level: number): number => {
  if (Number.isInteger(level) && level >= MIN_LEVEL && level <= MAX_LEVEL) return level;
  const expected = `a whole number from ${MIN_LEVEL} to ${MAX_LEVEL}`;
  throw new AsbError('RANGE', `compression level ${level}; expected ${expected}`, { expected });
};

/**
 * zstd's parameters for a level. Frames have a checksum (XXH64): without one, damage may decode to
 * other digits and nobody sees it. At its default level the tables are half as large as zstd has them
 * (256 and 128 KiB), so that they stay in the processor's cache: 30 % faster on two kinds of data,
 * and 0.3 % larger at most (benchmarks/README.md).
 */
export const parametersOf = (level: number): Record<number, number> => ({
  [constants.ZSTD_c_compressionLevel]: level,
  [constants.ZSTD_c_checksumFlag]: 1,
  ...(level === DEFAULT_LEVEL
    ? { [constants.ZSTD_c_hashLog]: 16, [constants.ZSTD_c_chainLog]: 15 }
    : {}),
});

const compress = promisify(zstdCompress);

/**
 * Compresses `content` into one frame, on libuv's pool. The frame's header says how large the
 * content is, so that a reader can allocate it at once.
 */
export const compressFrame = (content: Buffer, level = DEFAULT_LEVEL): Promise<Buffer> =>
  compress(content, {
    chunkSize: content.length + expansionOf(content.length),
    pledgedSrcSize: content.length,
    params: parametersOf(level),
  });
