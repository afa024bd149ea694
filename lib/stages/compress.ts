import type { Duplex } from 'node:stream';
import { AsbError } from '../errors.ts';
import { BufferPool, giveBack, type PooledBuffer } from '../memory/buffer-pool.ts';
import { BACKGROUND } from '../meter/probe.ts';
import { Extent, extentOf, noteExtent } from '../record/extent.ts';
import { checkLevel, DEFAULT_LEVEL } from '../zstd/encoder.ts';
import { FrameEncoder } from '../zstd/frame-encoder.ts';
import { asyncTransform, type Push } from './async-transform.ts';

/** Content of a frame, in bytes. With 1 MiB the ratio falls by a tenth; more than 3 MiB bring nothing. */
export const DEFAULT_FRAME_SIZE = 3 * 1024 * 1024;
/** A frame ends with the chunk that fills it; so it may become larger by one. */
const FRAME_SLACK = 256 * 1024;
/** Frames in flight: with more than two, memory grows and nothing else does. */
export const DEFAULT_CONCURRENCY = 2;

export interface CompressOptions {
  /** zstd's level, -131072 to 22; 3 if left out. */
  readonly level?: number;
  /** About how many bytes of whole units go into a frame; 3 MiB if left out. */
  readonly frameSize?: number;
  /** How many frames are compressed at a time, on libuv's pool; 2 if left out. */
  readonly concurrency?: number;
}

export interface CompressInfo {
  readonly frames: number;
  /** Bytes of text taken, and of frames given out. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A `compress` stage: text goes in, frames come out. */
export interface CompressStage extends Duplex {
  readonly info: CompressInfo;
}

/**
 * Text in, frames out: gathers whole units up to about `frameSize` and makes a zstd frame of
 * them. Each chunk it gives out is one whole frame, in the order of the input. It holds
 * `concurrency` + 1 frames at most.
 *
 * Its input must be chunks of whole units, as `serialize` and `units` give them; so `rotate` may
 * cut between any two frames. What is noted of the chunks (`extentOf`) is noted of their frame.
 *
 * @throws AsbError `RANGE` for an option that is out of range; the stream fails with `TRUNCATED`
 *   if there is no input at all, since .asb text is never empty
 */
export const compress = ({
  level = DEFAULT_LEVEL,
  frameSize = DEFAULT_FRAME_SIZE,
  concurrency = DEFAULT_CONCURRENCY,
}: CompressOptions = {}): CompressStage => {
  checkLevel(level);
  checkCount('frameSize', frameSize);
  checkCount('concurrency', concurrency);
  const info = { frames: 0, bytesIn: 0, bytesOut: 0 };
  const jobs: Promise<Buffer>[] = [];
  const contentSize = frameSize + FRAME_SLACK;
  const idle = Array.from({ length: concurrency }, () => new FrameEncoder(level, contentSize));
  // Memory for one that gathers, and for each that is compressed; and as much for the frames.
  const contents = new BufferPool(contentSize, concurrency + 1);
  const frames = new BufferPool(contentSize, concurrency + 1);
  let closed = false;
  let gathered: PooledBuffer | undefined;
  let extent: Extent | undefined;
  let size = 0;

  const emit = async (push: Push): Promise<void> => {
    const frame = await jobs[0]!;
    jobs.shift();
    info.frames++;
    info.bytesOut += frame.length;
    await push(frame);
  };
  const compressWith = async (encoder: FrameEncoder, content: PooledBuffer, length: number) => {
    const held = extent;
    stage.emit(BACKGROUND, concurrency - idle.length);
    try {
      const frame = await encoder.encode(content.bytes.subarray(0, length), frames);
      if (held !== undefined) noteExtent(frame, held);
      return frame;
    } finally {
      content.release();
      if (closed) encoder.close();
      else idle.push(encoder);
      stage.emit(BACKGROUND, concurrency - idle.length);
    }
  };
  const start = async (content: PooledBuffer, push: Push): Promise<void> => {
    // With fewer jobs than encoders, one is idle.
    while (jobs.length >= concurrency) await emit(push);
    const job = compressWith(idle.pop()!, content, size);
    // It is awaited when its turn comes; until then its failure must not count as unheard.
    job.catch(() => {});
    jobs.push(job);
    gathered = undefined;
    extent = undefined;
    size = 0;
  };
  const addExtent = (chunk: Buffer): void => {
    const held = extentOf(chunk);
    if (held === undefined) return;
    extent ??= new Extent();
    extent.append(held);
  };

  const stage = asyncTransform({
    async transform(chunk, push) {
      if (gathered !== undefined && size + chunk.length > gathered.bytes.length) {
        await start(gathered, push);
      }
      gathered ??= contents.take(chunk.length);
      gathered.bytes.set(chunk, size);
      addExtent(chunk);
      giveBack(chunk);
      size += chunk.length;
      info.bytesIn += chunk.length;
      if (size >= frameSize) await start(gathered, push);
    },
    async flush(push) {
      if (info.bytesIn === 0) {
        throw new AsbError('TRUNCATED', 'no input; did the stage before this one fail?');
      }
      if (gathered !== undefined) await start(gathered, push);
      while (jobs.length > 0) await emit(push);
    },
    close() {
      closed = true;
      for (const encoder of idle) encoder.close();
    },
  });
  return Object.assign(stage, { info });
};

const checkCount = (option: string, value: number): void => {
  if (Number.isInteger(value) && value > 0) return;
  const expected = 'a whole number above 0';
  throw new AsbError('RANGE', `${option} is ${value}; expected ${expected}`, { expected });
};
