import { AsbError } from '../errors.ts';
import { bufferOf } from './layout.ts';
import { MAX_NESTING, MsgpackReader, Token } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { GEOJSON_HEADER_SIZE, geoJsonTextOffset, ParticleType } from './particle.ts';

/** A value as it is stored. */
export interface StoredParticle {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * Whether two particles are the same value: by their bytes, so that NaN is itself, and -0 is not 0.
 * Beside that, lists and maps are the same whatever forms their integers and lengths have, and maps in
 * whatever order their entries stand; GeoJSON is the same with other cells, which the server makes
 * itself. Values of different types are never the same.
 */
export const isSameParticle = (one: StoredParticle, other: StoredParticle): boolean => {
  if (one.type !== other.type) return false;
  const [bytes, others] = [bufferOf(one.bytes), bufferOf(other.bytes)];
  if (bytes.equals(others)) return true;
  switch (one.type) {
    case ParticleType.LIST:
    case ParticleType.MAP:
      return isSameMsgpack(bytes, others);
    case ParticleType.GEOJSON:
      return isSameGeoJson(bytes, others);
    default:
      return false;
  }
};

const isSameGeoJson = (one: Buffer, other: Buffer): boolean => {
  if (Math.min(one.length, other.length) < GEOJSON_HEADER_SIZE) return false;
  const [at, otherAt] = [geoJsonTextOffset(one, 0), geoJsonTextOffset(other, 0)];
  if (at > one.length || otherAt > other.length) return false;
  return one.subarray(at).equals(other.subarray(otherAt));
};

const isSameMsgpack = (one: Buffer, other: Buffer): boolean => {
  try {
    return new Plainer(one).all().equals(new Plainer(other).all());
  } catch {
    return false; // no msgpack: it has nothing but its bytes
  }
};

/** Brings msgpack to one form for each value. */
class Plainer {
  readonly #bytes: Buffer;
  readonly #reader: MsgpackReader;
  readonly #writer = new MsgpackWriter();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#reader = new MsgpackReader(bytes);
  }

  /** @throws AsbError `FORMAT` unless it is exactly one item; `LIMIT` beyond `MAX_NESTING` */
  all(): Buffer {
    const item = this.#item(0);
    if (this.#reader.done) return item;
    throw new AsbError('FORMAT', 'msgpack: bytes after the value', { offset: this.#reader.at });
  }

  #item(depth: number): Buffer {
    const reader = this.#reader;
    const writer = this.#writer;
    if (depth > MAX_NESTING) {
      throw new AsbError('LIMIT', `msgpack: nested deeper than ${MAX_NESTING}`);
    }
    switch (reader.next()) {
      case Token.INTEGER:
        writer.integer(reader.number);
        return writer.take();
      case Token.BIG_INTEGER:
        writer.bigint(reader.bigint);
        return writer.take();
      case Token.BYTES:
        return this.#payload();
      case Token.LIST:
        return this.#list(reader.count, depth);
      case Token.MAP:
        return this.#map(reader.count, depth);
      default:
        return this.#bytes.subarray(reader.itemStart, reader.at);
    }
  }

  #payload(): Buffer {
    const payload = this.#bytes.subarray(this.#reader.payloadStart, this.#reader.payloadEnd);
    // Without a particle type it is nothing that a client writes.
    if (payload.length === 0) return Buffer.from([0xa0]);
    this.#writer.bytes(payload[0]!, payload.subarray(1));
    return this.#writer.take();
  }

  #list(count: number, depth: number): Buffer {
    const items: Buffer[] = [];
    for (let left = count; left > 0; left--) items.push(this.#item(depth + 1));
    this.#writer.listHead(count, 0);
    return Buffer.concat([this.#writer.take(), ...items]);
  }

  #map(count: number, depth: number): Buffer {
    const entries: Buffer[] = [];
    for (let left = count; left > 0; left--) {
      const key = this.#item(depth + 1);
      entries.push(Buffer.concat([key, this.#item(depth + 1)]));
    }
    this.#writer.mapHead(count, 0);
    return Buffer.concat([this.#writer.take(), ...entries.sort(Buffer.compare)]);
  }
}
