import { Writable } from 'node:stream';
import { Coverage } from '../record/coverage.ts';
import { extentOf } from '../record/extent.ts';
import type { StorageFile } from '../storage/storage.ts';

/** What of a file is durable, and what it holds so far. */
export interface FileReach {
  /** Bytes that reached the storage. */
  readonly bytes: number;
  /** Of the chunks that have a note (`extentOf`). */
  readonly coverage: Coverage;
}

export interface OneFileOptions {
  /** Makes the place ready, as soon as the stage is there. Default: nothing. */
  readonly prepare?: () => Promise<void>;
  /** Begins the file, or goes on with one; called with the first chunk, or at the end. */
  readonly open: () => Promise<StorageFile>;
  /** Opens the file as soon as the place is ready. Default false. */
  readonly openAtOnce?: boolean;
  /** Bytes that the file has before the first chunk. Default 0. */
  readonly begin?: number;
  /** About how many bytes are written between two checkpoints. Default: none is made. */
  readonly checkpointEvery?: number;
  /**
   * Told of each checkpoint: all up to there is durable. Left out: none is made of a file that gets
   * whole, for what a checkpoint has made sure of is left behind when the rest fails.
   */
  readonly onCheckpoint?: (reach: FileReach) => Promise<void>;
  /**
   * Whether the end of the input is that of the file. If not, a checkpoint is its end, and it does not
   * get its name. Asked at the end of the input. Default: it is.
   */
  readonly isComplete?: () => boolean;
  /** Told when the file is whole. */
  readonly onWhole?: (reach: FileReach) => Promise<void>;
}

/** A stage that takes bytes. */
export interface OneFileStage extends Writable {
  readonly info: {
    /** Bytes of the file so far. */
    readonly bytes: number;
  };
}

class OneFile extends Writable implements OneFileStage {
  readonly #options: OneFileOptions;
  readonly #coverage = new Coverage();
  readonly info: { bytes: number };
  #safe: number;
  /** From the first byte on; it may be abandoned before it is there. */
  #file: Promise<StorageFile> | undefined;
  #ended = false;

  constructor(options: OneFileOptions) {
    super();
    this.#options = options;
    this.info = { bytes: options.begin ?? 0 };
    this.#safe = this.info.bytes;
  }

  override _construct(done: (error?: Error | null) => void): void {
    this.#prepare().then(() => done(), done);
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#write(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#finish().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abandon().then(() => done(error), done);
  }

  async #prepare(): Promise<void> {
    const { prepare, openAtOnce = false } = this.#options;
    await prepare?.();
    if (openAtOnce) await this.#open();
  }

  /** Only with the first byte: what fails before has nothing to clear up. */
  #open(): Promise<StorageFile> {
    this.#file ??= this.#options.open();
    return this.#file;
  }

  async #write(chunk: Buffer): Promise<void> {
    const file = await this.#open();
    const size = chunk.length;
    const extent = extentOf(chunk);
    await file.write(chunk);
    this.info.bytes += size;
    if (extent !== undefined) this.#coverage.add(extent);
    const { checkpointEvery = Number.POSITIVE_INFINITY } = this.#options;
    if (this.info.bytes - this.#safe >= checkpointEvery) await this.#checkpoint(file);
  }

  async #checkpoint(file: StorageFile): Promise<void> {
    await file.checkpoint?.();
    this.#safe = this.info.bytes;
    await this.#options.onCheckpoint?.(this.#reach);
  }

  get #reach(): FileReach {
    return { bytes: this.info.bytes, coverage: this.#coverage };
  }

  async #finish(): Promise<void> {
    const { isComplete = () => true, onCheckpoint } = this.#options;
    const file = await this.#open();
    // Also of a whole file: who is killed right behind its last step finds that it is whole.
    const isKept = file.checkpoint !== undefined && onCheckpoint !== undefined;
    if (isKept || !isComplete()) await this.#checkpoint(file);
    if (!isComplete()) {
      this.#ended = true;
      await file.abort();
      return;
    }
    await file.close();
    this.#ended = true;
    await this.#options.onWhole?.(this.#reach);
  }

  async #abandon(): Promise<void> {
    if (this.#ended || this.#file === undefined) return;
    const file = await this.#file.catch(() => undefined);
    await file?.abort();
  }
}

/**
 * Bytes in, one file out. `finish` means that it is whole, durable and seen under its name; `destroy`
 * leaves nothing of a file that is not whole, but what a checkpoint has made sure of.
 */
export const oneFile = (options: OneFileOptions): OneFileStage => new OneFile(options);
