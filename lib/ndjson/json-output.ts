import { isUtf8 } from 'node:buffer';
import { BufferPool, lend, type PooledBuffer } from '../memory/buffer-pool.ts';
import { copyView } from '../memory/copy.ts';
import { viewOf } from '../record/layout.ts';
import { base64Size, NATIVE_FROM, writeBase64, writeLongBase64 } from '../record/text/base64.ts';
import { MAX_DOUBLE_TEXT, writeDouble } from '../record/text/double.ts';
import { writeInt64, writeInteger, writeUint64 } from '../record/text/integer.ts';
import { BACKSLASH, ESCAPE_LETTERS, HIGH, NEEDS, PLAIN, QUOTE, SHORT_ESCAPE } from './escapes.ts';

/**
 * Room that there always is behind what was written, so that what is short needs no look: a number, a
 * double, and the longest {@link piece}.
 */
const SLACK = MAX_DOUBLE_TEXT;

/** Text is made in pieces of this many bytes; only a line longer than that has a larger one. */
const PIECE_SIZE = 256 * 1024 - SLACK;
/** Pieces kept to be used again: more than wait in a pipeline at once. */
const PIECES_KEPT = 16;

export interface JsonOutputOptions {
  /** Writes into memory that was given back (`giveBack`). Default false. */
  readonly reuseMemory?: boolean;
  /** Bytes of text made at a time. */
  readonly pieceSize?: number;
}
/** Four bytes that need no escape. */
const LETTERS = 0x61616161;
const HEX = Buffer.from('0123456789abcdef');

/** The upper half of -2^53, which is the first integer below the safe ones. */
const LOWEST_HIGH = -0x200000;

/** Text that is written often, of at most {@link SLACK} bytes. */
export const piece = (text: string): DataView => viewOf(Buffer.from(text));

const INT = piece('{"$int":"');
const DOUBLE = piece('{"$double":"');
const END_OF_TAG = piece('"}');

/**
 * Lines of JSON in pieces of memory, written without a string or an object between. What `take()`
 * gives is not written to again before it is given back.
 */
export class JsonOutput {
  readonly #pool: BufferPool;
  #piece: PooledBuffer;
  #buffer: Buffer;
  #view: DataView;
  /** Behind it, there is less than {@link SLACK} left. */
  #limit = 0;
  /** The bytes that were read last, and a view of them. */
  #input: Buffer = Buffer.alloc(0);
  #from: DataView = viewOf(this.#input);
  /** Where the lines begin that were not taken yet. */
  #start = 0;
  /** Where the line begins that is being written. */
  #lineStart = 0;
  #at = 0;
  #full: Buffer[] = [];

  constructor({ reuseMemory = false, pieceSize = PIECE_SIZE }: JsonOutputOptions = {}) {
    this.#pool = new BufferPool(pieceSize + SLACK, reuseMemory ? PIECES_KEPT : 0);
    this.#piece = this.#pool.take();
    this.#buffer = this.#piece.bytes;
    this.#view = viewOf(this.#buffer);
    this.#limit = this.#buffer.length - SLACK;
  }

  /** Bytes of the line so far. */
  get length(): number {
    return this.#at - this.#lineStart;
  }

  /** Takes back all but the first `length` bytes of the line. */
  rewind(length: number): void {
    this.#at = this.#lineStart + length;
  }

  /** Says that the line is whole, with its line end. */
  endLine(): void {
    this.#lineStart = this.#at;
  }

  /** Gives away the whole lines, in one or more pieces. */
  take(): Buffer[] {
    this.#giveLines();
    const pieces = this.#full;
    this.#full = [];
    return pieces;
  }

  #giveLines(): void {
    if (this.#start === this.#lineStart) return;
    this.#full.push(lend(this.#piece, this.#start, this.#lineStart));
    this.#start = this.#lineStart;
  }

  /** Writes one ASCII character. */
  byte(byte: number): void {
    this.#buffer[this.#at++] = byte;
    if (this.#at > this.#limit) this.#renew(SLACK);
  }

  /** Writes a {@link piece}. */
  piece(bytes: DataView): void {
    this.#at = copyView(this.#view, this.#at, bytes, 0, bytes.byteLength);
    if (this.#at > this.#limit) this.#renew(SLACK);
  }

  /** Writes text for which nothing faster is needed. */
  text(text: string): void {
    this.#reserve(Buffer.byteLength(text));
    this.#at += this.#buffer.write(text, this.#at);
  }

  /** Writes a safe integer. */
  integer(value: number): void {
    this.#at = writeInteger(this.#view, this.#at, value);
    if (this.#at > this.#limit) this.#renew(SLACK);
  }

  /** Writes the signed integer in the 8 bytes at `from`; tagged beyond 2^53-1. */
  int64(bytes: Buffer, from: number): void {
    const view = this.#viewOf(bytes);
    const high = view.getInt32(from);
    const safe = high >= LOWEST_HIGH && high < -LOWEST_HIGH;
    if (safe && (high !== LOWEST_HIGH || view.getInt32(from + 4) !== 0)) {
      this.#at = writeInt64(this.#view, this.#at, view, from);
      if (this.#at > this.#limit) this.#renew(SLACK);
    } else {
      this.bigInt64(bytes, from);
    }
  }

  /** Writes the signed integer in the 8 bytes at `from`, tagged. */
  bigInt64(bytes: Buffer, from: number): void {
    this.piece(INT);
    this.#at = writeInt64(this.#view, this.#at, this.#viewOf(bytes), from);
    if (this.#at > this.#limit) this.#renew(SLACK);
    this.piece(END_OF_TAG);
  }

  /** Writes an unsigned integer of 64 bits, tagged. */
  bigUint64(high: number, low: number): void {
    this.piece(INT);
    this.#at = writeUint64(this.#view, this.#at, high, low);
    if (this.#at > this.#limit) this.#renew(SLACK);
    this.piece(END_OF_TAG);
  }

  /**
   * Writes the double in the 8 bytes at `from`: as a JSON number if that can't be taken for an
   * integer, else tagged. A NaN with a payload is its bits.
   */
  double(bytes: Buffer, from: number): void {
    const view = this.#viewOf(bytes);
    const value = view.getFloat64(from);
    if (Number.isFinite(value) && !Number.isInteger(value)) {
      this.#at = writeDouble(this.#view, this.#at, view, from);
      if (this.#at > this.#limit) this.#renew(SLACK);
      return;
    }
    this.piece(DOUBLE);
    const high = view.getUint32(from);
    const low = view.getUint32(from + 4);
    if (Number.isNaN(value) && (high !== 0x7ff80000 || low !== 0)) {
      this.text(`0x${hex32(high)}${hex32(low)}`);
    } else {
      this.#at = writeDouble(this.#view, this.#at, view, from);
      if (this.#at > this.#limit) this.#renew(SLACK);
    }
    this.piece(END_OF_TAG);
  }

  /** Writes bytes in base64, without quotes. */
  base64(bytes: Buffer, start: number, end: number): void {
    this.#reserve(base64Size(end - start));
    this.#at =
      end - start < NATIVE_FROM
        ? writeBase64(this.#view, this.#at, this.#viewOf(bytes), start, end)
        : writeLongBase64(this.#buffer, this.#at, bytes, start, end);
  }

  /**
   * Writes UTF-8 as a JSON string with its quotes.
   * @returns false, and nothing is written, if the bytes are no UTF-8
   */
  string(bytes: Buffer, start: number, end: number): boolean {
    this.#reserve(end - start + 2);
    const view = this.#viewOf(bytes);
    const out = this.#view;
    let at = this.#at;
    out.setUint8(at++, QUOTE);
    let from = start;
    for (const last = end - 4; from <= last; from += 4) {
      const four = view.getInt32(from);
      if (mayNeedEscape(four)) return this.#oddString(bytes, start, end);
      out.setInt32(at, four);
      at += 4;
    }
    const left = end - from;
    if (from + 4 <= view.byteLength) {
      // What stands behind the string in its last word counts as letters.
      const behind = -1 >>> (8 * left);
      const last = view.getInt32(from) & ~behind;
      if (mayNeedEscape(last | (LETTERS & behind))) return this.#oddString(bytes, start, end);
      out.setInt32(at, last | ((QUOTE << 24) >>> (8 * left)));
      this.#at = at + left + 1;
    } else {
      for (; from < end; from++) {
        const byte = bytes[from]!;
        if (NEEDS[byte] !== PLAIN) return this.#oddString(bytes, start, end);
        out.setUint8(at++, byte);
      }
      out.setUint8(at, QUOTE);
      this.#at = at + 1;
    }
    return true;
  }

  #oddString(bytes: Buffer, start: number, end: number): boolean {
    let high = false;
    let size = end - start + 2;
    for (let from = start; from < end; from++) {
      const need = NEEDS[bytes[from]!]!;
      if (need === HIGH) high = true;
      else if (need !== PLAIN) size += need - 1;
    }
    if (high && !isUtf8(bytes.subarray(start, end))) return false;
    this.#reserve(size);
    this.#buffer[this.#at++] = QUOTE;
    if (size === end - start + 2) this.#at += bytes.copy(this.#buffer, this.#at, start, end);
    else this.#escaped(bytes, start, end);
    this.#buffer[this.#at++] = QUOTE;
    return true;
  }

  #escaped(bytes: Buffer, start: number, end: number): void {
    const out = this.#buffer;
    let at = this.#at;
    for (let from = start; from < end; from++) {
      const byte = bytes[from]!;
      const need = NEEDS[byte]!;
      if (need <= HIGH) {
        out[at++] = byte;
      } else if (need === SHORT_ESCAPE) {
        out[at++] = BACKSLASH;
        out[at++] = ESCAPE_LETTERS[byte]!;
      } else {
        at += out.write('\\u00', at, 'latin1');
        out[at++] = HEX[byte >> 4]!;
        out[at++] = HEX[byte & 15]!;
      }
    }
    this.#at = at;
  }

  #viewOf(bytes: Buffer): DataView {
    if (bytes !== this.#input) {
      this.#input = bytes;
      this.#from = viewOf(bytes);
    }
    return this.#from;
  }

  /** Makes room for `size` bytes and what is short behind them. */
  #reserve(size: number): void {
    if (this.#at + size > this.#limit) this.#renew(size + SLACK);
  }

  #renew(size: number): void {
    this.#giveLines();
    const { length } = this;
    const next = this.#pool.take(2 * length + size);
    this.#buffer.copy(next.bytes, 0, this.#lineStart, this.#at);
    this.#piece.release();
    this.#piece = next;
    this.#buffer = next.bytes;
    this.#view = viewOf(this.#buffer);
    this.#limit = this.#buffer.length - SLACK;
    this.#start = 0;
    this.#lineStart = 0;
    this.#at = length;
  }
}

/** Whether one of four bytes may not stand in a string as it is, or may be no UTF-8. */
const mayNeedEscape = (four: number): boolean =>
  (((four - 0x20202020) |
    four |
    ((four ^ 0x22222222) - 0x01010101) |
    ((four ^ 0x5c5c5c5c) - 0x01010101)) &
    0x80808080) !==
  0;

const hex32 = (bits: number): string => bits.toString(16).padStart(8, '0');
