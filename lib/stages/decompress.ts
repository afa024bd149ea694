import type { Duplex } from 'node:stream';
import { type DecoderOptions, FrameDecoder } from '../zstd/decoder.ts';
import { asyncTransform } from './async-transform.ts';

export interface DecompressInfo {
  /** Frames read, skippable ones too. */
  readonly frames: number;
  /** Bytes of frames taken, and of content given out. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A `decompress` stage: frames go in, what is in them comes out. */
export interface DecompressStage extends Duplex {
  readonly info: DecompressInfo;
}

/**
 * zstd frames in, cut anywhere and written by anyone; their content out, cut anywhere. A frame
 * may be as long as the file: it streams.
 *
 * The stream fails with AsbError `FORMAT` for bytes that are no zstd, also behind the last frame;
 * `TRUNCATED` for input that is cut off or empty, or if an earlier stage said that it failed;
 * `LIMIT` for a window over `windowLog`.
 */
export const decompress = (options: DecoderOptions = {}): DecompressStage => {
  const decoder = new FrameDecoder(options);
  const info = { frames: 0, bytesIn: 0, bytesOut: 0 };
  const stage = asyncTransform({
    async transform(chunk, push) {
      info.bytesIn += chunk.length;
      for (const piece of decoder.split(chunk)) {
        for await (const content of decoder.decode(piece)) {
          info.bytesOut += content.length;
          await push(content);
        }
        info.frames = decoder.frames;
      }
    },
    async flush() {
      decoder.end();
    },
    close: () => decoder.close(),
  });
  return Object.assign(stage, { info });
};
