import { encodeGeoJson, type Particle } from '../record/builder.ts';
import { ParticleType } from '../record/particle.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { JsonToMsgpack, readMsgpack } from './json-to-msgpack.ts';
import type { Place } from './place.ts';
import { isInteger, readBase64, readCount, readDouble, readInt, readString } from './scalars.ts';
import { BASE64_TYPES, tagIn, tagOf } from './tags.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const NULL: Particle = { type: ParticleType.NULL, bytes: new Uint8Array(0) };
const TRUE: Particle = { type: ParticleType.BOOLEAN, bytes: Uint8Array.of(1) };
const FALSE: Particle = { type: ParticleType.BOOLEAN, bytes: Uint8Array.of(0) };
const TYPES: ReadonlyMap<string, number> = new Map(BASE64_TYPES.map((type) => [tagOf(type), type]));
const GEOJSON_TAG = tagOf(ParticleType.GEOJSON);

/** Makes the particles of bins and user keys from their JSON. */
export class JsonToParticle {
  readonly #place: Place;
  readonly #msgpack: JsonToMsgpack;

  constructor(place: Place) {
    this.#place = place;
    this.#msgpack = new JsonToMsgpack(place);
  }

  /** @throws AsbError `FORMAT`, `RANGE` or `LIMIT` with the path to what is wrong */
  encode(json: Json): Particle {
    if (typeof json === 'string') {
      return { type: ParticleType.STRING, bytes: readString(this.#place, json) };
    }
    if (typeof json === 'number') return this.#number(json);
    if (typeof json === 'boolean') return json ? TRUE : FALSE;
    if (json === null) return NULL;
    if (Array.isArray(json)) return { type: ParticleType.LIST, bytes: this.#msgpack.encode(json) };
    return this.#object(json);
  }

  #number(json: number): Particle {
    const bytes = Buffer.allocUnsafe(8);
    if (!isInteger(this.#place, json)) {
      bytes.writeDoubleBE(json);
      return { type: ParticleType.DOUBLE, bytes };
    }
    bytes.writeInt32BE(Math.floor(json / 0x100000000), 0);
    bytes.writeInt32BE(json | 0, 4);
    return { type: ParticleType.INTEGER, bytes };
  }

  #object(json: JsonObject): Particle {
    const tag = tagIn(this.#place, json);
    if (tag === undefined) return { type: ParticleType.MAP, bytes: this.#msgpack.encode(json) };
    if (tag === '$map') return { type: ParticleType.MAP, bytes: this.#msgpack.encode(json) };
    if (tag === '$list') return { type: ParticleType.LIST, bytes: this.#msgpack.encode(json) };
    this.#place.path.push(tag);
    const particle = this.#tagged(tag, json[tag]!);
    this.#place.path.pop();
    return particle;
  }

  #tagged(tag: string, json: Json): Particle {
    const place = this.#place;
    const type = TYPES.get(tag);
    if (type !== undefined) return { type, bytes: readBase64(place, json) };
    if (tag === '$int') {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigInt64BE(readInt(place, json, MIN_INT64, MAX_INT64));
      return { type: ParticleType.INTEGER, bytes };
    }
    if (tag === '$double') return { type: ParticleType.DOUBLE, bytes: readDouble(place, json) };
    if (tag === GEOJSON_TAG) return encodeGeoJson(readString(place, json));
    if (tag === '$msgpack') return this.#container(json);
    if (tag === '$particle') return this.#particle(json);
    throw place.wrong(json, 'a tag of docs/ndjson.md');
  }

  #container(json: Json): Particle {
    const bytes = readMsgpack(this.#place, json);
    const head = bytes[0]!;
    if (head === 0xdc || head === 0xdd || (head & 0xf0) === 0x90) {
      return { type: ParticleType.LIST, bytes };
    }
    if (head === 0xde || head === 0xdf || (head & 0xf0) === 0x80) {
      return { type: ParticleType.MAP, bytes };
    }
    throw this.#place.wrong(json, 'base64 of a list or map in msgpack');
  }

  #particle(json: Json): Particle {
    const place = this.#place;
    if (isObject(json)) {
      const { type, base64, ...others } = json;
      if (type !== undefined && base64 !== undefined && Object.keys(others).length === 0) {
        return { type: readCount(place, type, 0xff), bytes: readBase64(place, base64) };
      }
    }
    throw place.wrong(json, '{"type":NUMBER,"base64":"…"}');
  }
}
