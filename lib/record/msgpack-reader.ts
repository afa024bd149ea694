import { AsbError } from '../errors.ts';
import { readU16, readU32, viewOf } from './layout.ts';

/** What kind of item {@link MsgpackReader.next} found. */
export const Token = {
  NIL: 0,
  FALSE: 1,
  TRUE: 2,
  /** `number` holds it if it is safe, else `bigint` does. */
  INTEGER: 3,
  BIG_INTEGER: 4,
  DOUBLE: 5,
  FLOAT: 6,
  /** Aerospike's raw bytes: the first payload byte is a particle type. Both str and bin forms. */
  BYTES: 7,
  LIST: 8,
  MAP: 9,
  EXTENSION: 10,
} as const;
export type Token = (typeof Token)[keyof typeof Token];

/** Nesting that readers follow; deeper input is refused, since it could exhaust the stack. */
export const MAX_NESTING = 256;

/** The upper half of -2^53; the lower half must not be 0 for the number to be safe. */
const LOWEST_HIGH = -0x200000;

/**
 * Reads msgpack item by item and allocates nothing (but a bigint that needs one): after `next()`
 * the item's facts stand in the reader's fields. Containers give only their count; their items
 * follow.
 */
export class MsgpackReader {
  #bytes: Uint8Array;
  #view: DataView;
  /** Where the next item begins. */
  at = 0;
  end = 0;
  /** Where the item that `next()` gave begins. */
  itemStart = 0;
  number = 0;
  bigint = 0n;
  /** Items of a list, pairs of a map. */
  count = 0;
  /** Payload of bytes or of an extension. */
  payloadStart = 0;
  payloadEnd = 0;
  extensionType = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.at = start;
    this.end = end;
  }

  /** Turns to other bytes; the same reader serves a whole batch. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /**
   * Reads one item.
   * @throws AsbError `FORMAT` if it is cut off or its first byte is 0xc1, which msgpack never uses
   */
  next(): Token {
    const at = this.at;
    if (at >= this.end) throw this.#truncated();
    const bytes = this.#bytes;
    const head = bytes[at]!;
    this.itemStart = at;
    if (head < 0x80) return this.#integer(head, at + 1);
    if (head < 0x90) return this.#container(Token.MAP, head & 0x0f, at + 1);
    if (head < 0xa0) return this.#container(Token.LIST, head & 0x0f, at + 1);
    if (head < 0xc0) return this.#payload(Token.BYTES, head & 0x1f, at + 1);
    if (head >= 0xe0) return this.#integer(head - 0x100, at + 1);
    switch (head) {
      case 0xc0:
        return this.#plain(Token.NIL);
      case 0xc2:
        return this.#plain(Token.FALSE);
      case 0xc3:
        return this.#plain(Token.TRUE);
      case 0xc4:
      case 0xd9:
        this.#need(2);
        return this.#payload(Token.BYTES, bytes[at + 1]!, at + 2);
      case 0xc5:
      case 0xda:
        this.#need(3);
        return this.#payload(Token.BYTES, readU16(bytes, at + 1), at + 3);
      case 0xc6:
      case 0xdb:
        this.#need(5);
        return this.#payload(Token.BYTES, readU32(bytes, at + 1), at + 5);
      case 0xc7:
        this.#need(3);
        return this.#extension(bytes[at + 1]!, at + 2);
      case 0xc8:
        this.#need(4);
        return this.#extension(readU16(bytes, at + 1), at + 3);
      case 0xc9:
        this.#need(6);
        return this.#extension(readU32(bytes, at + 1), at + 5);
      case 0xca:
        this.#need(5);
        this.number = this.#view.getFloat32(at + 1);
        this.at = at + 5;
        return Token.FLOAT;
      case 0xcb:
        this.#need(9);
        this.number = this.#view.getFloat64(at + 1);
        this.at = at + 9;
        return Token.DOUBLE;
      case 0xcc:
        this.#need(2);
        return this.#integer(bytes[at + 1]!, at + 2);
      case 0xcd:
        this.#need(3);
        return this.#integer(readU16(bytes, at + 1), at + 3);
      case 0xce:
        this.#need(5);
        return this.#integer(readU32(bytes, at + 1), at + 5);
      case 0xcf:
        this.#need(9);
        return this.#integer64(readU32(bytes, at + 1), false);
      case 0xd0:
        this.#need(2);
        return this.#integer(this.#view.getInt8(at + 1), at + 2);
      case 0xd1:
        this.#need(3);
        return this.#integer(this.#view.getInt16(at + 1), at + 3);
      case 0xd2:
        this.#need(5);
        return this.#integer(this.#view.getInt32(at + 1), at + 5);
      case 0xd3:
        this.#need(9);
        return this.#integer64(this.#view.getInt32(at + 1), true);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        this.#need(2);
        return this.#extension(1 << (head - 0xd4), at + 1);
      case 0xdc:
        this.#need(3);
        return this.#container(Token.LIST, readU16(bytes, at + 1), at + 3);
      case 0xdd:
        this.#need(5);
        return this.#container(Token.LIST, readU32(bytes, at + 1), at + 5);
      case 0xde:
        this.#need(3);
        return this.#container(Token.MAP, readU16(bytes, at + 1), at + 3);
      case 0xdf:
        this.#need(5);
        return this.#container(Token.MAP, readU32(bytes, at + 1), at + 5);
      default:
        throw new AsbError('FORMAT', `msgpack: byte 0xc1 at offset ${at} begins no item`, {
          offset: at,
        });
    }
  }

  /** Reads one item with all that is in it, and stands after it. */
  skip(): void {
    let open = 1;
    while (open > 0) {
      const token = this.next();
      open--;
      if (token === Token.LIST) open += this.count;
      else if (token === Token.MAP) open += 2 * this.count;
    }
  }

  #plain(token: Token): Token {
    this.at++;
    return token;
  }

  #integer(value: number, next: number): Token {
    this.number = value;
    this.at = next;
    return Token.INTEGER;
  }

  #integer64(high: number, signed: boolean): Token {
    const low = readU32(this.#bytes, this.at + 5);
    this.at += 9;
    if (high < -LOWEST_HIGH && (high > LOWEST_HIGH || (high === LOWEST_HIGH && low !== 0))) {
      this.number = high * 0x100000000 + low;
      return Token.INTEGER;
    }
    this.bigint = signed
      ? this.#view.getBigInt64(this.at - 8)
      : this.#view.getBigUint64(this.at - 8);
    return Token.BIG_INTEGER;
  }

  #container(token: Token, count: number, next: number): Token {
    this.count = count;
    this.at = next;
    // Each item takes a byte at least: a count beyond that is a lie that could fill the memory.
    if ((token === Token.MAP ? 2 * count : count) > this.end - next) throw this.#truncated();
    return token;
  }

  #payload(token: Token, size: number, start: number): Token {
    if (start + size > this.end) throw this.#truncated();
    this.payloadStart = start;
    this.payloadEnd = start + size;
    this.at = start + size;
    return token;
  }

  #extension(size: number, typeAt: number): Token {
    this.extensionType = this.#bytes[typeAt]!;
    return this.#payload(Token.EXTENSION, size, typeAt + 1);
  }

  #need(size: number): void {
    if (this.at + size > this.end) throw this.#truncated();
  }

  #truncated(): AsbError {
    return new AsbError('FORMAT', `msgpack: cut off in the item at offset ${this.at}`, {
      offset: this.at,
    });
  }
}
