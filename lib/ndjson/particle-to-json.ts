import { geoJsonTextOffset, ParticleType } from '../record/particle.ts';
import { type JsonOutput, piece } from './json-output.ts';
import { MsgpackToJson } from './msgpack-to-json.ts';
import { BASE64_TYPES, tagOf } from './tags.ts';
import { isUtf8Part } from './utf8.ts';

// Names of this file: V8 does not fold what is imported.
const {
  BOOLEAN: BOOLEAN_TYPE,
  DOUBLE: DOUBLE_TYPE,
  GEOJSON: GEOJSON_TYPE,
  INTEGER: INTEGER_TYPE,
  LIST: LIST_TYPE,
  MAP: MAP_TYPE,
  NULL: NULL_TYPE,
  STRING: STRING_TYPE,
} = ParticleType;

const NULL = piece('null');
const TRUE = piece('true');
const FALSE = piece('false');
const GEOJSON = piece(`{"${tagOf(ParticleType.GEOJSON)}":`);
const PARTICLE = piece('{"$particle":{"type":');
const PARTICLE_BASE64 = piece(',"base64":"');
const END_OF_PARTICLE = piece('"}}');
const END_OF_TAG = piece('"}');
const CLOSE = 0x7d;
const BASE64_TAGS: ReadonlyMap<number, DataView> = new Map(
  BASE64_TYPES.map((type) => [type, piece(`{"${tagOf(type)}":"`)]),
);

/** Writes particles, of bins and user keys, as JSON values. */
export class ParticleToJson {
  readonly #out: JsonOutput;
  readonly #msgpack: MsgpackToJson;

  constructor(out: JsonOutput) {
    this.#out = out;
    this.#msgpack = new MsgpackToJson(out);
  }

  /** Writes the particle of `type` in `bytes` from `start` to `end`. */
  write(bytes: Buffer, type: number, start: number, end: number): void {
    if (!this.#known(bytes, type, start, end)) this.#unknown(bytes, type, start, end);
  }

  /** Gives false, and writes nothing, for a particle that isn't what its type says. */
  #known(bytes: Buffer, type: number, start: number, end: number): boolean {
    switch (type) {
      case INTEGER_TYPE:
        if (end - start !== 8) return false;
        this.#out.int64(bytes, start);
        return true;
      case STRING_TYPE:
        return this.#out.string(bytes, start, end) || this.#base64(bytes, type, start, end);
      case DOUBLE_TYPE:
        if (end - start !== 8) return false;
        this.#out.double(bytes, start);
        return true;
      case LIST_TYPE:
      case MAP_TYPE:
        return this.#msgpack.write(bytes, start, end, type);
      case NULL_TYPE:
        if (start !== end) return false;
        this.#out.piece(NULL);
        return true;
      case BOOLEAN_TYPE:
        if (end - start !== 1 || bytes[start]! > 1) return false;
        this.#out.piece(bytes[start] === 1 ? TRUE : FALSE);
        return true;
      case GEOJSON_TYPE:
        return this.#geoJson(bytes, start, end);
      default:
        return this.#base64(bytes, type, start, end);
    }
  }

  /** The text only: flags and cells are the server's, which makes them anew. */
  #geoJson(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < 3) return false;
    const textAt = start + geoJsonTextOffset(bytes, start);
    if (textAt > end || !isUtf8Part(bytes, textAt, end)) return false;
    this.#out.piece(GEOJSON);
    this.#out.string(bytes, textAt, end);
    this.#out.byte(CLOSE);
    return true;
  }

  #base64(bytes: Buffer, type: number, start: number, end: number): boolean {
    const tag = BASE64_TAGS.get(type);
    if (tag === undefined) return false;
    this.#out.piece(tag);
    this.#out.base64(bytes, start, end);
    this.#out.piece(END_OF_TAG);
    return true;
  }

  #unknown(bytes: Buffer, type: number, start: number, end: number): void {
    this.#out.piece(PARTICLE);
    this.#out.integer(type);
    this.#out.piece(PARTICLE_BASE64);
    this.#out.base64(bytes, start, end);
    this.#out.piece(END_OF_PARTICLE);
  }
}
