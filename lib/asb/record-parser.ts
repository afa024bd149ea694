import { copyView, COPY_NATIVE_FROM as NATIVE_COPY_FROM } from '../memory/copy.ts';
import * as layout from '../record/layout.ts';
import { GEOJSON_HEADER_SIZE, ParticleType } from '../record/particle.ts';
import { readBase64 } from '../record/text/read-base64.ts';
import { readDouble } from '../record/text/read-double.ts';
import { readInt64 } from '../record/text/read-integer.ts';
import { CHOICES, expectedAt, FIRST_CHOICE, MAX_PAYLOAD_SIZE, Step } from './grammar.ts';
import { LETTERS, letter } from './letters.ts';
import { incomplete, Misfit } from './misfit.ts';
import { LARGE_DATA_TYPE } from './scan-errors.ts';

// What the hot path needs has a name of this file, and its small steps stand below: V8 does not
// fold what is imported.
const COPY_NATIVE_FROM = NATIVE_COPY_FROM;
const { DIGEST_SIZE, FIELD_HEADER_SIZE, HEADER_SIZE, OP_HEADER_SIZE } = layout;
const { AT_FIELD_COUNT, AT_GENERATION, AT_OP_COUNT, AT_RECORD_TTL } = layout;
const { MAX_BIN_NAME_LENGTH, MAX_NAMESPACE_LENGTH, MAX_SET_LENGTH } = layout;
const { DIGEST: DIGEST_FIELD, KEY: KEY_FIELD, SET: SET_FIELD } = layout.Field;
const READ_OP = layout.Op.READ;
const { BLOB, DOUBLE, INTEGER, STRING } = ParticleType;

const ZERO = 0x30;
const SPACE = 0x20;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const BANG = 0x21;
const LETTER_B = letter('B');
const LETTER_X = letter('X');
const LETTER_U = letter('U');
const TRUE = letter('T');
const FALSE = letter('F');

/** `+ k ` and its like as one word of 4 bytes. */
const head = (sign: string, kind: number, last = SPACE): number =>
  ((letter(sign) << 24) | (SPACE << 16) | (kind << 8) | last) >>> 0;
const KEY_LINE = head('+', letter('k'));
const NAMESPACE_LINE = head('+', letter('n'));
const DIGEST_LINE = head('+', letter('d'));
const SET_LINE = head('+', letter('s'));
const GENERATION_LINE = head('+', letter('g'));
const VOID_TIME_LINE = head('+', letter('t'));
const BINS_LINE = head('+', letter('b'));
/** A bin's line without its letter: `- ? ` and `- ?!`. */
const BIN_LINE = head('-', 0);
const RAW_BIN_LINE = head('-', 0, BANG);
const NOT_LETTER = 0xffff00ff;

/** By letter of a bin: its particle type, and how its value is written. */
const TYPES = new Uint8Array(256);
const FORMS = new Uint8Array(256);
const Form = {
  NONE: 0,
  BLOB: 1,
  SIZED: 2,
  BASE64: 3,
  INTEGER: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
  NULL: 7,
  GEO: 8,
};
LETTERS.forEach((kind, type) => {
  if (kind === 0) return;
  TYPES[kind] = type;
  FORMS[kind] = Form.BLOB;
});
FORMS[letter('N')] = Form.NULL;
FORMS[letter('Z')] = Form.BOOLEAN;
FORMS[letter('I')] = Form.INTEGER;
FORMS[letter('D')] = Form.DOUBLE;
FORMS[letter('S')] = Form.SIZED;
FORMS[letter('G')] = Form.GEO;
TYPES[LETTER_X] = STRING;
FORMS[LETTER_X] = Form.BASE64;

const { NONE, SIZED, BASE64, GEO } = Form;
const { INTEGER: INTEGER_FORM, DOUBLE: DOUBLE_FORM, BOOLEAN: BOOLEAN_FORM, NULL: NULL_FORM } = Form;
const BLOB_FORM = Form.BLOB;
/** Bytes of an integer or a double. */
const NUMBER_SIZE = 8;
/** Characters of a digest in base64. */
const DIGEST_TEXT = 28;

/** Zeros that must follow the text: no token goes on over them, and words may be read there. */
export const SLACK = 128;

/**
 * Reads records of .asb text straight into their wire form: bytes from buffer to buffer, no object
 * for a record or a bin. The messages are as a `BatchBuilder` makes them.
 */
export class RecordParser {
  #text: Buffer = Buffer.alloc(0);
  #view: DataView = layout.viewOf(this.#text);
  #end = 0;
  #out: Buffer = Buffer.alloc(0);
  #outView: DataView = layout.viewOf(this.#out);
  readonly #escapes: boolean;
  /** The namespace that all records are of, its line in the text, and its field. */
  #namespace: Buffer | undefined;
  #namespaceView: DataView = layout.viewOf(this.#text);
  #namespaceLines = 0;
  #namespaceField: DataView = layout.viewOf(this.#text);
  /** Where reading stands. */
  #at = 0;
  /** Lines that ended within payloads and names of this record. */
  #payloadLines = 0;
  /** Behind the record that was read last. */
  textEnd = 0;
  /** Lines that ended in all records read. */
  lines = 0;

  /** @param escapes whether names have `\` before SP, LF and `\`; version 3.0 has none */
  constructor(escapes: boolean) {
    this.#escapes = escapes;
  }

  /** Room that the message of a text of `size` bytes may take: `- I  1` is 7 bytes, and becomes 16. */
  static room(size: number): number {
    return 512 + size * 3;
  }

  /**
   * Says of which namespace all records must be.
   * @param escaped the name as text has it
   */
  expectNamespace(escaped: Uint8Array, name: Uint8Array): void {
    const line = Buffer.concat([Buffer.from('+ n '), escaped, Buffer.of(LF)]);
    this.#namespaceView = layout.viewOf(line);
    this.#namespaceLines = countLines(line, 0, line.length);
    this.#namespace = Buffer.from(name);
    const field = Buffer.alloc(FIELD_HEADER_SIZE + name.length);
    field.writeUInt32BE(name.length + 1);
    field.set(name, FIELD_HEADER_SIZE);
    this.#namespaceField = layout.viewOf(field);
  }

  /** The text to read from, of which `end` bytes count; {@link SLACK} zeros follow them. */
  from(text: Buffer, end: number): void {
    if (text !== this.#text) {
      this.#text = text;
      this.#view = layout.viewOf(text);
    }
    this.#end = end;
  }

  /** Where messages are written to. */
  to(out: Buffer): void {
    if (out === this.#out) return;
    this.#out = out;
    this.#outView = layout.viewOf(out);
  }

  /**
   * Reads the record at `start`, up to `textEnd`.
   *
   * @param outStart has {@link RecordParser.room} bytes
   * @returns the offset behind the message
   * @throws Incomplete if the text ends before the record does; Misfit for a wrong byte
   */
  read(start: number, outStart: number): number {
    const view = this.#view;
    const outView = this.#outView;
    let at = start;
    let lines = 4;
    this.#payloadLines = 0;
    const keyAt = at + 4;
    const hasKey = view.getUint32(at) === KEY_LINE;
    if (hasKey) {
      at = this.#skipKey(keyAt, outStart);
      lines++;
    }
    at = this.#readNamespace(at, outStart + NUMBER_SIZE, hasKey);
    let next = copyView(
      outView,
      outStart + HEADER_SIZE,
      this.#namespaceField,
      0,
      this.#namespaceField.byteLength,
    );
    this.#expect(at, DIGEST_LINE, '+ d ');
    at += 4;
    outView.setUint32(next, DIGEST_SIZE + 1);
    outView.setUint8(next + 4, DIGEST_FIELD);
    this.#readDigest(at, next + FIELD_HEADER_SIZE);
    next += FIELD_HEADER_SIZE + DIGEST_SIZE;
    at += DIGEST_TEXT + 1;
    let fields = 2;
    if (view.getUint32(at) === SET_LINE) {
      const nameAt = next + FIELD_HEADER_SIZE;
      const nameEnd = this.#readName(at + 4, nameAt, MAX_SET_LENGTH, Step.SET, LF);
      if (nameEnd === nameAt) this.#fail(at + 4, expectedAt(Step.SET));
      outView.setUint32(next, nameEnd - nameAt + 1);
      outView.setUint8(next + 4, SET_FIELD);
      next = nameEnd;
      at = this.#at + 1;
      fields++;
      lines++;
    }
    if (view.getUint32(at) !== GENERATION_LINE) {
      this.#wrongWord(at, '+ g ', fields === 2 ? Step.AFTER_DIGEST : letter('g'));
    }
    const generation = this.#readNumberLine(at + 4, Step.UINT16, 0xffff);
    at = this.#at;
    this.#expect(at, VOID_TIME_LINE, '+ t ');
    const voidTime = this.#readNumberLine(at + 4, Step.UINT32, 0xffffffff);
    at = this.#at;
    this.#expect(at, BINS_LINE, '+ b ');
    const bins = this.#readNumberLine(at + 4, Step.BIN_COUNT, 0xffff);
    at = this.#at;
    if (hasKey) {
      next = this.#readKey(keyAt, next, outStart);
      fields++;
    }
    outView.setUint32(outStart, HEADER_SIZE << 24);
    outView.setUint32(outStart + 4, 0);
    outView.setUint32(outStart + AT_GENERATION, generation);
    outView.setUint32(outStart + AT_RECORD_TTL, voidTime);
    outView.setUint32(outStart + AT_RECORD_TTL + 4, 0);
    outView.setUint16(outStart + AT_FIELD_COUNT, fields);
    outView.setUint16(outStart + AT_OP_COUNT, bins);
    this.#at = at;
    for (let left = bins; left > 0; left--) next = this.#readBin(next);
    this.textEnd = this.#at;
    this.lines += lines + bins + this.#payloadLines;
    return next;
  }

  /**
   * Goes over the key's line. What is wrong in it is found here: it is wrong before what follows.
   *
   * @param outAt a number's bytes go here; others are read when their place is known
   */
  #skipKey(at: number, outAt: number): number {
    const text = this.#text;
    const kind = text[at];
    let from = at + 2;
    switch (kind) {
      case letter('I'):
      case letter('D'):
      case letter('S'):
      case LETTER_X:
        if (text[at + 1] !== SPACE) this.#fail(at + 1, expectedAt(SPACE));
        break;
      case LETTER_B:
        if (text[at + 1] === BANG) from++;
        else if (text[at + 1] !== SPACE) this.#fail(at + 1, expectedAt(Step.BLOB_KEY));
        if (text[from - 1] !== SPACE) this.#fail(from - 1, expectedAt(SPACE));
        break;
      default:
        this.#fail(at, expectedAt(Step.KEY));
    }
    if (kind === letter('I')) this.#readInteger(from, outAt);
    else if (kind === letter('D')) this.#readFloat(from, outAt);
    else if (kind === LETTER_X || (kind === LETTER_B && from === at + 2)) {
      this.#readSizedBase64(from, outAt);
    } else {
      const size = this.#readSize(from);
      this.#at = this.#payload(this.#at, size) + size + 1;
    }
    return this.#at;
  }

  #readNamespace(at: number, outStart: number, hasKey: boolean): number {
    const line = this.#namespaceView;
    const size = line.byteLength;
    const view = this.#view;
    let same = size > 0;
    let index = 0;
    for (; same && index + 4 <= size; index += 4) {
      same = view.getUint32(at + index) === line.getUint32(index);
    }
    for (; same && index < size; index++) {
      same = view.getUint8(at + index) === line.getUint8(index);
    }
    if (!same) return this.#otherNamespace(at, outStart, hasKey);
    this.#payloadLines = this.#namespaceLines;
    return at + size;
  }

  /** The first namespace of all; or the same, escaped in another way; or a wrong one. */
  #otherNamespace(at: number, outAt: number, hasKey: boolean): number {
    if (this.#view.getUint32(at) !== NAMESPACE_LINE) {
      this.#wrongWord(at, '+ n ', hasKey ? letter('n') : Step.FIRST_FIELD);
    }
    const end = this.#readName(at + 4, outAt, MAX_NAMESPACE_LENGTH, Step.NAMESPACE, LF);
    const name = this.#out.subarray(outAt, end);
    if (name.length === 0) this.#fail(at + 4, expectedAt(Step.NAMESPACE));
    this.#payloadLines++;
    if (this.#namespace === undefined) {
      this.expectNamespace(this.#text.subarray(at + 4, this.#at), name);
    } else if (!name.equals(this.#namespace)) {
      const message = `a record of namespace "${name}" in a backup of "${this.#namespace}"`;
      throw new Misfit(at + 4, String(this.#namespace), message);
    }
    return this.#at + 1;
  }

  #readDigest(at: number, outAt: number): void {
    const text = this.#text;
    const end = readBase64(this.#view, at, at + DIGEST_TEXT, this.#outView, outAt);
    if (end < 0) this.#fail(~end, expectedAt(Step.DIGEST));
    const sizeLeft = outAt + DIGEST_SIZE - end;
    if (sizeLeft !== 0)
      this.#fail(at + DIGEST_TEXT - 1 - Math.max(0, sizeLeft), expectedAt(Step.DIGEST));
    if (text[at + DIGEST_TEXT] !== LF) this.#fail(at + DIGEST_TEXT, expectedAt(LF));
  }

  /** A name up to the byte `until`, without its escapes; leaves off at that byte. */
  #readName(start: number, outStart: number, most: number, step: number, until: number): number {
    const text = this.#text;
    const out = this.#out;
    const limit = start + 2 * most + 1;
    let next = outStart;
    let at = start;
    for (; at < limit; at++) {
      let byte = text[at]!;
      if (byte === SPACE || byte === LF) break;
      if (byte === BACKSLASH && this.#escapes) {
        byte = text[++at]!;
        if (byte === LF) this.#payloadLines++;
      }
      out[next++] = byte;
    }
    if (at >= this.#end) throw incomplete(at + 1);
    if (next - outStart > most) this.#fail(start, expectedAt(step));
    if (text[at] !== until) this.#fail(at, expectedAt(until));
    this.#at = at;
    return next;
  }

  /** A number and the end of its line. */
  #readNumberLine(start: number, step: number, most: number): number {
    const text = this.#text;
    let value = 0;
    let at = start;
    for (let digit = text[at]! - ZERO; digit >= 0 && digit <= 9; digit = text[++at]! - ZERO) {
      value = value * 10 + digit;
    }
    // Before a look at the byte behind it: a number that never ends is not waited for.
    if (value > most || at - start > MAX_DIGITS) this.#fail(start, expectedAt(step));
    if (text[at] !== LF || at === start)
      this.#fail(at, at === start ? expectedAt(step) : expectedAt(LF));
    this.#at = at + 1;
    return value;
  }

  /** A size and the space after it; leaves off at the payload. */
  #readSize(start: number): number {
    const text = this.#text;
    let value = 0;
    let at = start;
    for (let digit = text[at]! - ZERO; digit >= 0 && digit <= 9; digit = text[++at]! - ZERO) {
      value = value * 10 + digit;
    }
    if (value > MAX_PAYLOAD_SIZE || at - start > MAX_DIGITS)
      this.#fail(start, expectedAt(Step.SIZE));
    if (text[at] !== SPACE || at === start)
      this.#fail(at, at === start ? expectedAt(Step.SIZE) : expectedAt(SPACE));
    this.#at = at + 1;
    return value;
  }

  /** Checks that a payload and the end of its line are there. */
  #payload(at: number, size: number): number {
    if (at + size >= this.#end) throw incomplete(at + size + 1);
    if (this.#text[at + size] !== LF) this.#fail(at + size, expectedAt(LF));
    return at;
  }

  #readKey(at: number, outAt: number, numberAt: number): number {
    const outView = this.#outView;
    const kind = this.#text[at]!;
    const raw = kind === LETTER_B && this.#text[at + 1] === BANG;
    const valueAt = outAt + FIELD_HEADER_SIZE + 1;
    const from = raw ? at + 3 : at + 2;
    let type: number = STRING;
    let next = valueAt;
    switch (kind) {
      case letter('I'):
        type = INTEGER;
        next = copyView(outView, valueAt, outView, numberAt, numberAt + NUMBER_SIZE);
        break;
      case letter('D'):
        type = DOUBLE;
        next = copyView(outView, valueAt, outView, numberAt, numberAt + NUMBER_SIZE);
        break;
      case letter('S'):
        next = this.#readSized(from, valueAt);
        break;
      case LETTER_X:
        next = this.#readSizedBase64(from, valueAt);
        break;
      default: // B; others were refused when the end of the line was looked for
        type = BLOB;
        next = raw ? this.#readSized(from, valueAt) : this.#readSizedBase64(from, valueAt);
    }
    outView.setUint32(outAt, next - outAt - 4);
    outView.setUint16(outAt + 4, (KEY_FIELD << 8) | type);
    return next;
  }

  #readBin(outAt: number): number {
    const text = this.#text;
    const outView = this.#outView;
    const start = this.#at;
    const word = this.#view.getUint32(start);
    const kind = (word >>> 8) & 0xff;
    let form = FORMS[kind]!;
    let nameAt = start + 4;
    if ((word & NOT_LETTER) >>> 0 !== BIN_LINE || form === NONE) {
      if ((word & NOT_LETTER) >>> 0 !== RAW_BIN_LINE || form !== BLOB_FORM) this.#wrongBin(start);
      if (text[nameAt] !== SPACE) this.#fail(nameAt, expectedAt(SPACE));
      nameAt++;
      form = SIZED;
    }
    const until = form === NULL_FORM ? LF : SPACE;
    const valueAt = this.#readName(
      nameAt,
      outAt + OP_HEADER_SIZE,
      MAX_BIN_NAME_LENGTH,
      Step.BIN,
      until,
    );
    const from = this.#at + 1;
    let next = valueAt;
    switch (form) {
      case INTEGER_FORM:
        this.#readInteger(from, valueAt);
        next = valueAt + 8;
        break;
      case DOUBLE_FORM:
        this.#readFloat(from, valueAt);
        next = valueAt + 8;
        break;
      case SIZED:
        next = this.#readSized(from, valueAt);
        break;
      case BLOB_FORM:
      case BASE64:
        next = this.#readSizedBase64(from, valueAt);
        break;
      case BOOLEAN_FORM:
        outView.setUint8(valueAt, this.#readBoolean(from));
        next = valueAt + 1;
        break;
      case GEO:
        outView.setUint32(valueAt, 0);
        next = this.#readSized(from, valueAt + GEOJSON_HEADER_SIZE);
        break;
      default: // no value
        this.#at = from;
    }
    outView.setUint32(outAt, next - outAt - 4);
    outView.setUint32(
      outAt + 4,
      (READ_OP << 24) | (TYPES[kind]! << 16) | (valueAt - outAt - OP_HEADER_SIZE),
    );
    return next;
  }

  #readInteger(from: number, outAt: number): void {
    this.#endLine(readInt64(this.#text, from, this.#outView, outAt), Step.INTEGER);
  }

  #readFloat(from: number, outAt: number): void {
    this.#endLine(readDouble(this.#text, from, this.#end, this.#outView, outAt), Step.FLOAT);
  }

  #readBoolean(from: number): number {
    const kind = this.#text[from];
    if (kind !== TRUE && kind !== FALSE) this.#fail(from, expectedAt(Step.BOOLEAN));
    this.#endLine(from + 1, LF);
    return kind === TRUE ? 1 : 0;
  }

  /** Bytes as they are, with their size before them. */
  #readSized(from: number, outAt: number): number {
    const size = this.#readSize(from);
    const start = this.#payload(this.#at, size);
    const end = start + size;
    this.#at = end + 1;
    if (size < COPY_NATIVE_FROM) {
      this.#payloadLines += copyCounting(this.#outView, outAt, this.#view, start, end);
    } else {
      this.#text.copy(this.#out, outAt, start, end);
      this.#payloadLines += countLines(this.#text, start, end);
    }
    return outAt + size;
  }

  #readSizedBase64(from: number, outAt: number): number {
    const size = this.#readSize(from);
    if ((size & 3) !== 0) this.#fail(from, expectedAt(Step.SIZE_BASE64));
    const start = this.#payload(this.#at, size);
    const next = readBase64(this.#view, start, start + size, this.#outView, outAt);
    if (next < 0) this.#fail(~next, expectedAt(Step.BASE64));
    this.#at = start + size + 1;
    return next;
  }

  /** @param at behind a value, or `~` the offset of its wrong byte */
  #endLine(at: number, step: number): void {
    if (at < 0) this.#fail(~at, expectedAt(step));
    if (this.#text[at] !== LF) this.#fail(at, expectedAt(LF));
    this.#at = at + 1;
  }

  #expect(at: number, word: number, text: string): void {
    if (this.#view.getUint32(at) !== word) this.#wrongWord(at, text);
  }

  /** @param last what the third byte may be, if it is more than one */
  #wrongWord(at: number, word: string, last = letter(word[2]!)): never {
    if (at + word.length > this.#end) throw incomplete(at + word.length);
    let wrong = 0;
    while (this.#text[at + wrong] === word.charCodeAt(wrong)) wrong++;
    if (wrong !== 2) this.#fail(at + wrong, expectedAt(word.charCodeAt(wrong)));
    // The other letter is right too; then it is the byte behind it that is not.
    const isOther = CHOICES[last - FIRST_CHOICE]?.[this.#text[at + 2]!] !== undefined;
    return isOther ? this.#fail(at + 3, expectedAt(SPACE)) : this.#fail(at + 2, expectedAt(last));
  }

  #wrongBin(at: number): never {
    const text = this.#text;
    if (text[at] !== letter('-')) this.#fail(at, expectedAt(letter('-')));
    if (text[at + 1] !== SPACE) this.#fail(at + 1, expectedAt(SPACE));
    if (text[at + 2] === LETTER_U) {
      throw new Misfit(at + 2, expectedAt(Step.BIN_TYPE), LARGE_DATA_TYPE);
    }
    if (FORMS[text[at + 2]!] === NONE) this.#fail(at + 2, expectedAt(Step.BIN_TYPE));
    return this.#fail(
      at + 3,
      FORMS[text[at + 2]!] === BLOB_FORM ? expectedAt(Step.BLOB_BIN) : expectedAt(SPACE),
    );
  }

  #fail(at: number, expected: string): never {
    if (at >= this.#end) throw incomplete(at + 1);
    throw new Misfit(at, expected);
  }
}

/** As many digits as the scanner takes: with so many that count, a number is out of any range. */
const MAX_DIGITS = 19;

const LF_WORD = 0x0a0a0a0a;

/** Copies, and counts newlines on the way: a word of 4 bytes has one if a byte of its XOR is 0. */
const copyCounting = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
): number => {
  let next = at;
  let from = start;
  let lines = 0;
  for (; from + 4 <= end; from += 4) {
    const word = bytes.getUint32(from);
    out.setUint32(next, word);
    next += 4;
    const rest = word ^ LF_WORD;
    if (((rest - 0x01010101) & ~rest & 0x80808080) !== 0) {
      for (let index = from; index < from + 4; index++) if (bytes.getUint8(index) === LF) lines++;
    }
  }
  for (; from < end; from++) {
    const byte = bytes.getUint8(from);
    out.setUint8(next++, byte);
    if (byte === LF) lines++;
  }
  return lines;
};

/** Newlines in a stretch of text. */
export const countLines = (text: Buffer, start: number, end: number): number => {
  let lines = 0;
  for (let at = text.indexOf(LF, start); at !== -1 && at < end; at = text.indexOf(LF, at + 1))
    lines++;
  return lines;
};
