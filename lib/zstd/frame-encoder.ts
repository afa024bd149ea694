import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { DEFAULT_LEVEL } from './encoder.ts';

/** Output comes in buffers of this size; with zlib's default of 16 KiB it takes twice the time. */
const OUTPUT_SIZE = 128 * 1024;

/**
 * Makes frames one after the other with one zstd context, on libuv's pool. A context for each
 * frame would be made and freed a hundred times, and leave the heap in pieces: 40 MB more.
 */
export class FrameEncoder {
  readonly #stream: ZstdCompress;
  #output: Buffer[] = [];
  #fail: (error: Error) => void = () => {};

  /** @param level one that `checkLevel` lets pass */
  constructor(level = DEFAULT_LEVEL) {
    this.#stream = createZstdCompress({
      chunkSize: OUTPUT_SIZE,
      params: { [constants.ZSTD_c_compressionLevel]: level },
    });
    this.#stream.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('close', () => this.#fail(new Error('the encoder was closed')));
  }

  /**
   * Compresses `content` into one frame, given in pieces. One call at a time.
   */
  encode(content: Buffer): Promise<Buffer[]> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#stream.write(content);
      this.#stream.flush(constants.ZSTD_e_end, () => {
        const output = this.#output;
        this.#output = [];
        resolve(output);
      });
    });
  }

  /** Frees the context; a frame under way fails. */
  close(): void {
    this.#stream.destroy();
  }
}
