import { isUtf8 } from 'node:buffer';
import { BufferPool, lend, type PooledBuffer } from '../memory/buffer-pool.ts';
import { readU32 } from '../record/layout.ts';
import { base64Size, writeBase64 } from '../record/text/base64.ts';
import { MAX_DOUBLE_TEXT, writeDouble } from '../record/text/double.ts';
import { MAX_INT64_TEXT, writeInt64, writeInteger, writeUint64 } from '../record/text/integer.ts';
import { BACKSLASH, ESCAPE_LETTERS, HIGH, NEEDS, PLAIN, QUOTE, SHORT_ESCAPE } from './escapes.ts';

/** Text is made in pieces of this many bytes; only a line longer than that has a larger one. */
const PIECE_SIZE = 256 * 1024;
/** Pieces kept to be used again: more than wait in a pipeline at once. */
const PIECES_KEPT = 16;

export interface JsonOutputOptions {
  /** Writes into memory that was given back (`giveBack`). Default false. */
  readonly reuseMemory?: boolean;
  /** Bytes of text made at a time. */
  readonly pieceSize?: number;
}
/** Longer strings are scanned and then copied; shorter ones are copied byte by byte at once. */
const COPIED_AT_ONCE = 96;

const HEX = Buffer.from('0123456789abcdef');

/** The upper half of -2^53, which is the first integer below the safe ones. */
const LOWEST_HIGH = -0x200000;

/** Text that is written often, as bytes. */
export const piece = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const INT = piece('{"$int":"');
const DOUBLE = piece('{"$double":"');
const END_OF_TAG = piece('"}');
const NAN = piece('NaN');

/**
 * Lines of JSON in pieces of memory, written without a string or an object between. What `take()`
 * gives is not written to again before it is given back.
 */
export class JsonOutput {
  readonly #pool: BufferPool;
  #piece: PooledBuffer;
  #buffer: Buffer;
  /** Where the lines begin that were not taken yet. */
  #start = 0;
  /** Where the line begins that is being written. */
  #lineStart = 0;
  #at = 0;
  #full: Buffer[] = [];

  constructor({ reuseMemory = false, pieceSize = PIECE_SIZE }: JsonOutputOptions = {}) {
    this.#pool = new BufferPool(pieceSize, reuseMemory ? PIECES_KEPT : 0);
    this.#piece = this.#pool.take();
    this.#buffer = this.#piece.bytes;
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
    this.#reserve(1);
    this.#buffer[this.#at++] = byte;
  }

  /** Writes a {@link piece}. */
  piece(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    const out = this.#buffer;
    let at = this.#at;
    for (let index = 0; index < bytes.length; index++) out[at++] = bytes[index]!;
    this.#at = at;
  }

  /** Writes text for which nothing faster is needed. */
  text(text: string): void {
    this.#reserve(Buffer.byteLength(text));
    this.#at += this.#buffer.write(text, this.#at);
  }

  /** Writes a safe integer. */
  integer(value: number): void {
    this.#reserve(MAX_INT64_TEXT);
    this.#at = writeInteger(this.#buffer, this.#at, value);
  }

  /** Writes the signed integer in the 8 bytes at `from`; tagged beyond 2^53-1. */
  int64(bytes: Uint8Array, from: number): void {
    this.#reserve(MAX_INT64_TEXT);
    const high = readU32(bytes, from) | 0;
    const safe = high >= LOWEST_HIGH && high < -LOWEST_HIGH;
    if (safe && (high !== LOWEST_HIGH || readU32(bytes, from + 4) !== 0)) {
      this.#at = writeInt64(this.#buffer, this.#at, bytes, from);
    } else {
      this.bigInt64(bytes, from);
    }
  }

  /** Writes the signed integer in the 8 bytes at `from`, tagged. */
  bigInt64(bytes: Uint8Array, from: number): void {
    this.piece(INT);
    this.#reserve(MAX_INT64_TEXT);
    this.#at = writeInt64(this.#buffer, this.#at, bytes, from);
    this.piece(END_OF_TAG);
  }

  /** Writes an unsigned integer of 64 bits, tagged. */
  bigUint64(high: number, low: number): void {
    this.piece(INT);
    this.#reserve(MAX_INT64_TEXT);
    this.#at = writeUint64(this.#buffer, this.#at, high, low);
    this.piece(END_OF_TAG);
  }

  /**
   * Writes a double: as a JSON number if that can't be taken for an integer, else tagged.
   * @param high upper 32 bits of `value`: a NaN has a payload, which a `number` may lose
   * @param low lower 32 bits
   */
  double(value: number, high: number, low: number): void {
    this.#reserve(MAX_DOUBLE_TEXT);
    if (Number.isFinite(value) && !Number.isInteger(value)) {
      this.#at = writeDouble(this.#buffer, this.#at, value);
      return;
    }
    this.piece(DOUBLE);
    if (!Number.isNaN(value)) {
      this.#reserve(MAX_DOUBLE_TEXT);
      this.#at = writeDouble(this.#buffer, this.#at, value);
    } else if (high === 0x7ff80000 && low === 0) {
      this.piece(NAN);
    } else {
      this.text(`0x${hex32(high)}${hex32(low)}`);
    }
    this.piece(END_OF_TAG);
  }

  /** Writes bytes in base64, without quotes. */
  base64(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(base64Size(end - start));
    this.#at = writeBase64(this.#buffer, this.#at, bytes, start, end);
  }

  /**
   * Writes UTF-8 as a JSON string with its quotes.
   * @returns false, and nothing is written, if the bytes are no UTF-8
   */
  string(bytes: Buffer, start: number, end: number): boolean {
    const size = end - start;
    this.#reserve(size + 2);
    const out = this.#buffer;
    let at = this.#at;
    out[at++] = QUOTE;
    if (size <= COPIED_AT_ONCE) {
      for (let from = start; from < end; from++) {
        const byte = bytes[from]!;
        if (NEEDS[byte] !== PLAIN) return this.#oddString(bytes, start, end);
        out[at++] = byte;
      }
    } else {
      for (let from = start; from < end; from++) {
        if (NEEDS[bytes[from]!] !== PLAIN) return this.#oddString(bytes, start, end);
      }
      at += bytes.copy(out, at, start, end);
    }
    out[at] = QUOTE;
    this.#at = at + 1;
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

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return;
    this.#giveLines();
    const { length } = this;
    const next = this.#pool.take(2 * length + size);
    this.#buffer.copy(next.bytes, 0, this.#lineStart, this.#at);
    this.#piece.release();
    this.#piece = next;
    this.#buffer = next.bytes;
    this.#start = 0;
    this.#lineStart = 0;
    this.#at = length;
  }
}

const hex32 = (bits: number): string => bits.toString(16).padStart(8, '0');
