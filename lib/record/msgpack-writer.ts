import { AsbError } from '../errors.ts';
import { ParticleType } from './particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from './values.ts';

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/**
 * Writes values as msgpack in the forms that Aerospike's clients choose: the shortest integer
 * (unsigned for what is not negative), strings and blobs as str with the particle type as their
 * first byte, flags as an extension (type = flags, no content) that stands first.
 */
export class MsgpackWriter {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  /** Gives away what was written and starts anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** @throws AsbError `RANGE` for an integer that 64 bits can't hold */
  value(value: Value): void {
    if (value === null) this.#byte(0xc0);
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.bigint(value);
    else if (typeof value === 'string') this.string(value);
    else if (value instanceof Uint8Array) this.bytes(ParticleType.BLOB, value);
    else if (value instanceof Double) this.double(value.value);
    else if (value instanceof GeoJson) this.bytes(ParticleType.GEOJSON, Buffer.from(value.text));
    else if (value instanceof TypedBytes) this.bytes(value.type, value.bytes);
    else if (value instanceof RawMsgpack) this.raw(value.bytes);
    else if (value instanceof FlaggedList) this.#list(value.items, value.flags);
    else if (value instanceof FlaggedMap) this.#map(value.entries, value.flags);
    else if (value instanceof Map) this.#map(value, 0);
    else if (Array.isArray(value)) this.#list(value, 0);
    else throw new AsbError('RANGE', `no particle holds a value of type ${typeof value}`);
  }

  double(value: number): void {
    this.#reserve(9);
    this.#buffer[this.#length] = 0xcb;
    this.#buffer.writeDoubleBE(value, this.#length + 1);
    this.#length += 9;
  }

  bigint(value: bigint): void {
    if (value > MAX_UINT64 || value < MIN_INT64) {
      throw new AsbError('RANGE', `integer ${value} does not fit into 64 bits`);
    }
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) {
      this.integer(Number(value));
      return;
    }
    this.#reserve(9);
    this.#buffer[this.#length] = value < 0n ? 0xd3 : 0xcf;
    this.#buffer.writeBigUInt64BE(BigInt.asUintN(64, value), this.#length + 1);
    this.#length += 9;
  }

  /** @param value a safe integer */
  integer(value: number): void {
    if (value >= 0) this.#unsigned(value);
    else this.#negative(value);
  }

  /** Bytes with the particle type before them, as every string and blob in msgpack has it. */
  bytes(particleType: number, bytes: Uint8Array): void {
    this.#bytesHead(particleType, bytes.length);
    this.raw(bytes);
  }

  /** A string: as UTF-8, with its particle type before it. */
  string(text: string): void {
    if (text.length < 31 && this.#shortAscii(text)) return;
    const size = Buffer.byteLength(text);
    this.#bytesHead(ParticleType.STRING, size);
    this.#reserve(size);
    this.#length += this.#buffer.write(text, this.#length);
  }

  /** Keys are short and ASCII, and there are many: for them even a native call takes long. */
  #shortAscii(text: string): boolean {
    this.#reserve(text.length + 2);
    let at = this.#length;
    this.#buffer[at++] = 0xa0 | (text.length + 1);
    this.#buffer[at++] = ParticleType.STRING;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      this.#buffer[at++] = code;
    }
    this.#length = at;
    return true;
  }

  /** The head of a list of `count` items, and its flags if it has any. */
  listHead(count: number, flags: number): void {
    const size = flags === 0 ? count : count + 1;
    if (size < 16) this.#byte(0x90 | size);
    else this.#sized(size, undefined, 0xdc, 0xdd);
    if (flags !== 0) this.#flags(flags);
  }

  /** The head of a map of `count` pairs, and its flags (paired with nil) if it has any. */
  mapHead(count: number, flags: number): void {
    const size = flags === 0 ? count : count + 1;
    if (size < 16) this.#byte(0x80 | size);
    else this.#sized(size, undefined, 0xde, 0xdf);
    if (flags !== 0) {
      this.#flags(flags);
      this.#byte(0xc0);
    }
  }

  /** Whole items that are msgpack already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #bytesHead(particleType: number, length: number): void {
    const size = length + 1;
    if (size < 32) this.#byte(0xa0 | size);
    else this.#sized(size, 0xd9, 0xda, 0xdb);
    this.#byte(particleType);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.integer(value);
    else this.double(value);
  }

  #list(items: readonly Value[], flags: number): void {
    this.listHead(items.length, flags);
    for (const item of items) this.value(item);
  }

  #map(entries: ReadonlyMap<Value, Value>, flags: number): void {
    this.mapHead(entries.size, flags);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
  }

  #flags(flags: number): void {
    this.#byte(0xc7);
    this.#byte(0);
    this.#byte(flags);
  }

  #unsigned(value: number): void {
    if (value < 0x80) {
      this.#byte(value);
    } else if (value <= 0xffffffff) {
      this.#sized(value, 0xcc, 0xcd, 0xce);
    } else {
      this.#reserve(9);
      this.#length = this.#head(0xcf).writeBigUInt64BE(BigInt(value), this.#length + 1);
    }
  }

  #negative(value: number): void {
    this.#reserve(9);
    const at = this.#length;
    if (value >= -0x20) this.#byte(value & 0xff);
    else if (value >= -0x80) this.#length = this.#head(0xd0).writeInt8(value, at + 1);
    else if (value >= -0x8000) this.#length = this.#head(0xd1).writeInt16BE(value, at + 1);
    else if (value >= -0x80000000) this.#length = this.#head(0xd2).writeInt32BE(value, at + 1);
    else this.#length = this.#head(0xd3).writeBigInt64BE(BigInt(value), at + 1);
  }

  #head(byte: number): Buffer {
    this.#buffer[this.#length] = byte;
    return this.#buffer;
  }

  /** A size in the smallest of the heads for 8, 16 and 32 bits. */
  #sized(size: number, head8: number | undefined, head16: number, head32: number): void {
    this.#reserve(5);
    const at = this.#length;
    if (size < 0x100 && head8 !== undefined) {
      this.#length = this.#head(head8).writeUInt8(size, at + 1);
    } else if (size < 0x10000) {
      this.#length = this.#head(head16).writeUInt16BE(size, at + 1);
    } else {
      this.#length = this.#head(head32).writeUInt32BE(size, at + 1);
    }
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + size));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** One value as msgpack: the particle of a list or map bin. */
export const encodeMsgpack = (value: Value): Buffer => {
  const writer = new MsgpackWriter();
  writer.value(value);
  return writer.take();
};
