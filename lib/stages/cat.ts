import { type Duplex, pipeline, Readable } from 'node:stream';
import { type Head, HeadReader } from '../asb/head-reader.ts';
import { JoinedHead } from '../asb/joined-head.ts';
import { WholeUnits } from '../asb/whole-units.ts';
import { AsbError, inFile, toError } from '../errors.ts';
import { BufferPool, giveBack } from '../memory/buffer-pool.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { type UnpackOptions, unpack } from './unpack.ts';

/** Memory that the text is given out in: room for what a file gives at once, and for a unit. */
const POOLED_SIZE = 512 * 1024;
const POOLED_BUFFERS = 4;
/** Chunks that may wait for the next stage. */
const CHUNKS_WAITING = 1;

export interface CatInfo {
  /** Files read to their end. */
  readonly files: number;
  /** Records in those. */
  readonly records: number;
  /** Bytes of text given out. */
  readonly bytes: number;
}

/** A `cat` stage: gives .asb text, each chunk whole units. */
export interface CatStage extends Readable {
  /** What was read so far. */
  readonly info: CatInfo;
}

/** One file that is being read; its errors name it. */
class Source {
  readonly #reader = new HeadReader();
  readonly #location: string;
  readonly #text: Duplex;
  readonly #chunks: AsyncIterator<Buffer>;
  /** What came behind the head in the same chunk. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: StoredFile, options: UnpackOptions) {
    this.#location = file.location;
    this.#text = unpack(options);
    // What fails is told to who reads the text.
    pipeline(file.open(), this.#text, () => {});
    this.#chunks = this.#text[Symbol.asyncIterator]();
  }

  get records(): number {
    return this.#reader.scanner.records;
  }

  /** Also while something is being read, which fails then. */
  close(): void {
    this.#text.destroy();
  }

  /** Reads up to the first record. */
  async readHead(): Promise<Head> {
    try {
      for (;;) {
        const { done, value } = await this.#chunks.next();
        if (done === true) return this.#reader.end();
        const head = this.#reader.push(value);
        if (head === undefined) {
          giveBack(value);
          continue;
        }
        this.#rest = value.subarray(head.end);
        return head;
      }
    } catch (error) {
      throw inFile(error, this.#location);
    }
  }

  /** What follows the head, in whole units. */
  async *readRecords(pool: BufferPool): AsyncGenerator<Buffer> {
    try {
      const units = new WholeUnits(this.#reader.scanner, pool);
      let whole = units.push(this.#rest);
      for (;;) {
        if (whole !== undefined) yield whole;
        const { done, value } = await this.#chunks.next();
        if (done === true) break;
        whole = units.push(value);
        giveBack(value);
      }
      units.end();
    } catch (error) {
      throw inFile(error, this.#location);
    }
  }
}

/** All files, in two passes: over their heads, and over what follows these. */
class Joiner {
  readonly info = { files: 0, records: 0, bytes: 0 };
  readonly #files: readonly StoredFile[];
  readonly #options: UnpackOptions;
  readonly #open = new Set<Source>();
  #closed = false;

  constructor(files: readonly StoredFile[], options: UnpackOptions) {
    this.#files = files;
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
    for (const source of this.#open) this.#close(source);
  }

  async *read(): AsyncGenerator<Buffer> {
    const head = new JoinedHead();
    const kept = new Map<StoredFile, Source>();
    for (const file of this.#files) {
      const source = this.#start(file);
      head.add(await source.readHead(), file.location);
      // A pipe cannot be opened once more; and one file need not be.
      if (file.size === undefined || this.#files.length === 1) kept.set(file, source);
      else this.#close(source);
    }
    const pool = new BufferPool(POOLED_SIZE, POOLED_BUFFERS);
    yield this.#counted(head.text);
    for (const file of this.#files) {
      const source = kept.get(file) ?? (await this.#reopen(file));
      for await (const text of source.readRecords(pool)) yield this.#counted(text);
      this.#close(source);
      this.info.files++;
      this.info.records += source.records;
    }
  }

  #start(file: StoredFile): Source {
    const source = new Source(file, this.#options);
    this.#open.add(source);
    // Opening may come last in a turn in which the reader went away.
    if (this.#closed) this.#close(source);
    return source;
  }

  async #reopen(file: StoredFile): Promise<Source> {
    const source = this.#start(file);
    await source.readHead();
    return source;
  }

  #close(source: Source): void {
    source.close();
    this.#open.delete(source);
  }

  #counted(text: Buffer): Buffer {
    this.info.bytes += text.length;
    return text;
  }
}

/**
 * Joins the files of a backup, as text or zstd frames, into one .asb text: a header of the highest
 * version, every index and UDF module once, and then the records of all files. They stay in the
 * order that is given, for whoever restores several backups, of which the last one shall hold.
 *
 * Each file is read up to its first record, and then once more as a whole; one is open at a time
 * (pipes, which cannot be read twice, stay open). Memory does not grow with the files. Text may be
 * given back.
 *
 *     await pipeline(cat(await backupFiles('out')), parse(), …);
 *
 * The stream fails with an AsbError that names the file: `FORMAT` for what is no backup, or for
 * files that cannot be joined (another namespace, another index of the same name, version 3.0
 * beside a later one); `TRUNCATED` for one that is cut off; `STORAGE`; `LIMIT`.
 *
 * @throws AsbError `USAGE` for no files
 */
export const cat = (files: readonly StoredFile[], options: UnpackOptions = {}): CatStage => {
  if (files.length === 0) {
    throw new AsbError('USAGE', 'there are no files to join', { expected: 'one file or more' });
  }
  const joiner = new Joiner(files, options);
  const text = joiner.read();
  const stage: Readable = new Readable({
    // Chunks keep their bounds.
    objectMode: true,
    highWaterMark: CHUNKS_WAITING,
    read() {
      text.next().then(
        ({ done, value }) => stage.push(done === true ? null : value),
        (error: unknown) => stage.destroy(toError(error)),
      );
    },
    destroy(error, done) {
      joiner.close();
      done(error);
    },
  });
  return Object.assign(stage, { info: joiner.info });
};
