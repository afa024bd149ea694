import { constants, createZstdDecompress } from 'node:zlib';
import { AsbError, messageOf } from '../errors.ts';
import { PieceLender } from '../memory/piece-lender.ts';
import { DEFAULT_WINDOW_LOG, FrameWalker, MAX_WINDOW_LOG, MIN_WINDOW_LOG } from './frame-walker.ts';

/** Output comes in buffers of this size; with zlib's default of 16 KiB it takes twice the time. */
const OUTPUT_SIZE = 128 * 1024;

export interface DecoderOptions {
  /** Largest window to decode, as a power of two (10–31); 27, 128 MiB, if left out. */
  readonly windowLog?: number;
}

const checkWindowLog = (windowLog: number): void => {
  if (Number.isInteger(windowLog) && windowLog >= MIN_WINDOW_LOG && windowLog <= MAX_WINDOW_LOG) {
    return;
  }
  const expected = `a whole number from ${MIN_WINDOW_LOG} to ${MAX_WINDOW_LOG}`;
  throw new AsbError('RANGE', `windowLog is ${windowLog}; expected ${expected}`, { expected });
};

/** A part of the input that belongs to one frame. */
export interface FramePiece {
  readonly bytes: Buffer;
  /** Whether the frame ends with it. */
  readonly endsFrame: boolean;
}

/**
 * Decompresses zstd frames that are cut anywhere, of any number and size, on libuv's pool. One
 * context serves all frames: a new one for each would take six times the time of a small frame.
 */
export class FrameDecoder {
  readonly #walker: FrameWalker;
  readonly #zstd: ReturnType<typeof createZstdDecompress>;
  readonly #outputs = new PieceLender(OUTPUT_SIZE);
  #failure: unknown;
  #wake: (() => void) | undefined;

  /**
   * @param offset bytes of the input that stand before the first frame, for messages
   * @throws AsbError `RANGE` for a window that zstd cannot have
   */
  constructor({ windowLog = DEFAULT_WINDOW_LOG }: DecoderOptions = {}, offset = 0) {
    checkWindowLog(windowLog);
    this.#walker = new FrameWalker({ windowLog, offset });
    this.#zstd = createZstdDecompress({
      chunkSize: OUTPUT_SIZE,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
    this.#zstd.on('readable', () => this.#wake?.());
    this.#zstd.on('error', (error) => {
      this.#failure = error;
    });
    // After an error too; a decode that waits must not wait for ever.
    this.#zstd.on('close', () => {
      this.#failure ??= new AsbError('ABORTED', 'the decoder was closed');
      this.#wake?.();
    });
  }

  /** Frames that ended so far. */
  get frames(): number {
    return this.#walker.frames;
  }

  /** Whether the input could end here. */
  get atFrameEnd(): boolean {
    return this.#walker.atFrameEnd;
  }

  /**
   * Cuts a chunk at the ends of its frames.
   * @throws AsbError `FORMAT`, `TRUNCATED` or `LIMIT`, as {@link FrameWalker.walk}
   */
  *split(chunk: Buffer): Generator<FramePiece> {
    for (let at = 0; at < chunk.length; ) {
      const end = this.#walker.walk(chunk, at);
      yield { bytes: chunk.subarray(at, end), endsFrame: this.#walker.atFrameEnd };
      at = end;
    }
  }

  /**
   * Decompresses one piece from {@link split}. When it is through, all that the piece holds was
   * given out: zlib loses what stands behind a frame's end in the same write. Output may be given
   * back.
   *
   * @throws AsbError `FORMAT` for damaged content, `ABORTED` if it is closed meanwhile
   */
  async *decode({ bytes }: FramePiece): AsyncGenerator<Buffer> {
    let written = false;
    const start = this.#walker.offset - bytes.length;
    this.#zstd.write(bytes, () => {
      written = true;
      this.#wake?.();
    });
    for (;;) {
      if (this.#failure !== undefined) this.#fail(start);
      const chunk: unknown = this.#zstd.read();
      if (Buffer.isBuffer(chunk)) yield this.#outputs.lend(chunk);
      else if (written) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** @throws AsbError `TRUNCATED` if the input is cut off or empty, or an earlier stage failed */
  end(): void {
    this.#walker.end();
    this.close();
  }

  /** Frees the context. */
  close(): void {
    this.#zstd.destroy();
  }

  #fail(offset: number): never {
    if (this.#failure instanceof AsbError) throw this.#failure;
    throw new AsbError(
      'FORMAT',
      `byte ${offset} or soon after: damaged zstd data (${messageOf(this.#failure)})`,
      { offset, cause: this.#failure },
    );
  }
}
