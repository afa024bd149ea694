import { MAX_NESTING, MsgpackReader } from '../record/msgpack-reader.ts';
import { MsgpackWriter } from '../record/msgpack-writer.ts';
import { ParticleType } from '../record/particle.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Place } from './place.ts';
import {
  checkString,
  isInteger,
  readBase64,
  readCount,
  readDouble,
  readInt,
  readString,
} from './scalars.ts';
import { BASE64_TYPES, tagIn, tagOf } from './tags.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_FLAGS = 255;
const GEOJSON_TAG = tagOf(ParticleType.GEOJSON);
const TYPES: ReadonlyMap<string, number> = new Map(BASE64_TYPES.map((type) => [tagOf(type), type]));

/** Makes the bytes of lists and maps from their JSON. */
export class JsonToMsgpack {
  readonly #place: Place;
  readonly #writer = new MsgpackWriter();

  constructor(place: Place) {
    this.#place = place;
  }

  /** @throws AsbError `FORMAT`, `RANGE` or `LIMIT` with the path to what is wrong */
  encode(json: Json): Buffer {
    this.#item(json, 0);
    return this.#writer.take();
  }

  #item(json: Json, depth: number): void {
    const writer = this.#writer;
    if (depth > MAX_NESTING) {
      throw this.#place.wrong(json, `lists and maps no deeper than ${MAX_NESTING}`, 'LIMIT');
    }
    if (typeof json === 'string') {
      writer.string(checkString(this.#place, json));
    } else if (typeof json === 'number') {
      if (isInteger(this.#place, json)) writer.integer(json);
      else writer.double(json);
    } else if (json === null || typeof json === 'boolean') {
      writer.value(json);
    } else if (Array.isArray(json)) {
      this.#list(json, 0, depth);
    } else {
      this.#object(json, depth);
    }
  }

  #object(json: JsonObject, depth: number): void {
    const tag = tagIn(this.#place, json);
    if (tag === undefined) {
      this.#entries(json, 0, depth);
      return;
    }
    this.#place.path.push(tag);
    this.#tagged(tag, json[tag]!, depth);
    this.#place.path.pop();
  }

  #tagged(tag: string, json: Json, depth: number): void {
    const place = this.#place;
    const writer = this.#writer;
    const type = TYPES.get(tag);
    if (type !== undefined) writer.bytes(type, readBase64(place, json));
    else if (tag === '$int') writer.bigint(readInt(place, json, MIN_INT64, MAX_UINT64));
    else if (tag === '$double') writer.raw(Buffer.of(0xcb, ...readDouble(place, json)));
    else if (tag === '$list') this.#flagged(json, 'items', depth);
    else if (tag === '$map') this.#flagged(json, 'entries', depth);
    else if (tag === '$msgpack') writer.raw(readMsgpack(place, json));
    else if (tag === GEOJSON_TAG) writer.bytes(ParticleType.GEOJSON, readString(place, json));
    else throw place.wrong(json, 'a tag of docs/ndjson.md that a list or map can hold');
  }

  /** `{"flags":…,"items":[…]}`, or with `entries`; or what has no flags, without braces. */
  #flagged(json: Json, content: 'items' | 'entries', depth: number): void {
    const place = this.#place;
    let inner: Json | undefined = json;
    let flags = 0;
    if (isObject(json)) {
      flags = readCount(place, json.flags ?? 0, MAX_FLAGS);
      inner = json[content];
      if (Object.keys(json).length > (json.flags === undefined ? 1 : 2)) {
        throw place.wrong(json, `nothing but "flags" and "${content}"`);
      }
    }
    if (content === 'entries') this.#entries(inner, flags, depth);
    else if (Array.isArray(inner)) this.#list(inner, flags, depth);
    else throw place.wrong(json, `an array of items, alone or after "flags"`);
  }

  #list(items: Json[], flags: number, depth: number): void {
    const { path } = this.#place;
    this.#writer.listHead(items.length, flags);
    for (const [index, item] of items.entries()) {
      path.push(index);
      this.#item(item, depth + 1);
      path.pop();
    }
  }

  #entries(entries: Json | undefined, flags: number, depth: number): void {
    if (Array.isArray(entries)) this.#pairs(entries, flags, depth);
    else if (isObject(entries)) this.#members(entries, flags, depth);
    else throw this.#place.wrong(entries, 'an object, or an array of pairs');
  }

  #members(members: JsonObject, flags: number, depth: number): void {
    const { path } = this.#place;
    const names = Object.keys(members);
    this.#writer.mapHead(names.length, flags);
    for (const name of names) {
      path.push(name);
      this.#writer.string(checkString(this.#place, name));
      this.#item(members[name]!, depth + 1);
      path.pop();
    }
  }

  #pairs(pairs: Json[], flags: number, depth: number): void {
    const { path } = this.#place;
    this.#writer.mapHead(pairs.length, flags);
    for (const [index, pair] of pairs.entries()) {
      path.push(index);
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw this.#place.wrong(pair, 'a pair: [key, value]');
      }
      for (const item of pair) this.#item(item, depth + 1);
      path.pop();
    }
  }
}

/** The value of `$msgpack`: base64 of exactly one item. */
export const readMsgpack = (place: Place, json: Json): Buffer => {
  const bytes = readBase64(place, json);
  if (isOneItem(bytes)) return bytes;
  throw place.wrong(json, 'base64 of exactly one msgpack item');
};

const isOneItem = (bytes: Buffer): boolean => {
  const reader = new MsgpackReader(bytes);
  try {
    reader.skip();
    return reader.done;
  } catch {
    return false; // whatever is wrong with it, the caller says where it stands
  }
};
