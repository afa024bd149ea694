import { spawnSync } from 'node:child_process';
import { constants, type ZstdOptions, zstdCompressSync } from 'node:zlib';
import type { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { SKIPPABLE_MAGIC } from '../../lib/zstd/magic.ts';

/** A zstd frame. */
export const frame = (
  content: string | Buffer,
  params: NonNullable<ZstdOptions['params']> = {},
): Buffer => zstdCompressSync(content, { params });

/** A frame with a checksum behind it. */
export const checkedFrame = (content: string | Buffer): Buffer =>
  frame(content, { [constants.ZSTD_c_checksumFlag]: 1 });

/** A frame that decoders pass over. */
export const skippable = (content: string, magic = SKIPPABLE_MAGIC): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(magic, 0);
  head.writeUInt32LE(Buffer.byteLength(content), 4);
  return Buffer.concat([head, Buffer.from(content)]);
};

/** Walks all of `chunks` to the end. @returns how many frames there were */
export const walkAll = (walker: FrameWalker, chunks: Iterable<Buffer>): number => {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) at = walker.walk(chunk, at);
  }
  walker.end();
  return walker.frames;
};

/** Those of `commands` that this machine has. */
export const installed = (...commands: readonly string[]): string[] =>
  commands.filter((command) => spawnSync(command, ['--version']).error === undefined);
