import type { AsbError } from '../errors.ts';
import { MAX_DOUBLE_LENGTH } from '../record/text/read-double.ts';
import { BACKSLASH, BANG, IS_BASE64, IS_FLOAT, LF, MINUS, PLUS, SP, STAR } from './characters.ts';
import { MAX_FAILURE_MESSAGE } from './failure.ts';
import {
  BIN_STEPS,
  CHOICES,
  CONTEXT_STEPS,
  DIGEST_LENGTH,
  FIRST_CHOICE,
  ITEM_STEPS,
  LEAST,
  MAX_BASE64_LENGTH,
  MOST,
  Step,
} from './grammar.ts';
import { type Header, HeaderReader } from './header.ts';
import { NOT_SKIPPED, RecordSkipper } from './record-skipper.ts';
import { cutOff, unexpectedByte, upstreamFailed } from './scan-errors.ts';

/** Most digits of an int64, and of any number here. */
const MAX_DIGITS = 19;
/** From this size on, a native search for newlines beats a loop. */
const NATIVE_SEARCH = 64;

/**
 * Finds where units (the header, globals, records) end in .asb text that is cut anywhere. It
 * builds nothing: payloads are skipped by their length, values are looked at only as far as the
 * structure needs it. Memory does not grow with the input.
 *
 *     const scanner = new UnitScanner();
 *     const end = scanner.push(chunk); // chunk[0, end) ends a unit
 *     scanner.end();
 */
export class UnitScanner {
  #steps = ITEM_STEPS;
  #at = 0;
  /** A number so far; a sign was seen; bytes of a payload that are still to come. */
  #value = 0;
  /** Characters of the token so far. */
  #count = 0;
  #escaped = false;
  #binsLeft = 0;
  #offset = 0;
  #line = 1;
  #records = 0;
  #globals = 0;
  #isRecord = false;
  #message: number[] = [];
  #header: Header | undefined;
  readonly #headerReader = new HeaderReader();
  readonly #skipper = new RecordSkipper();

  /** @param header to begin behind the header that this is, in the middle of a text */
  constructor(header?: Header) {
    this.#header = header;
  }

  /** The header, once it was read to its end. */
  get header(): Header | undefined {
    return this.#header;
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Records that ended so far. */
  get records(): number {
    return this.#records;
  }

  /** Secondary indexes and UDF modules that ended so far. */
  get globals(): number {
    return this.#globals;
  }

  /** Whether the input could be cut here: behind the header, and not within a unit. */
  get atUnitEnd(): boolean {
    return this.#header !== undefined && this.#steps === ITEM_STEPS;
  }

  /**
   * Takes a chunk, or as much of it as up to the first unit that ends at `stop` or behind.
   *
   * @param stop offset in `chunk`; left out, the whole chunk is taken
   * @returns the offset in `chunk` behind the last unit that ended; 0 if none did. The header's
   *   end is only known with the first byte behind it.
   * @throws AsbError `FORMAT`, with line and offset, for bytes that are no .asb text; `TRUNCATED`
   *   if an earlier stage said that it failed
   */
  push(chunk: Buffer, stop = Number.POSITIVE_INFINITY): number {
    let from = 0;
    // A stage that failed before it wrote anything puts its message where the header would be.
    const failed = chunk[0] === BANG && this.#headerReader.size === 0;
    if (this.#header === undefined && this.#steps === ITEM_STEPS && !failed) {
      from = this.#headerReader.push(chunk);
      this.#offset += from;
      this.#line = this.#headerReader.line;
      if (from === chunk.length) return 0;
      this.#header = this.#headerReader.header;
      if (from >= stop) return from;
    }
    return this.#scan(chunk, from, stop);
  }

  /**
   * Says that the input is over.
   * @throws AsbError `TRUNCATED` if it ends within a unit, or if an earlier stage failed
   */
  end(): void {
    this.#header ??= this.#headerReader.header;
    if (this.atUnitEnd) return;
    if (this.#steps[this.#at] === Step.FAILURE) throw this.#failure();
    throw cutOff(this.#header, { line: this.#line, offset: this.#offset });
  }

  #scan(chunk: Buffer, from: number, stop: number): number {
    const size = chunk.length;
    const escapes = this.#header?.version !== '3.0';
    const base = this.#offset - from;
    let steps = this.#steps;
    let index = this.#at;
    let value = this.#value;
    let count = this.#count;
    let at = from;
    let unitEnd = from;
    this.#skipper.over(chunk);

    while (at < size) {
      const step = steps[index]!;
      if (step < 256) {
        if (chunk[at] !== step) this.#fail(chunk, at, base, step);
        at++;
        index++;
        if (step !== LF) continue;
        this.#line++;
        const next = steps[index];
        if (next === Step.BINS && this.#binsLeft > 0) {
          this.#binsLeft--;
          steps = BIN_STEPS;
          index = 0;
        } else if (next === Step.BINS || next === Step.END) {
          if (this.#isRecord) this.#records++;
          else this.#globals++;
          steps = ITEM_STEPS;
          index = 0;
          unitEnd = at;
          if (at >= stop) break;
        }
        continue;
      }
      if (step >= FIRST_CHOICE) {
        const byte = chunk[at]!;
        const skipped = step === Step.ITEM ? this.#skipRecords(at, stop) : at;
        if (skipped > at) {
          at = skipped;
          unitEnd = at;
          if (at >= stop) break;
          continue;
        }
        const chosen = CHOICES[step - FIRST_CHOICE]![byte];
        if (chosen === undefined) this.#fail(chunk, at, base, step);
        if (step === Step.ITEM) {
          this.#isRecord = byte === PLUS;
          if (byte === STAR && !escapes) this.#fail(chunk, at, base, step);
        }
        steps = chosen;
        index = 0;
        at++;
        continue;
      }
      switch (step) {
        case Step.NAMESPACE:
        case Step.SET:
        case Step.INDEX_SET:
        case Step.BIN:
        case Step.NAME: {
          const most = MOST[step]!;
          let escaped = this.#escaped;
          let byte = 0;
          for (; at < size; at++) {
            byte = chunk[at]!;
            if (!escaped) {
              if (byte === SP || byte === LF) break;
              escaped = byte === BACKSLASH && escapes;
              if (escaped) continue;
            }
            if (++count > most) this.#fail(chunk, at, base, step);
            if (byte === LF) this.#line++;
            escaped = false;
          }
          this.#escaped = escaped;
          if (at === size) break;
          if (count < (LEAST[step] ?? 0)) this.#fail(chunk, at, base, step);
          count = 0;
          index++;
          break;
        }
        case Step.UINT16:
        case Step.UINT32:
        case Step.BIN_COUNT:
        case Step.SIZE:
        case Step.SIZE_BASE64: {
          for (; at < size; at++) {
            const digit = chunk[at]! - 0x30;
            if (digit < 0 || digit > 9) break;
            value = value * 10 + digit;
            if (++count > MAX_DIGITS || value > MOST[step]!) this.#fail(chunk, at, base, step);
          }
          if (at === size) break;
          if (count === 0) this.#fail(chunk, at, base, step);
          if (step === Step.SIZE_BASE64 && value % 4 !== 0) this.#fail(chunk, at, base, step);
          if (step === Step.BIN_COUNT) this.#binsLeft = value;
          if (step < Step.SIZE) value = 0;
          count = 0;
          index++;
          break;
        }
        case Step.PAYLOAD: {
          const end = Math.min(at + value, size);
          value -= end - at;
          this.#countLines(chunk, at, end);
          at = end;
          if (value === 0) index++;
          break;
        }
        case Step.INTEGER: {
          for (; at < size; at++) {
            const byte = chunk[at]!;
            if (byte === MINUS && value === 0 && count === 0) value = 1;
            else if (byte < 0x30 || byte > 0x39) break;
            else if (++count > MAX_DIGITS) this.#fail(chunk, at, base, step);
          }
          if (at === size) break;
          if (count === 0) this.#fail(chunk, at, base, step);
          value = 0;
          count = 0;
          index++;
          break;
        }
        case Step.FLOAT:
        case Step.BASE64: {
          const allowed = step === Step.FLOAT ? IS_FLOAT : IS_BASE64;
          const most = step === Step.FLOAT ? MAX_DOUBLE_LENGTH : MAX_BASE64_LENGTH;
          for (; at < size && allowed[chunk[at]!] === 1; at++) {
            if (++count > most) this.#fail(chunk, at, base, step);
          }
          if (at === size) break;
          if (count === 0) this.#fail(chunk, at, base, step);
          count = 0;
          index++;
          break;
        }
        case Step.DIGEST: {
          const end = Math.min(at + DIGEST_LENGTH - count, size);
          count += end - at;
          for (; at < end; at++) {
            if (IS_BASE64[chunk[at]!] !== 1) this.#fail(chunk, at, base, step);
          }
          if (count < DIGEST_LENGTH) break;
          count = 0;
          index++;
          break;
        }
        case Step.CONTEXT: {
          if (chunk[at] === SP) {
            at++;
            steps = CONTEXT_STEPS;
            index = 0;
          } else {
            index++;
          }
          break;
        }
        default:
          at = this.#readFailure(chunk, at);
      }
    }
    this.#steps = steps;
    this.#at = index;
    this.#value = value;
    this.#count = count;
    this.#offset = base + at;
    return unitEnd;
  }

  /** Goes over records in one go, as far as that goes. @returns where it ended */
  #skipRecords(from: number, stop: number): number {
    const lines = this.#skipper.lines;
    let at = from;
    while (at < stop) {
      const end = this.#skipper.skip(at);
      if (end === NOT_SKIPPED) break;
      this.#records++;
      at = end;
    }
    this.#line += this.#skipper.lines - lines;
    return at;
  }

  /** Newlines within payloads count too: an editor's lines are meant. */
  #countLines(chunk: Buffer, from: number, end: number): void {
    if (end - from < NATIVE_SEARCH) {
      for (let at = from; at < end; at++) if (chunk[at] === LF) this.#line++;
      return;
    }
    for (let at = chunk.indexOf(LF, from); at !== -1 && at < end; at = chunk.indexOf(LF, at + 1)) {
      this.#line++;
    }
  }

  /** The words of the failed stage go up to the end of the input, or of what we keep. */
  #readFailure(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      if (chunk[at] === LF || this.#message.length === MAX_FAILURE_MESSAGE) throw this.#failure();
      this.#message.push(chunk[at]!);
    }
    return chunk.length;
  }

  #failure(): AsbError {
    const place = { line: this.#line, offset: this.#offset };
    return upstreamFailed(Buffer.from(this.#message), place);
  }

  #fail(chunk: Buffer, at: number, base: number, step: number): never {
    throw unexpectedByte(chunk[at]!, step, { line: this.#line, offset: base + at });
  }
}
