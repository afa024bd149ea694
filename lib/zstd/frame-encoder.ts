import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { type BufferPool, lend } from '../memory/buffer-pool.ts';
import { parametersOf } from './encoder.ts';
import { DEFAULT_WINDOW_LOG } from './frame-walker.ts';

/** Output comes in buffers of this size: each that is full costs a turn of the event loop. */
const OUTPUT_SIZE = 1024 * 1024;
/** 128 KiB, a block of zstd: a smaller window saves nothing. */
const LEAST_WINDOW_LOG = 17;

/**
 * A window that holds all that is in a frame. zstd would go round in a smaller one, and what it
 * does behind the turn takes longer (benchmarks/README.md).
 */
const windowLogFor = (contentSize: number): number =>
  Math.min(Math.max(Math.ceil(Math.log2(contentSize)), LEAST_WINDOW_LOG), DEFAULT_WINDOW_LOG);

/**
 * Makes frames one after the other with one zstd context, on libuv's pool. A context for each
 * frame would be made and freed a hundred times, and leave the heap in pieces: 40 MB more.
 */
export class FrameEncoder {
  readonly #stream: ZstdCompress;
  #output: Buffer[] = [];
  #fail: (error: Error) => void = () => {};

  /**
   * @param level one that `checkLevel` lets pass
   * @param contentSize bytes that a frame usually has at most; one with more is compressed, too
   */
  constructor(level: number, contentSize: number) {
    this.#stream = createZstdCompress({
      chunkSize: OUTPUT_SIZE,
      params: {
        ...parametersOf(level),
        [constants.ZSTD_c_windowLog]: windowLogFor(contentSize),
      },
    });
    this.#stream.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('close', () => this.#fail(new Error('the encoder was closed')));
  }

  /**
   * Compresses `content` into one frame. One call at a time.
   *
   * @param pool gives the memory for the frame, which goes back to it by `giveBack`
   */
  encode(content: Buffer, pool: BufferPool): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#stream.write(content);
      this.#stream.flush(constants.ZSTD_e_end, () => {
        const output = this.#output;
        this.#output = [];
        resolve(join(output, pool));
      });
    });
  }

  /** Frees the context; a frame under way fails. */
  close(): void {
    this.#stream.destroy();
  }
}

/** The pieces of a frame as one chunk. */
const join = (pieces: readonly Buffer[], pool: BufferPool): Buffer => {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const frame = pool.take(length);
  let at = 0;
  for (const piece of pieces) at += piece.copy(frame.bytes, at);
  freeFull(pieces);
  const chunk = lend(frame, 0, length);
  frame.release();
  return chunk;
};

/**
 * Frees the encoder's output buffers at once. Left to the garbage collector, which sees how small
 * the objects are and not how large their memory is, 30 to 60 MB of them would pile up. The last
 * one may have room left, into which the encoder goes on to write.
 */
const freeFull = (pieces: readonly Buffer[]): void => {
  const last = pieces.at(-1)?.buffer;
  for (const { buffer } of pieces) {
    const full = buffer !== last && buffer.byteLength === OUTPUT_SIZE;
    if (full && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
};
