import { isUtf8 } from 'node:buffer';
import { decodeMsgpack } from './msgpack.ts';
import { geoJsonTextOffset, ParticleType } from './particle.ts';
import { GeoJson, TypedBytes, type Value } from './values.ts';

/** Decodes an integer particle, usually 8 bytes: a `number`, or a `bigint` beyond 2^53. */
export const decodeInteger = (bytes: Uint8Array): number | bigint => {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readBigInt64BE();
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

/**
 * Decodes a particle for someone who wants to look. A string that is no UTF-8 keeps its bytes
 * ({@link TypedBytes}), as do HLLs, vectors, the language blobs and types unknown here.
 */
export const decodeParticle = (type: number, bytes: Uint8Array): Value => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type) {
    case ParticleType.NULL:
      return null;
    case ParticleType.INTEGER:
      return decodeInteger(bytes);
    case ParticleType.DOUBLE:
      return buffer.readDoubleBE();
    case ParticleType.BOOLEAN:
      return bytes[0] !== 0;
    case ParticleType.STRING:
      return isUtf8(bytes) ? buffer.toString() : new TypedBytes(ParticleType.STRING, bytes);
    case ParticleType.GEOJSON:
      return new GeoJson(buffer.toString('utf8', geoJsonTextOffset(bytes, 0)));
    case ParticleType.LIST:
    case ParticleType.MAP:
      return decodeMsgpack(bytes);
    case ParticleType.BLOB:
      return buffer;
    default:
      return new TypedBytes(type as ParticleType, bytes);
  }
};

/** One bin of a record: its name, its particle type and its raw bytes, decoded when touched. */
export class Bin {
  /** The name as bytes: the server allows any. */
  readonly nameBytes: Uint8Array;
  /** Particle type; see `ParticleType`. */
  readonly type: number;
  /** The particle as the server sent it. Not a copy. */
  readonly bytes: Uint8Array;

  constructor(nameBytes: Uint8Array, type: number, bytes: Uint8Array) {
    this.nameBytes = nameBytes;
    this.type = type;
    this.bytes = bytes;
  }

  get name(): string {
    return Buffer.from(this.nameBytes).toString();
  }

  /** @throws AsbError `FORMAT` if a list or map is no msgpack */
  get value(): Value {
    return decodeParticle(this.type, this.bytes);
  }
}
