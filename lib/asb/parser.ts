import { AsbError, inFile, toError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { BatchOutput } from './batch-output.ts';
import { BANG, LF, PLUS, STAR } from './characters.ts';
import { unescapeName } from './escape.ts';
import { readFailure } from './failure-item.ts';
import { GlobalParser } from './global-parser.ts';
import { expectedAt, MAX_UNIT_SIZE, Step } from './grammar.ts';
import { type Header, HeaderReader } from './header.ts';
import { LOOK_BACK, lastRecord, mayBeWhole } from './last-record.ts';
import { Incomplete, Misfit } from './misfit.ts';
import { countLines, RecordParser } from './record-parser.ts';
import { findItem, TELLING_SIZE } from './resync.ts';
import { cutOff, misfitAt, type Place, upstreamFailed } from './scan-errors.ts';
import { TextWindow } from './text-window.ts';

/** An item of this size or more that is not whole is not tried again for every byte that comes. */
const LARGE_ITEM = LOOK_BACK;

/** A stretch of text that could not be read. */
export interface Gap {
  /** Where it begins, in bytes of text from 0. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** What was wrong first. */
  readonly error: Error;
}

export interface ParserOptions {
  /** Name of the input, for messages. */
  readonly file?: string;
  /**
   * Goes on at the next record after damage, instead of failing. A payload may hold what looks
   * like a record, and a record whose key is damaged comes without it: this is for what is lost
   * otherwise. Default false.
   */
  readonly salvage?: boolean;
  /** Told of every gap, with `salvage`. */
  readonly onGap?: (gap: Gap) => void;
  /**
   * Writes batches into the memory of those that were released. Only for a pipeline in which
   * nobody keeps a batch after the next stage has taken it. Default false.
   */
  readonly reuseMemory?: boolean;
}

/** What a parser has read. */
export interface ParserInfo {
  /** The header, once it was read to its end. */
  readonly header: Header | undefined;
  /** The namespace of header and records. */
  readonly namespace: string | undefined;
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  /** Stretches that were passed over, with `salvage`, and their bytes. */
  readonly gaps: number;
  readonly gapBytes: number;
  /** Bytes of text taken. */
  readonly bytes: number;
}

const endingWith = function* (
  chunks: readonly RecordChunk[],
  failure: Error,
): Generator<RecordChunk> {
  yield* chunks;
  throw failure;
};

/**
 * The pure engine behind `parse`: .asb text in, cut anywhere, of any version and writer; batches
 * and globals out. Strict: every byte has its place, and a text that is cut off is an error.
 *
 *     for (const chunk of parser.push(bytes)) take(chunk);
 *     for (const chunk of parser.end()) take(chunk);
 *
 * After a wrong byte, what stood before it in the same chunk is given out first; the error comes
 * with the next call. It is an AsbError `FORMAT` with line, column, offset and what was expected;
 * `TRUNCATED` for text that is cut off, or that an earlier stage marked as failed; `LIMIT`.
 */
export class Parser {
  readonly #file: string | undefined;
  readonly #salvage: boolean;
  readonly #onGap: (gap: Gap) => void;
  readonly #headerReader = new HeaderReader();
  #header: Header | undefined;
  #records: RecordParser | undefined;
  #namespace: string | undefined;
  #counts = { records: 0, indexes: 0, udfs: 0, gaps: 0, gapBytes: 0 };
  #failure: Error | undefined;

  readonly #window = new TextWindow();
  /** Bytes that the window must have before it is worth to parse. */
  #need = 1;
  /** The line at the window's begin, from 1, less those that the record parser has counted. */
  #line = 1;
  readonly #batch: BatchOutput;

  /** Where the unit begins in the window that is being read. */
  #unitAt = 0;
  /** Whether the place of the next item must be found first. */
  #lost = false;
  /** The gap that is open: no unit was read behind it yet. */
  #gap: { readonly offset: number; readonly error: Error } | undefined;

  constructor({
    file,
    salvage = false,
    onGap = () => {},
    reuseMemory = false,
  }: ParserOptions = {}) {
    this.#file = file;
    this.#salvage = salvage;
    this.#onGap = onGap;
    this.#batch = new BatchOutput(reuseMemory);
  }

  get info(): ParserInfo {
    return {
      ...this.#counts,
      header: this.#header,
      namespace: this.#namespace,
      bytes: this.#window.base + this.#window.filled,
    };
  }

  /**
   * Takes a chunk, of which nothing is needed afterwards, and gives what has become whole. The last
   * record may come with the next chunk, if half a line stands behind it.
   */
  push(chunk: Buffer): RecordChunk[] {
    if (this.#failure !== undefined) throw this.#failure;
    const chunks: RecordChunk[] = [];
    for (let at = this.#readHeader(chunk); at < chunk.length && this.#failure === undefined; ) {
      at += this.#window.fill(chunk, at);
      if (this.#window.filled >= this.#need) this.#parse(chunks, false);
    }
    return this.#given(chunks);
  }

  /**
   * Says that the input is over, and gives what is left. If there is something left before a wrong
   * place, going through it ends with the error: there is no next call.
   */
  end(): Iterable<RecordChunk> {
    if (this.#failure !== undefined) throw this.#failure;
    const chunks: RecordChunk[] = [];
    if (this.#records === undefined) {
      const header = this.#headerReader.header;
      if (header === undefined)
        this.#damaged(cutOff(undefined, this.#headerPlace()), -this.#window.base);
      else this.#start(header);
    }
    if (this.#failure === undefined) this.#parse(chunks, true);
    if (this.#gap !== undefined) this.#closeGap(this.#window.base + this.#window.filled);
    const given = this.#given(chunks);
    return this.#failure === undefined ? given : endingWith(given, this.#failure);
  }

  #given(chunks: RecordChunk[]): RecordChunk[] {
    if (chunks.length === 0 && this.#failure !== undefined) throw this.#failure;
    return chunks;
  }

  /** @returns how many bytes of the chunk belong to the header */
  #readHeader(chunk: Buffer): number {
    if (this.#records !== undefined) return 0;
    const { size } = this.#headerReader;
    // A stage that failed before it wrote anything puts its message where the header would be.
    if (chunk[0] === BANG && size === 0) {
      this.#records = new RecordParser(true);
      return 0;
    }
    try {
      const end = this.#headerReader.push(chunk);
      this.#window.base += end;
      const header = end < chunk.length ? this.#headerReader.header : undefined;
      if (header !== undefined) this.#start(header);
      return end;
    } catch (error) {
      this.#window.base = size;
      this.#records = new RecordParser(true);
      this.#damaged(toError(error), -size);
      this.#lost = true;
      return 0;
    }
  }

  #start(header: Header): void {
    this.#header = header;
    this.#line = this.#headerReader.line;
    const escapes = header.version !== '3.0';
    this.#records = new RecordParser(escapes);
    const escaped = header.escapedNamespace;
    if (escaped === undefined) return;
    const name = escapes ? unescapeName(escaped) : Buffer.from(escaped, 'latin1');
    this.#records.expectNamespace(Buffer.from(escaped, 'latin1'), name);
    this.#namespace = name.toString();
  }

  #headerPlace(): Place {
    return { line: this.#headerReader.line, offset: this.#headerReader.size };
  }

  /** Parses all whole units in the window, and moves what is left to its begin. */
  #parse(chunks: RecordChunk[], final: boolean): void {
    const records = this.#records;
    if (records === undefined) return;
    const end = this.#window.filled;
    this.#window.seal();
    records.from(this.#window.bytes, end);
    this.#need = 1;
    this.#unitAt = 0;
    const until = final ? end : this.#wholeUntil(end);
    while (this.#unitAt < until && this.#failure === undefined) {
      if (this.#lost && !this.#resync(end, final)) break;
      try {
        this.#readItems(records, until, end, final, chunks);
      } catch (thrown) {
        if (thrown instanceof Incomplete && !final && this.#waitFor(thrown.need)) break;
        this.#damaged(this.#explain(thrown, end, final), this.#unitAt);
        this.#lost = true;
      }
    }
    this.#flush(chunks);
    this.#window.keepFrom(this.#unitAt, this.#need);
  }

  /**
   * Where to end reading for now: a record that is cut off is begun only if it is the first. Each
   * place in the reader that meets the end of the text makes V8 throw away what it has compiled.
   */
  #wholeUntil(end: number): number {
    const last = lastRecord(this.#window.bytes, this.#unitAt, end);
    return last < 0 || mayBeWhole(this.#window.bytes, last, end) ? end : last;
  }

  #readItems(
    records: RecordParser,
    until: number,
    end: number,
    final: boolean,
    chunks: RecordChunk[],
  ): void {
    const text = this.#window.bytes;
    while (this.#unitAt < until) {
      const at = this.#unitAt;
      const kind = text[at];
      if (kind === PLUS) this.#unitAt = this.#batch.read(records, at, end);
      else if (kind === STAR && this.#hasGlobals) this.#unitAt = this.#readGlobal(at, end, chunks);
      else if (kind === BANG)
        throw upstreamFailed(readFailure(text, at, end, final), this.#placeOf(at));
      else throw new Misfit(at, expectedAt(Step.ITEM));
      if (this.#gap !== undefined) this.#closeGap(this.#window.base + at);
    }
  }

  /** Gives out the records that were read. */
  #flush(chunks: RecordChunk[]): void {
    const batch = this.#batch.take();
    if (batch === undefined) return;
    this.#namespace ??= batch.at(0)?.namespace;
    this.#counts.records += batch.length;
    chunks.push(batch);
  }

  /** Version 3.0 had none. */
  get #hasGlobals(): boolean {
    return this.#header?.version !== '3.0';
  }

  #readGlobal(at: number, end: number, chunks: RecordChunk[]): number {
    const text = this.#window.bytes;
    const parser = new GlobalParser(text, at, end);
    const global = parser.read();
    this.#line += countLines(text, at, parser.at);
    this.#flush(chunks);
    chunks.push(global);
    if (global.kind === 'index') this.#counts.indexes++;
    else this.#counts.udfs++;
    return parser.at;
  }

  /** Whether the item at `#unitAt`, which is not whole, is worth waiting for. */
  #waitFor(need: number): boolean {
    const size = this.#window.filled - this.#unitAt;
    const wanted = need - this.#unitAt;
    if (wanted > MAX_UNIT_SIZE) return false;
    const patient = size < LARGE_ITEM ? 0 : Math.min(MAX_UNIT_SIZE, Math.ceil(size * 1.5));
    this.#need = Math.max(wanted, patient);
    return true;
  }

  /** What went wrong with the item at `#unitAt`. */
  #explain(thrown: unknown, end: number, final: boolean): Error {
    if (thrown instanceof Misfit) {
      return misfitAt(thrown, this.#window.bytes[thrown.at]!, this.#placeOf(thrown.at));
    }
    if (!(thrown instanceof Incomplete)) return toError(thrown);
    if (!final) {
      const place = this.#placeOf(this.#unitAt);
      const expected = `at most ${MAX_UNIT_SIZE} bytes`;
      return new AsbError(
        'LIMIT',
        `line ${place.line}, byte ${place.offset}: an item of more than ${MAX_UNIT_SIZE} bytes`,
        { ...place, expected },
      );
    }
    return cutOff(this.#header, this.#placeOf(end));
  }

  /** The place of an offset in the window, at or behind `#unitAt`. */
  #placeOf(at: number): Place {
    const text = this.#window.bytes;
    const start = this.#unitAt;
    const before = text.subarray(start, at).lastIndexOf(LF);
    return {
      line: this.#line + this.#records!.lines + countLines(text, start, at),
      column: at - (before < 0 ? start : start + before + 1) + 1,
      offset: this.#window.base + at,
    };
  }

  /** @param at in the window: where the unit begins that cannot be read */
  #damaged(error: Error, at: number): void {
    const located = this.#file === undefined ? error : inFile(error, this.#file);
    if (!this.#salvage) this.#failure = located;
    else this.#gap ??= { offset: this.#window.base + at, error: located };
  }

  /** Looks for the next item behind damage. @returns whether there is one in the window */
  #resync(end: number, final: boolean): boolean {
    const from = this.#unitAt;
    const found = findItem(this.#window.bytes, from, end);
    this.#lost = found < 0;
    // What may be the begin of an item is kept.
    const kept = final ? end : Math.max(from, end - TELLING_SIZE);
    this.#unitAt = found < 0 ? kept : found;
    this.#line += countLines(this.#window.bytes, from, this.#unitAt);
    return found >= 0;
  }

  #closeGap(end: number): void {
    const { offset, error } = this.#gap!;
    this.#gap = undefined;
    this.#counts.gaps++;
    this.#counts.gapBytes += end - offset;
    this.#onGap({ offset, length: end - offset, error });
  }
}
