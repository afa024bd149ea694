import { AsbError } from '../errors.ts';
import { FAILURE_MAGIC, FAILURE_PREFIX, MAX_FAILURE_MESSAGE } from './failure.ts';
import { FRAME_MAGIC, SKIPPABLE_MAGIC } from './magic.ts';

/**
 * Finds where zstd frames end by their headers and those of their blocks (RFC 8878), since
 * `node:zlib` does not say: it drops what follows a frame in one write, and takes input that is
 * cut off or has a tail. Nothing is decompressed, and memory does not grow with the input.
 *
 *     for (let at = 0; at < chunk.length; ) {
 *       const end = walker.walk(chunk, at); // chunk[at, end) belongs to one frame
 *       at = end;                           // walker.atFrameEnd: and that frame ends here
 *     }
 *     walker.end();
 */

/** Largest window that is decoded unless told otherwise, as a power of two: 128 MiB, as zstd. */
export const DEFAULT_WINDOW_LOG = 27;
/** Smallest and largest that zstd has: 1 KiB and 2 GiB. */
export const MIN_WINDOW_LOG = 10;
export const MAX_WINDOW_LOG = 31;
const MAX_FAILURE_SIZE = FAILURE_PREFIX.length + MAX_FAILURE_MESSAGE;
const MAX_BLOCK_SIZE = 128 * 1024;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
/** Bytes of the dictionary id and of the content size, by their flags in the descriptor. */
const DICTIONARY_ID_SIZES = [0, 1, 2, 4];
const CONTENT_SIZE_SIZES = [0, 2, 4, 8];

/** What the bytes being gathered are, in the order in which they come. */
type Part =
  | 'magic'
  | 'descriptor'
  | 'header'
  | 'block'
  | 'content'
  | 'checksum'
  | 'skip size'
  | 'skip'
  | 'failure';

export class FrameWalker {
  readonly #maxWindow: number;
  #part: Part = 'magic';
  /** Small fields are gathered here; 14 bytes is the largest. */
  readonly #field = Buffer.alloc(16);
  #have = 0;
  #need = 4;
  /** Bytes of a block, checksum or skippable frame that are still to come. */
  #left = 0;
  #magic = 0;
  #descriptor = 0;
  #lastBlock = false;
  #maxBlock = 0;
  #offset = 0;
  #frames = 0;
  #message: number[] = [];

  /**
   * @param options.windowLog largest window to let through, as a power of two (10–31)
   * @param options.offset bytes of the input that stand before the first frame
   */
  constructor({
    windowLog = DEFAULT_WINDOW_LOG,
    offset = 0,
  }: {
    readonly windowLog?: number;
    readonly offset?: number;
  } = {}) {
    this.#maxWindow = 2 ** windowLog;
    this.#offset = offset;
  }

  /** Whether the input could end here. */
  get atFrameEnd(): boolean {
    return this.#part === 'magic' && this.#have === 0;
  }

  /** Frames that ended so far, skippable ones too. */
  get frames(): number {
    return this.#frames;
  }

  /** Where in the input it stands, in bytes. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Walks from `from` to the end of the frame there, or of the chunk.
   *
   * @returns the offset in `chunk` where it stopped
   * @throws AsbError `FORMAT` for bytes that are no zstd, `LIMIT` for a window that is too large
   */
  walk(chunk: Buffer, from: number): number {
    const base = this.#offset - from;
    let at = from;
    while (at < chunk.length) {
      if (this.#part === 'failure') {
        this.#message.push(chunk[at++]!);
        this.#left--;
      } else if (this.#part === 'content' || this.#part === 'checksum' || this.#part === 'skip') {
        const take = Math.min(this.#left, chunk.length - at);
        this.#left -= take;
        at += take;
      } else {
        this.#field[this.#have++] = chunk[at++]!;
        if (this.#have < this.#need) continue;
        this.#have = 0;
        this.#offset = base + at - this.#need;
        this.#endField();
      }
      this.#offset = base + at;
      if (this.#left === 0 && this.#endRun()) break;
    }
    this.#offset = base + at;
    return at;
  }

  /**
   * Says that the input is over.
   * @throws AsbError `TRUNCATED` if it is cut off, empty, or if an earlier stage failed
   */
  end(): void {
    if (this.#offset === 0) {
      this.#throw('TRUNCATED', 'no input; did the stage before this one fail?');
    }
    if (!this.atFrameEnd) {
      this.#throw('TRUNCATED', 'the input ends in the middle of a zstd frame');
    }
  }

  /** A run of bytes without structure is over. @returns whether the frame is, too */
  #endRun(): boolean {
    if (this.#part === 'content') {
      if (!this.#lastBlock) this.#expect('block', 3);
      else if ((this.#descriptor & 4) !== 0) this.#run('checksum', 4);
      else return this.#endFrame();
    } else if (this.#part === 'checksum' || this.#part === 'skip') {
      return this.#endFrame();
    } else if (this.#part === 'failure') {
      this.#endFailure();
      return this.#endFrame();
    }
    return false;
  }

  #endFrame(): true {
    this.#frames++;
    this.#expect('magic', 4);
    return true;
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part;
    this.#need = bytes;
  }

  #run(part: Part, bytes: number): void {
    this.#part = part;
    this.#left = bytes;
  }

  #endField(): void {
    if (this.#part === 'magic') this.#readMagic();
    else if (this.#part === 'descriptor') this.#readDescriptor();
    else if (this.#part === 'header') this.#readHeader();
    else if (this.#part === 'block') this.#readBlock();
    else this.#readSkipSize();
  }

  #readMagic(): void {
    const magic = this.#field.readUInt32LE();
    this.#magic = magic;
    if (magic === FRAME_MAGIC) this.#expect('descriptor', 1);
    else if ((magic & ~15) >>> 0 === SKIPPABLE_MAGIC) this.#expect('skip size', 4);
    else if (this.#offset > 0) this.#throw('FORMAT', 'no zstd frame begins here', 'a zstd frame');
    else if (this.#field.toString('latin1', 0, 4) === 'Vers') {
      this.#throw('FORMAT', 'this is plain .asb text, not compressed', 'a zstd frame');
    } else {
      this.#throw('FORMAT', 'no zstd: it may be encrypted, or plain', 'a zstd frame');
    }
  }

  #readDescriptor(): void {
    const descriptor = this.#field[0]!;
    this.#descriptor = descriptor;
    if ((descriptor & 8) !== 0) this.#throw('FORMAT', 'a reserved bit is set in a frame header');
    const single = (descriptor & 0x20) !== 0;
    const contentSize = CONTENT_SIZE_SIZES[descriptor >> 6]! || (single ? 1 : 0);
    this.#expect('header', (single ? 0 : 1) + DICTIONARY_ID_SIZES[descriptor & 3]! + contentSize);
  }

  /** The window, the dictionary and the size of the content, as the descriptor says. */
  #readHeader(): void {
    const single = (this.#descriptor & 0x20) !== 0;
    const idSize = DICTIONARY_ID_SIZES[this.#descriptor & 3]!;
    const idAt = single ? 0 : 1;
    const window = single ? this.#contentSize(idSize) : windowOf(this.#field[0]!);
    if (idSize > 0 && this.#field.readUIntLE(idAt, idSize) !== 0) {
      this.#throw('FORMAT', 'the frame needs a dictionary, which backups never have');
    }
    if (window > this.#maxWindow) {
      this.#throw(
        'LIMIT',
        `the frame needs a window of ${window} bytes; ${this.#maxWindow} is the limit`,
      );
    }
    this.#maxBlock = Math.min(window, MAX_BLOCK_SIZE);
    this.#expect('block', 3);
  }

  #contentSize(at: number): number {
    const flag = this.#descriptor >> 6;
    if (flag === 0) return this.#field[at]!;
    if (flag === 1) return this.#field.readUInt16LE(at) + 256;
    return flag === 2 ? this.#field.readUInt32LE(at) : Number(this.#field.readBigUInt64LE(at));
  }

  #readBlock(): void {
    const head = this.#field.readUIntLE(0, 3);
    const type = (head >> 1) & 3;
    const size = head >> 3;
    this.#lastBlock = (head & 1) === 1;
    if (type === RESERVED_BLOCK) this.#throw('FORMAT', 'a block of the reserved type');
    if (size > this.#maxBlock) {
      this.#throw('FORMAT', `a block of ${size} bytes; ${this.#maxBlock} is the most here`);
    }
    this.#run('content', type === RLE_BLOCK ? 1 : size);
  }

  #readSkipSize(): void {
    const size = this.#field.readUInt32LE();
    const mayBeFailure = this.#magic === FAILURE_MAGIC && size <= MAX_FAILURE_SIZE;
    this.#message = [];
    this.#run(mayBeFailure ? 'failure' : 'skip', size);
  }

  /** A skippable frame like that of a failure is over; it may still be anybody's. */
  #endFailure(): void {
    const text = Buffer.from(this.#message).toString();
    if (!text.startsWith(FAILURE_PREFIX)) return;
    this.#throw('TRUNCATED', `an earlier stage failed: ${text.slice(FAILURE_PREFIX.length)}`);
  }

  #throw(code: 'FORMAT' | 'TRUNCATED' | 'LIMIT', what: string, expected?: string): never {
    throw new AsbError(code, `byte ${this.#offset}: ${what}`, {
      offset: this.#offset,
      ...(expected === undefined ? {} : { expected }),
    });
  }
}

/** RFC 8878, 3.1.1.1.2: an exponent in 5 bits and a mantissa in 3. */
const windowOf = (byte: number): number => {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
};
