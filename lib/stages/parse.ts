import { Transform, type TransformCallback } from 'node:stream';
import { Parser, type ParserInfo, type ParserOptions } from '../asb/parser.ts';
import { toError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { RecordChunk } from '../record/chunk.ts';

export type { Gap } from '../asb/parser.ts';
export type { ParserInfo, ParserOptions };

/** A `parse` stage: .asb text goes in, record chunks come out. */
export interface ParseStage extends Transform {
  /** What was read so far. */
  readonly info: ParserInfo;
}

/** Bytes of text that may wait. */
const TEXT_WAITING = 64 * 1024;
/** Record chunks that may wait for the next stage: each has the records of about 256 KiB of text. */
const CHUNKS_WAITING = 2;

class Parse extends Transform implements ParseStage {
  readonly #parser: Parser;

  constructor(options: ParserOptions) {
    super({
      writableHighWaterMark: TEXT_WAITING,
      readableObjectMode: true,
      readableHighWaterMark: CHUNKS_WAITING,
    });
    this.#parser = new Parser(options);
  }

  get info(): ParserInfo {
    return this.#parser.info;
  }

  override _transform(text: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#give(() => this.#parser.push(text), done);
    giveBack(text);
  }

  override _flush(done: TransformCallback): void {
    this.#give(() => this.#parser.end(), done);
  }

  #give(read: () => Iterable<RecordChunk>, done: TransformCallback): void {
    try {
      for (const chunk of read()) this.push(chunk);
    } catch (error) {
      done(toError(error));
      return;
    }
    done();
  }
}

/**
 * Reads .asb text, cut anywhere and written by anyone: bytes in, batches of records and globals
 * out. Text that it has taken is given back.
 *
 *     await pipeline(createReadStream('test.asb'), unpack(), parse(), toNdjson(), process.stdout);
 *
 * The stream fails with AsbError `FORMAT` for bytes that are no .asb text, with line, column, offset
 * and what was expected there; `TRUNCATED` for text that is cut off or empty, or if an earlier
 * stage said that it failed; `LIMIT` for a unit that no memory should hold. What was whole before
 * was given out. With `salvage` damage is passed over, and counted.
 */
export const parse = (options: ParserOptions = {}): ParseStage => new Parse(options);
