import { AsbError } from '../errors.ts';
import { readU32 } from '../record/layout.ts';
import { MsgpackReader, Token } from '../record/msgpack-reader.ts';
import { ParticleType } from '../record/particle.ts';
import { type JsonOutput, piece } from './json-output.ts';
import { MAX_PLAIN_NESTING } from './limits.ts';
import { hasShortestHead } from './msgpack-form.ts';
import { NameTable } from './name-table.ts';
import { BASE64_TYPES, beginsWithDollar, NameOrder, tagOf } from './tags.ts';
import { isUtf8Part } from './utf8.ts';

// Names of this file: V8 does not fold what is imported.
const {
  BIG_INTEGER: BIG_INTEGER_TOKEN,
  BYTES: BYTES_TOKEN,
  DOUBLE: DOUBLE_TOKEN,
  FALSE: FALSE_TOKEN,
  INTEGER: INTEGER_TOKEN,
  LIST: LIST_TOKEN,
  MAP: MAP_TOKEN,
  NIL: NIL_TOKEN,
  TRUE: TRUE_TOKEN,
} = Token;
const { GEOJSON: GEOJSON_TYPE, LIST: LIST_TYPE, STRING: STRING_TYPE } = ParticleType;

const NULL = piece('null');
const TRUE = piece('true');
const FALSE = piece('false');
const LIST = piece('{"$list":{"flags":');
const ITEMS = piece(',"items":');
const MAP = piece('{"$map":');
const MAP_FLAGS = piece('{"flags":');
const ENTRIES = piece(',"entries":');
const END_OF_FLAGGED = piece('}}');
const MSGPACK = piece('{"$msgpack":"');
const GEOJSON = piece(`{"${tagOf(ParticleType.GEOJSON)}":`);
const END_OF_TAG = piece('"}');
const BASE64_TAGS: ReadonlyMap<number, DataView> = new Map(
  BASE64_TYPES.map((type) => [type, piece(`{"${tagOf(type)}":"`)]),
);

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const NIL_HEAD = 0xc0;
const EXTENSION_8 = 0xc7;

/**
 * Writes the particle of a list or map as JSON, item by item from the bytes. An item from whose
 * JSON the same bytes could not be made again is kept as tagged msgpack, and only that item.
 */
export class MsgpackToJson {
  readonly #out: JsonOutput;
  readonly #names = new NameTable();
  readonly #order = new NameOrder();
  #bytes: Buffer = Buffer.alloc(0);
  readonly #reader = new MsgpackReader(this.#bytes);

  constructor(out: JsonOutput) {
    this.#out = out;
  }

  /**
   * Writes the list or map that stands in `bytes` from `start` to `end`.
   * @returns false, and nothing is written, if it isn't exactly one item of that particle type
   */
  write(bytes: Buffer, start: number, end: number, type: number): boolean {
    const before = this.#out.length;
    this.#bytes = bytes;
    this.#reader.reset(bytes, start, end);
    try {
      const token = this.#reader.next();
      if (token === (type === LIST_TYPE ? LIST_TOKEN : MAP_TOKEN)) {
        this.#item(token, 0);
        if (this.#reader.done) return true;
      }
    } catch (error) {
      if (!(error instanceof AsbError)) throw error;
    }
    this.#out.rewind(before);
    return false;
  }

  /** Writes the item that the reader has just read. */
  #item(token: Token, depth: number): void {
    const reader = this.#reader;
    if (token === NIL_TOKEN) this.#out.piece(NULL);
    else if (token === FALSE_TOKEN) this.#out.piece(FALSE);
    else if (token === TRUE_TOKEN) this.#out.piece(TRUE);
    else if (token === DOUBLE_TOKEN) this.#out.double(this.#bytes, this.#reader.itemStart + 1);
    else if (!hasShortestHead(reader, this.#bytes, token)) this.#raw(token);
    else if (token === INTEGER_TOKEN) this.#out.integer(reader.number);
    else if (token === BIG_INTEGER_TOKEN) this.#bigInteger();
    else if (token === BYTES_TOKEN) this.#typedBytes();
    else if (depth === MAX_PLAIN_NESTING) this.#raw(token);
    else if (token === LIST_TOKEN) this.#list(depth);
    else this.#map(depth);
  }

  #next(depth: number): void {
    this.#item(this.#reader.next(), depth);
  }

  #bigInteger(): void {
    const at = this.#reader.itemStart + 1;
    const bytes = this.#bytes;
    if (this.#reader.bigint < 0n) this.#out.bigInt64(bytes, at);
    else this.#out.bigUint64(readU32(bytes, at), readU32(bytes, at + 4));
  }

  /** Keeps the item that was read, with all that is in it. */
  #raw(token: Token): void {
    const reader = this.#reader;
    const start = reader.itemStart;
    if (token === LIST_TOKEN || token === MAP_TOKEN) {
      reader.at = start;
      reader.skip();
    }
    this.#base64(MSGPACK, start, reader.at);
  }

  #base64(tag: DataView, start: number, end: number): void {
    this.#out.piece(tag);
    this.#out.base64(this.#bytes, start, end);
    this.#out.piece(END_OF_TAG);
  }

  #typedBytes(): void {
    const { payloadStart, payloadEnd } = this.#reader;
    const bytes = this.#bytes;
    const type = payloadStart < payloadEnd ? bytes[payloadStart]! : -1;
    const start = payloadStart + 1;
    if (type === STRING_TYPE && this.#out.string(bytes, start, payloadEnd)) return;
    if (type === GEOJSON_TYPE && isUtf8Part(bytes, start, payloadEnd)) {
      this.#out.piece(GEOJSON);
      this.#out.string(bytes, start, payloadEnd);
      this.#out.byte(CLOSE_MAP);
      return;
    }
    const tag = BASE64_TAGS.get(type);
    if (tag === undefined) this.#raw(BYTES_TOKEN);
    else this.#base64(tag, start, payloadEnd);
  }

  /** Flags of the list or map just entered, if its first item is nothing but flags; else 0. */
  #peekFlags(): number {
    const { at, count } = this.#reader;
    const bytes = this.#bytes;
    const flags = count > 0 && bytes[at] === EXTENSION_8 && bytes[at + 1] === 0;
    return flags ? bytes[at + 2]! : 0;
  }

  #list(depth: number): void {
    const reader = this.#reader;
    const out = this.#out;
    const flags = this.#peekFlags();
    let left = reader.count;
    if (flags !== 0) {
      reader.next();
      left--;
      out.piece(LIST);
      out.integer(flags);
      out.piece(ITEMS);
    }
    out.byte(OPEN_LIST);
    for (; left > 0; left--) {
      this.#next(depth + 1);
      if (left > 1) out.byte(COMMA);
    }
    out.byte(CLOSE_LIST);
    if (flags !== 0) out.piece(END_OF_FLAGGED);
  }

  #map(depth: number): void {
    const reader = this.#reader;
    const out = this.#out;
    let left = reader.count;
    let flags = this.#peekFlags();
    if (flags !== 0 && this.#bytes[reader.at + 3] !== NIL_HEAD) flags = 0;
    if (flags !== 0) {
      reader.next();
      reader.next();
      left--;
    }
    const plain = this.#hasPlainKeys(left);
    if (flags !== 0 || !plain) out.piece(MAP);
    if (flags !== 0) {
      out.piece(MAP_FLAGS);
      out.integer(flags);
      out.piece(ENTRIES);
    }
    if (plain) this.#object(left, depth);
    else this.#pairs(left, depth);
    if (flags !== 0) out.piece(END_OF_FLAGGED);
    else if (!plain) out.byte(CLOSE_MAP);
  }

  #object(count: number, depth: number): void {
    const out = this.#out;
    out.byte(OPEN_MAP);
    for (let left = count; left > 0; left--) {
      this.#next(depth + 1);
      out.byte(COLON);
      this.#next(depth + 1);
      if (left > 1) out.byte(COMMA);
    }
    out.byte(CLOSE_MAP);
  }

  #pairs(count: number, depth: number): void {
    const out = this.#out;
    out.byte(OPEN_LIST);
    for (let left = count; left > 0; left--) {
      out.byte(OPEN_LIST);
      this.#next(depth + 1);
      out.byte(COMMA);
      this.#next(depth + 1);
      out.byte(CLOSE_LIST);
      if (left > 1) out.byte(COMMA);
    }
    out.byte(CLOSE_LIST);
  }

  /** Looks ahead whether the next `count` pairs can be the members of a JSON object. */
  #hasPlainKeys(count: number): boolean {
    const reader = this.#reader;
    const { at } = reader;
    this.#names.clear();
    this.#order.clear();
    let plain = true;
    for (let left = count; left > 0 && plain; left--) {
      plain = this.#isPlainKey(reader.next());
      reader.skip();
    }
    reader.at = at;
    return plain;
  }

  #isPlainKey(token: Token): boolean {
    const bytes = this.#bytes;
    const { payloadStart, payloadEnd } = this.#reader;
    if (token !== BYTES_TOKEN || payloadStart === payloadEnd) return false;
    const start = payloadStart + 1;
    return (
      bytes[payloadStart] === STRING_TYPE &&
      hasShortestHead(this.#reader, bytes, token) &&
      !beginsWithDollar(bytes, start, payloadEnd) &&
      this.#names.add(bytes, start, payloadEnd) &&
      this.#order.keeps(bytes, start, payloadEnd) &&
      isUtf8Part(bytes, start, payloadEnd)
    );
  }
}
