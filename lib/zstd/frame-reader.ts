import { AsbError } from '../errors.ts';
import { type DecoderOptions, FrameDecoder } from './decoder.ts';
import { FRAME_MAGIC } from './magic.ts';

const MAGIC = Buffer.alloc(4);
MAGIC.writeUInt32LE(FRAME_MAGIC);

export interface FrameReaderOptions extends DecoderOptions {
  /**
   * Told of every damage: reading goes on at the next frame then. What stood between is lost, and
   * what came of the damaged frame was given out. Left out, damage is an error.
   */
  readonly onDamage?: (damage: AsbError) => void;
}

/** Decompresses zstd frames that are cut anywhere, and passes over damaged ones if it shall. */
export class FrameReader {
  readonly #options: DecoderOptions;
  readonly #onDamage: ((damage: AsbError) => void) | undefined;
  #decoder: FrameDecoder;
  /** Whether the next frame must be found first. */
  #lost = false;
  /** Bytes in which that frame may begin. */
  #held: Buffer = Buffer.alloc(0);
  /** Bytes read so far, less those that are held. */
  #offset = 0;

  /** @throws AsbError `RANGE` for a window that zstd cannot have */
  constructor({ onDamage, ...options }: FrameReaderOptions = {}) {
    this.#options = options;
    this.#onDamage = onDamage;
    this.#decoder = new FrameDecoder(options);
  }

  /**
   * What is in a chunk of frames; needed until the last of it came. The output may be given back.
   *
   * @throws AsbError as {@link FrameDecoder.split} and {@link FrameDecoder.decode}, unless
   *   `onDamage` is told; `ABORTED` if it is closed meanwhile
   */
  async *read(chunk: Buffer): AsyncGenerator<Buffer> {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    while (rest.length > 0) {
      if (this.#lost) rest = this.#find(rest);
      let at = 0;
      try {
        for (const piece of this.#decoder.split(rest)) {
          yield* this.#decoder.decode(piece);
          at += piece.bytes.length;
        }
      } catch (error) {
        this.#damaged(error);
        // Behind the begin of what failed, or the same frame would be found again.
        at++;
      }
      this.#offset += at;
      rest = rest.subarray(at);
    }
  }

  /** @throws AsbError `TRUNCATED`, as {@link FrameDecoder.end}, unless `onDamage` is told */
  end(): void {
    try {
      if (!this.#lost) this.#decoder.end();
    } catch (error) {
      this.#damaged(error);
    }
  }

  /** Frees the context. */
  close(): void {
    this.#decoder.close();
  }

  /** @returns what begins with a frame, or nothing */
  #find(bytes: Buffer): Buffer {
    const found = bytes.indexOf(MAGIC);
    if (found < 0) {
      const kept = Math.max(0, bytes.length - MAGIC.length + 1);
      this.#offset += kept;
      // A copy: the chunk's memory is used again.
      this.#held = Buffer.from(bytes.subarray(kept));
      return this.#held.subarray(0, 0);
    }
    this.#offset += found;
    this.#lost = false;
    this.#decoder = new FrameDecoder(this.#options, this.#offset);
    return bytes.subarray(found);
  }

  #damaged(error: unknown): void {
    if (this.#onDamage === undefined || !(error instanceof AsbError) || error.code === 'ABORTED') {
      throw error;
    }
    this.#decoder.close();
    this.#lost = true;
    this.#onDamage(error);
  }
}
