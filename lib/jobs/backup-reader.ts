import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser, type ParserInfo } from '../asb/parser.ts';
import { inFile } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { Meter, Step } from '../meter/meter.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { unpack } from '../stages/unpack.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { StrictUnpackOptions } from './backup-head.ts';
import { type ExpectedFile, FileCheck } from './file-check.ts';

/** Takes what a file holds, one chunk at a time; a batch must be released. */
export type TakeChunk = (chunk: RecordChunk) => Promise<void> | void;

export interface BackupReaderOptions extends StrictUnpackOptions {
  /** Called with every piece's number of bytes, as stored. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
  /** What the file must be, if a manifest says it. */
  readonly expected?: ExpectedFile | undefined;
  /** Told of the stages: `read`, `unpack`, `parse`. */
  readonly meter?: Meter | undefined;
}

/** Reads one file of a backup to its end, or to the first damage. */
export class BackupReader {
  readonly #file: StoredFile;
  readonly #options: BackupReaderOptions;
  readonly #parser: Parser;
  #notTaken: unknown;

  constructor(file: StoredFile, options: BackupReaderOptions) {
    this.#file = file;
    this.#options = options;
    this.#parser = new Parser({ file: file.location, reuseMemory: true });
  }

  /** What was read so far. */
  get info(): ParserInfo {
    return this.#parser.info;
  }

  /**
   * @param take gets all that stands before damage, too; that a file is another one than `expected`
   *   is known only when all was taken
   * @throws AsbError what is wrong in the file, with its name; what `take` throws, as it is; the
   *   signal's reason; as {@link FileCheck.end} does
   */
  async read(take: TakeChunk): Promise<void> {
    const { onBytes, signal, expected, meter } = this.#options;
    const check = expected === undefined ? undefined : new FileCheck(this.#file, expected);
    const source = this.#file.open();
    // Now, and not later: their memory is used again.
    source.on('data', (bytes: Buffer) => {
      check?.update(bytes);
      onBytes(bytes.length);
    });
    const parsing = meter?.step('parse');
    try {
      const text = unpack(this.#options);
      meter?.watch({ read: source, unpack: text });
      await pipeline([source, text, this.#sink(take, parsing)], { signal });
      check?.end(this.info);
    } catch (error) {
      signal.throwIfAborted();
      throw error === this.#notTaken ? error : inFile(error, this.#file.location);
    } finally {
      parsing?.end();
    }
  }

  /** Parses as text arrives, in no stage of its own: a stage drops what waits when it fails. */
  #sink(take: TakeChunk, parsing: Step | undefined): Writable {
    const parser = this.#parser;
    const handOn: TakeChunk =
      parsing === undefined ? take : (chunk) => parsing.handOn(chunk, () => take(chunk));
    const push = (text: Buffer) => this.#takeAll(() => parser.push(text), handOn);
    const end = () => this.#takeAll(() => parser.end(), handOn);
    return new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (text: Buffer, _encoding, done) => {
        const taken = parsing === undefined ? push(text) : parsing.take(text, () => push(text));
        taken.then(() => giveBack(text)).then(() => done(), done);
      },
      final: (done) => {
        const taken = parsing === undefined ? end() : parsing.run(end);
        taken.then(() => done(), done);
      },
    });
  }

  async #takeAll(read: () => Iterable<RecordChunk>, take: TakeChunk): Promise<void> {
    for (const chunk of read()) {
      try {
        await take(chunk);
      } catch (error) {
        this.#notTaken = error;
        throw error;
      }
    }
  }
}
