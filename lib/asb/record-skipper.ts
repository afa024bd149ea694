import * as layout from '../record/layout.ts';
import * as characters from './characters.ts';
import * as grammar from './grammar.ts';
import { LETTERS, letter } from './letters.ts';

// Names of this file: V8 does not fold what is imported.
const { BACKSLASH, BANG, IS_BASE64, IS_FLOAT, LF, MINUS, SP } = characters;
const { DIGEST_LENGTH, MAX_PAYLOAD_SIZE } = grammar;
const { MAX_BIN_NAME_LENGTH, MAX_NAMESPACE_LENGTH, MAX_SET_LENGTH } = layout;

const ZERO = 0x30;
const PADDING = 0x3d;
const TRUE = letter('T');
const FALSE = letter('F');
/** Most digits of any number. */
const MAX_DIGITS = 19;
/** Characters of a double at most; there are longer ones, but hardly. */
const MAX_FLOAT = 40;
/** All that stands before the first bin, or between two payloads, is shorter. */
const MARGIN = 512;
/** From this size on, a native search for newlines beats a loop. */
const NATIVE_SEARCH = 128;
const LF_WORD = 0x0a0a0a0a;

/** In place of an offset: this is not for a {@link RecordSkipper}. */
export const NOT_SKIPPED = -1;

/** `+ k ` and its like as one word of 4 bytes. */
const line = (kind: string): number => Buffer.from(`+ ${kind} `).readInt32BE();
const KEY_LINE = line('k');
const NAMESPACE_LINE = line('n');
const DIGEST_LINE = line('d');
const SET_LINE = line('s');
const GENERATION_LINE = line('g');
const VOID_TIME_LINE = line('t');
const BINS_LINE = line('b');
/** How the line of a bin begins. */
const BIN = Buffer.from('- ').readUInt16BE();

/** By letter: how a value is written, of bins and of keys; 0: there is no such letter. */
const BLOB = 1;
const SIZED = 2;
const BASE64 = 3;
const INTEGER = 4;
const FLOAT = 5;
const BOOLEAN = 6;
const NULL = 7;
const BIN_FORMS = new Uint8Array(256);
const KEY_FORMS = new Uint8Array(256);
for (const kind of LETTERS) if (kind !== 0) BIN_FORMS[kind] = BLOB;
for (const [kind, form] of [
  ['N', NULL],
  ['Z', BOOLEAN],
  ['I', INTEGER],
  ['D', FLOAT],
  ['S', SIZED],
  ['G', SIZED],
  ['X', BASE64],
] as const) {
  BIN_FORMS[letter(kind)] = form;
}
for (const kind of ['I', 'D', 'S', 'X', 'B']) KEY_FORMS[letter(kind)] = BIN_FORMS[letter(kind)]!;

/**
 * Goes over whole records in the middle of a text, in a straight line: a third of the time that
 * `UnitScanner` takes, which can stop at any byte. It refuses nothing: what is unusual, wrong or near
 * the end of the text is left to that one.
 */
export class RecordSkipper {
  #text: Buffer = Buffer.alloc(0);
  #view: DataView = layout.viewOf(this.#text);
  /** From here on a token might go on over the end. */
  #limit = -1;
  /** The number that was read last. */
  #value = 0;
  #payloadLines = 0;
  /** Lines that ended in all records skipped. */
  lines = 0;

  /** The text that offsets are of, from now on. */
  over(text: Buffer): void {
    this.#limit = text.length - MARGIN;
    if (this.#limit < 0) return;
    this.#text = text;
    this.#view = layout.viewOf(text);
  }

  /** @returns the offset behind the record at `start`, or `NOT_SKIPPED` */
  skip(start: number): number {
    if (start > this.#limit) return NOT_SKIPPED;
    const view = this.#view;
    let at = start;
    let lines = 5;
    this.#payloadLines = 0;
    if (view.getInt32(at) === KEY_LINE) {
      at = this.#skipKey(at + 4);
      if (at === NOT_SKIPPED) return NOT_SKIPPED;
      lines++;
    }
    if (view.getInt32(at) !== NAMESPACE_LINE) return NOT_SKIPPED;
    at = this.#skipName(at + 4, 1, MAX_NAMESPACE_LENGTH, LF);
    if (at === NOT_SKIPPED || view.getInt32(at) !== DIGEST_LINE) return NOT_SKIPPED;
    at = this.#skipDigest(at + 4);
    if (at === NOT_SKIPPED) return NOT_SKIPPED;
    if (view.getInt32(at) === SET_LINE) {
      at = this.#skipName(at + 4, 1, MAX_SET_LENGTH, LF);
      if (at === NOT_SKIPPED) return NOT_SKIPPED;
      lines++;
    }
    if (view.getInt32(at) !== GENERATION_LINE) return NOT_SKIPPED;
    at = this.#skipNumber(at + 4, 0xffff, LF);
    if (at === NOT_SKIPPED || view.getInt32(at) !== VOID_TIME_LINE) return NOT_SKIPPED;
    at = this.#skipNumber(at + 4, 0xffffffff, LF);
    if (at === NOT_SKIPPED || view.getInt32(at) !== BINS_LINE) return NOT_SKIPPED;
    at = this.#skipNumber(at + 4, 0xffff, LF);
    const bins = this.#value;
    for (let left = bins; left > 0 && at !== NOT_SKIPPED; left--) at = this.#skipBin(at);
    if (at !== NOT_SKIPPED) this.lines += lines + bins + this.#payloadLines;
    return at;
  }

  /** A key from its letter on. */
  #skipKey(start: number): number {
    const form = KEY_FORMS[this.#text[start]!]!;
    const isRaw = form === BLOB && this.#text[start + 1] === BANG;
    const at = isRaw ? start + 2 : start + 1;
    if (this.#text[at] !== SP) return NOT_SKIPPED;
    return this.#skipValue(isRaw ? SIZED : form, at + 1);
  }

  #skipBin(start: number): number {
    if (start > this.#limit || this.#view.getUint16(start) !== BIN) return NOT_SKIPPED;
    const form = BIN_FORMS[this.#text[start + 2]!]!;
    const isRaw = form === BLOB && this.#text[start + 3] === BANG;
    const at = isRaw ? start + 4 : start + 3;
    if (this.#text[at] !== SP) return NOT_SKIPPED;
    const valueAt = this.#skipName(at + 1, 0, MAX_BIN_NAME_LENGTH, form === NULL ? LF : SP);
    if (valueAt === NOT_SKIPPED || form === NULL) return valueAt;
    return this.#skipValue(isRaw ? SIZED : form, valueAt);
  }

  /** A value and the end of its line. */
  #skipValue(form: number, start: number): number {
    switch (form) {
      case INTEGER:
        return this.#skipInteger(start);
      case FLOAT:
        return this.#skipFloat(start);
      case BOOLEAN: {
        const kind = this.#text[start];
        return kind === TRUE || kind === FALSE ? this.#skipLineEnd(start + 1) : NOT_SKIPPED;
      }
      case SIZED:
        return this.#skipPayload(this.#skipNumber(start, MAX_PAYLOAD_SIZE, SP));
      case BLOB:
      case BASE64: {
        const at = this.#skipNumber(start, MAX_PAYLOAD_SIZE, SP);
        return this.#value % 4 === 0 ? this.#skipPayload(at) : NOT_SKIPPED;
      }
      default:
        return NOT_SKIPPED;
    }
  }

  #skipInteger(start: number): number {
    const text = this.#text;
    const first = text[start] === MINUS ? start + 1 : start;
    let at = first;
    for (let digit = text[at]! - ZERO; digit >= 0 && digit <= 9; digit = text[++at]! - ZERO) {
      if (at - first === MAX_DIGITS) return NOT_SKIPPED;
    }
    return at === first ? NOT_SKIPPED : this.#skipLineEnd(at);
  }

  #skipFloat(start: number): number {
    const text = this.#text;
    const limit = start + MAX_FLOAT;
    let at = start;
    while (at < limit && IS_FLOAT[text[at]!] === 1) at++;
    return at === start ? NOT_SKIPPED : this.#skipLineEnd(at);
  }

  /** @param start behind its size, or `NOT_SKIPPED` */
  #skipPayload(start: number): number {
    const end = start + this.#value;
    if (start === NOT_SKIPPED || end > this.#limit) return NOT_SKIPPED;
    this.#payloadLines += countLines(this.#text, this.#view, start, end);
    return this.#skipLineEnd(end);
  }

  #skipDigest(start: number): number {
    const text = this.#text;
    const end = start + DIGEST_LENGTH;
    for (let at = start; at < end; at++) if (IS_BASE64[text[at]!] !== 1) return NOT_SKIPPED;
    return text[end] === PADDING ? this.#skipLineEnd(end + 1) : NOT_SKIPPED;
  }

  /** A name without escapes, and the byte that ends it. */
  #skipName(start: number, least: number, most: number, until: number): number {
    const text = this.#text;
    const limit = start + most;
    let at = start;
    for (let byte = text[at]!; byte !== SP && byte !== LF; byte = text[++at]!) {
      if (byte === BACKSLASH || at === limit) return NOT_SKIPPED;
    }
    return text[at] === until && at - start >= least ? at + 1 : NOT_SKIPPED;
  }

  /** A number and the byte that ends it. */
  #skipNumber(start: number, most: number, until: number): number {
    const text = this.#text;
    let at = start;
    let value = 0;
    for (let digit = text[at]! - ZERO; digit >= 0 && digit <= 9; digit = text[++at]! - ZERO) {
      value = value * 10 + digit;
      if (value > most || at - start === MAX_DIGITS) return NOT_SKIPPED;
    }
    this.#value = value;
    return text[at] === until && at > start ? at + 1 : NOT_SKIPPED;
  }

  #skipLineEnd(at: number): number {
    return this.#text[at] === LF ? at + 1 : NOT_SKIPPED;
  }
}

/** Newlines; a word of 4 bytes has one if a byte of its XOR is 0. At least 3 bytes follow the end. */
const countLines = (text: Buffer, view: DataView, start: number, end: number): number => {
  let lines = 0;
  if (end - start >= NATIVE_SEARCH) {
    for (let at = text.indexOf(LF, start); at !== -1 && at < end; at = text.indexOf(LF, at + 1)) {
      lines++;
    }
    return lines;
  }
  for (let at = start; at < end; at += 4) {
    const rest = view.getInt32(at) ^ LF_WORD;
    if (((rest - 0x01010101) & ~rest & 0x80808080) === 0) continue;
    for (let index = at; index < at + 4 && index < end; index++) if (text[index] === LF) lines++;
  }
  return lines;
};
