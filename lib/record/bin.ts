import { isUtf8 } from 'node:buffer';
import { AsbError } from '../errors.ts';
import { bufferOf } from './layout.ts';
import { decodeMsgpack } from './msgpack.ts';
import {
  GEOJSON_HEADER_SIZE,
  geoJsonTextOffset,
  PARTICLE_NAMES,
  ParticleType,
} from './particle.ts';
import { GeoJson, TypedBytes, type Value } from './values.ts';

/**
 * Decodes an integer particle of 8 bytes: a `number`, or a `bigint` beyond 2^53.
 * @throws AsbError `FORMAT` for another number of bytes
 */
export const decodeInteger = (bytes: Uint8Array): number | bigint => {
  needSize(ParticleType.INTEGER, bytes, 8);
  const value = bufferOf(bytes).readBigInt64BE();
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

const needSize = (type: ParticleType, bytes: Uint8Array, size: number): void => {
  if (bytes.length === size) return;
  const name = PARTICLE_NAMES.get(type);
  throw new AsbError(
    'FORMAT',
    `a particle of type ${name} has ${bytes.length} bytes, not ${size}`,
    {
      expected: `${size} bytes`,
    },
  );
};

/**
 * Decodes a particle for someone who wants to look. A string that is no UTF-8 keeps its bytes
 * ({@link TypedBytes}), as do GeoJSON that is none, HLLs, vectors, the language blobs and types
 * unknown here.
 *
 * @throws AsbError `FORMAT` if it has not the size of its type, or a list or map is no msgpack
 */
export const decodeParticle = (type: number, bytes: Uint8Array): Value => {
  const buffer = bufferOf(bytes);
  switch (type) {
    case ParticleType.NULL:
      return null;
    case ParticleType.INTEGER:
      return decodeInteger(bytes);
    case ParticleType.DOUBLE:
      needSize(type, bytes, 8);
      return buffer.readDoubleBE();
    case ParticleType.BOOLEAN:
      needSize(type, bytes, 1);
      return bytes[0] !== 0;
    case ParticleType.STRING:
      return isUtf8(bytes) ? buffer.toString() : new TypedBytes(ParticleType.STRING, bytes);
    case ParticleType.GEOJSON:
      return decodeGeoJson(buffer);
    case ParticleType.LIST:
    case ParticleType.MAP:
      return decodeMsgpack(bytes);
    case ParticleType.BLOB:
      return buffer;
    default:
      return new TypedBytes(type, bytes);
  }
};

const decodeGeoJson = (particle: Buffer): Value => {
  const text = particle.subarray(geoJsonTextOffset(particle, 0));
  return particle.length >= GEOJSON_HEADER_SIZE && isUtf8(text)
    ? new GeoJson(text.toString())
    : new TypedBytes(ParticleType.GEOJSON, particle);
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

  /** @throws AsbError `FORMAT` if the particle is not what its type says */
  get value(): Value {
    return decodeParticle(this.type, this.bytes);
  }
}
