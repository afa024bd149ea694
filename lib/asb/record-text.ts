import { AsbError } from '../errors.ts';
import { copyView, COPY_NATIVE_FROM as NATIVE_COPY_FROM } from '../memory/copy.ts';
import * as layout from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import {
  NATIVE_FROM as BASE64_NATIVE_FROM,
  base64Size,
  writeBase64,
  writeDigest,
  writeLongBase64,
} from '../record/text/base64.ts';
import { writeDouble } from '../record/text/double.ts';
import { writeInt64, writeSize, writeSmall, writeUnsigned } from '../record/text/integer.ts';
import { escapeName } from './escape.ts';
import { LETTERS, letter } from './letters.ts';
import { writeName } from './name-text.ts';
import { checkSize, geoTextAt } from './particle-checks.ts';

// What the hot path needs has a name of this file, and its small steps stand below: V8 does not
// fold what is imported, which made a third of all the time.
const COPY_NATIVE_FROM = NATIVE_COPY_FROM;
const NATIVE_FROM = BASE64_NATIVE_FROM;
const {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  MAX_GENERATION,
  OP_HEADER_SIZE,
} = layout;
const {
  DIGEST: DIGEST_FIELD,
  KEY: KEY_FIELD,
  NAMESPACE: NAMESPACE_FIELD,
  SET: SET_FIELD,
} = layout.Field;
const {
  BLOB: BLOB_TYPE,
  BOOLEAN: BOOLEAN_TYPE,
  DOUBLE: DOUBLE_TYPE,
  GEOJSON: GEOJSON_TYPE,
  INTEGER: INTEGER_TYPE,
  NULL: NULL_TYPE,
  STRING: STRING_TYPE,
  VECTOR: VECTOR_TYPE,
} = ParticleType;

const SPACE = 0x20;
const LF = 0x0a;
const BANG = 0x21;

/** `+ k ` or `- I `, the begin of a line, as one word of 4 bytes. */
const head = (sign: string, kind: number): number =>
  (letter(sign) << 24) | (SPACE << 16) | (kind << 8) | SPACE;
const KEY = head('+', letter('k'));
const SET = head('+', letter('s'));
const GENERATION = head('+', letter('g'));
const VOID_TIME = head('+', letter('t'));
const BINS = head('+', letter('b'));
const INTEGER = letter('I');
const DOUBLE = letter('D');
const STRING = letter('S');
const BLOB = letter('B');
const TRUE = letter('T');
const FALSE = letter('F');

const BIN_HEADS = Uint32Array.from(LETTERS, (kind) => head('-', kind));

/** The words that both peers read; neither reads a signed NaN of the other. */
const WORDS = { nan: 'nan', infinity: 'inf', negativeInfinity: '-inf' };

/**
 * Writes records from their wire form straight into .asb text: bytes from buffer to buffer, no
 * object for a record or a bin. The rules are those of the .asb format, version 3.1.
 */
export class RecordText {
  readonly #source: string;
  readonly #sourceView: DataView;
  readonly #namespaceLine: Buffer;
  readonly #namespaceView: DataView;
  readonly #compact: boolean;
  /** The buffers that were read and written last, and views of them. */
  #input: Buffer = Buffer.alloc(0);
  #view: DataView = layout.viewOf(this.#input);
  #output: Buffer = Buffer.alloc(0);
  #out: DataView = layout.viewOf(this.#output);
  /** Vector bins written: no peer reads them. */
  vectors = 0;
  /** Where the digest of the record that was written last stands in its message's buffer. */
  digestAt = 0;

  /**
   * @param namespace that is written
   * @param compact writes blobs raw and not in base64
   * @param source that every record must be of
   */
  constructor(namespace: string, compact: boolean, source = namespace) {
    this.#source = source;
    this.#sourceView = layout.viewOf(Buffer.from(source));
    this.#namespaceLine = Buffer.from(`+ n ${escapeName(namespace)}\n+ d `, 'latin1');
    this.#namespaceView = layout.viewOf(this.#namespaceLine);
    this.#compact = compact;
  }

  /**
   * Room that the text of a message of `size` bytes may take: names can double by escapes, blobs
   * grow by a third, an 8-byte number has at most 25 characters; the rest is fixed.
   */
  static room(size: number): number {
    return 512 + size * 4;
  }

  /**
   * Writes the record at `start`.
   *
   * @param out has {@link RecordText.room} bytes at `at`
   * @returns the offset after the text
   * @throws AsbError `FORMAT` for a record of another namespace or without a digest, or a particle
   *   that the format has no letter for; `RANGE` for a generation over 65,535
   */
  write(out: Buffer, at: number, bytes: Buffer, start: number): number {
    this.#look(bytes, out);
    const view = this.#view;
    const to = this.#out;
    // The same walk stands in the row encoder: as a piece of its own it took 5 % more, in both.
    let namespaceAt = 0;
    let digestAt = 0;
    let setAt = 0;
    let setEnd = 0;
    let keyAt = 0;
    let keyEnd = 0;
    let from = start + HEADER_SIZE;
    for (let left = view.getUint16(start + AT_FIELD_COUNT); left > 0; left--) {
      const end = from + 4 + view.getInt32(from);
      const id = view.getUint8(from + 4);
      if (id === DIGEST_FIELD) digestAt = from + FIELD_HEADER_SIZE;
      else if (id === NAMESPACE_FIELD) namespaceAt = from;
      else if (id === SET_FIELD) {
        setAt = from + FIELD_HEADER_SIZE;
        setEnd = end;
      } else if (id === KEY_FIELD) {
        keyAt = from + FIELD_HEADER_SIZE;
        keyEnd = end;
      }
      from = end;
    }
    if (!this.#isOfSource(view, namespaceAt)) throw this.#otherNamespace(bytes, namespaceAt);
    if (digestAt === 0) throw new AsbError('FORMAT', 'a record without a digest');
    this.digestAt = digestAt;
    const generation = view.getUint32(start + AT_GENERATION);
    if (generation > MAX_GENERATION) throw wrongGeneration(generation);
    let next = keyEnd > keyAt ? this.#writeKey(out, at, bytes, keyAt, keyEnd) : at;
    next = copyView(to, next, this.#namespaceView, 0, this.#namespaceLine.length);
    next = writeDigest(to, next, view, digestAt);
    if (setEnd > setAt) {
      to.setInt32(next, SET);
      next = writeName(to, next + 4, view, setAt, setEnd, LF);
    }
    const count = view.getUint16(start + AT_OP_COUNT);
    next = writeNumberLines(to, next, generation, view.getUint32(start + AT_RECORD_TTL), count);
    for (let left = count; left > 0; left--) {
      const end = from + 4 + view.getInt32(from);
      const what = view.getInt32(from + 4);
      const nameAt = from + OP_HEADER_SIZE;
      const valueAt = nameAt + (what & 0xff);
      const type = (what >>> 16) & 0xff;
      to.setInt32(next, BIN_HEADS[type]!);
      next += 4;
      switch (type) {
        case INTEGER_TYPE:
          checkSize(valueAt, end, 8);
          next = writeInt64(to, writeName(to, next, view, nameAt, valueAt, SPACE), view, valueAt);
          break;
        case DOUBLE_TYPE:
          checkSize(valueAt, end, 8);
          next = writeName(to, next, view, nameAt, valueAt, SPACE);
          next = writeDouble(to, next, view, valueAt, WORDS);
          break;
        case STRING_TYPE:
          next = writeName(to, next, view, nameAt, valueAt, SPACE);
          next = this.#writeSized(out, next, bytes, valueAt, end);
          break;
        case GEOJSON_TYPE:
          next = writeName(to, next, view, nameAt, valueAt, SPACE);
          next = this.#writeSized(out, next, bytes, geoTextAt(bytes, valueAt, end), end);
          break;
        case BOOLEAN_TYPE:
          checkSize(valueAt, end, 1);
          next = writeName(to, next, view, nameAt, valueAt, SPACE);
          to.setUint8(next++, view.getUint8(valueAt) === 0 ? FALSE : TRUE);
          break;
        case NULL_TYPE:
          next = writeName(to, next, view, nameAt, valueAt, LF) - 1;
          break;
        default:
          next = this.#writeBlob(out, next, bytes, type, nameAt, valueAt, end);
      }
      to.setUint8(next++, LF);
      from = end;
    }
    return next;
  }

  #look(input: Buffer, output: Buffer): void {
    if (input !== this.#input) {
      this.#input = input;
      this.#view = layout.viewOf(input);
    }
    if (output !== this.#output) {
      this.#output = output;
      this.#out = layout.viewOf(output);
    }
  }

  #isOfSource(view: DataView, fieldAt: number): boolean {
    const source = this.#sourceView;
    const size = source.byteLength;
    if (fieldAt === 0 || view.getInt32(fieldAt) !== size + 1) return false;
    const nameAt = fieldAt + FIELD_HEADER_SIZE;
    let from = 0;
    for (; from + 4 <= size; from += 4) {
      if (source.getInt32(from) !== view.getInt32(nameAt + from)) return false;
    }
    for (; from < size; from++) {
      if (source.getUint8(from) !== view.getUint8(nameAt + from)) return false;
    }
    return true;
  }

  #otherNamespace(bytes: Buffer, fieldAt: number): AsbError {
    const nameAt = fieldAt + FIELD_HEADER_SIZE;
    const nameEnd = fieldAt === 0 ? nameAt : fieldAt + 4 + layout.readU32(bytes, fieldAt);
    const found = bytes.toString('utf8', nameAt, nameEnd);
    const expected = this.#source;
    return new AsbError(
      'FORMAT',
      `a record of namespace "${found}" in a backup of "${expected}"; one backup holds one`,
      { namespace: found, expected },
    );
  }

  #writeKey(out: Buffer, at: number, bytes: Buffer, keyAt: number, keyEnd: number): number {
    const from = keyAt + 1;
    const to = this.#out;
    to.setInt32(at, KEY);
    let next = at + 4;
    const type = this.#view.getUint8(keyAt);
    switch (type) {
      case INTEGER_TYPE:
        checkSize(from, keyEnd, 8);
        next = writeInt64(to, tag(to, next, INTEGER), this.#view, from);
        break;
      case DOUBLE_TYPE:
        checkSize(from, keyEnd, 8);
        next = writeDouble(to, tag(to, next, DOUBLE), this.#view, from, WORDS);
        break;
      case STRING_TYPE:
        next = this.#writeSized(out, tag(to, next, STRING), bytes, from, keyEnd);
        break;
      case BLOB_TYPE:
        next = this.#writeBytesKey(out, next, bytes, from, keyEnd);
        break;
      default:
        throw new AsbError(
          'FORMAT',
          `a user key of particle type ${type}; the format has no letter for it`,
        );
    }
    to.setUint8(next, LF);
    return next + 1;
  }

  #writeBytesKey(out: Buffer, at: number, bytes: Buffer, from: number, end: number): number {
    if (!this.#compact)
      return this.#writeSizedBase64(out, tag(this.#out, at, BLOB), bytes, from, end);
    out[at] = BLOB;
    return this.#writeSized(out, tag(this.#out, at + 1, BANG), bytes, from, end);
  }

  /** Every type that is bytes to the format: base64, or raw with `!` after the letter. */
  #writeBlob(
    out: Buffer,
    at: number,
    bytes: Buffer,
    type: number,
    nameAt: number,
    valueAt: number,
    end: number,
  ): number {
    if (LETTERS[type] === 0) {
      const name = bytes.toString('utf8', nameAt, valueAt);
      throw new AsbError(
        'FORMAT',
        `bin "${name}" has particle type ${type}; the format has no letter for it`,
      );
    }
    if (type === VECTOR_TYPE) this.vectors++;
    if (!this.#compact) {
      return this.#writeSizedBase64(
        out,
        writeName(this.#out, at, this.#view, nameAt, valueAt, SPACE),
        bytes,
        valueAt,
        end,
      );
    }
    out[at - 1] = BANG;
    out[at] = SPACE;
    return this.#writeSized(
      out,
      writeName(this.#out, at + 1, this.#view, nameAt, valueAt, SPACE),
      bytes,
      valueAt,
      end,
    );
  }

  #writeSized(out: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
    const to = this.#out;
    const next = writeSize(to, at, end - start);
    return end - start < COPY_NATIVE_FROM
      ? copyView(to, next, this.#view, start, end)
      : next + bytes.copy(out, next, start, end);
  }

  #writeSizedBase64(out: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
    const to = this.#out;
    const next = writeSize(to, at, base64Size(end - start));
    return end - start < NATIVE_FROM
      ? writeBase64(to, next, this.#view, start, end)
      : writeLongBase64(out, next, bytes, start, end);
  }
}

const wrongGeneration = (generation: number): AsbError =>
  new AsbError('RANGE', `a record of generation ${generation}; ${MAX_GENERATION} is the largest`, {
    expected: `0 to ${MAX_GENERATION}`,
  });

/** A letter and the space after it. */
const tag = (out: DataView, at: number, kind: number): number => {
  out.setUint16(at, (kind << 8) | SPACE);
  return at + 2;
};

/** The lines of generation, void time and the number of bins. */
const writeNumberLines = (
  out: DataView,
  at: number,
  generation: number,
  voidTime: number,
  bins: number,
): number => {
  out.setInt32(at, GENERATION);
  let next = writeSmall(out, at + 4, generation);
  out.setUint8(next, LF);
  out.setInt32(next + 1, VOID_TIME);
  next = writeUnsigned(out, next + 5, voidTime);
  out.setUint8(next, LF);
  out.setInt32(next + 1, BINS);
  next = writeSmall(out, next + 5, bins);
  out.setUint8(next, LF);
  return next + 1;
};
