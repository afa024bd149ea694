import { AsbError } from '../errors.ts';
import { ParticleType } from '../record/particle.ts';
import { Double, GeoJson, TypedBytes, type Value } from '../record/values.ts';
import { type BinType, BLOB_TYPES, particleTypeOf } from './bin-type.ts';

/**
 * What the client's value leaves open:
 *
 * - `integer`: a whole number; the bin may hold a double
 * - `blob`: bytes; the bin may hold an HLL, a vector, or a language's blob
 * - `geojson`: a string that looks like GeoJSON; it may be a string
 * - `text`: a string with U+FFFD in it; it may stand for bytes that are no UTF-8
 * - `list`: whether it is ordered
 * - `map`: its order, and whether a key was a string
 * - `mapKey`: a key of a map that looks like a number; it may be one
 * - `userKey`: a user key that does not give the record's digest (an integer beyond 2^53, a string
 *   with a NUL or without UTF-8): the client has changed it. Accepted, it is left out
 */
export type Doubt = 'integer' | 'blob' | 'geojson' | 'text' | 'list' | 'map' | 'mapKey' | 'userKey';

/** What each doubt says, and what is taken if it is accepted. */
const DOUBTS: Readonly<Record<Doubt, string>> = {
  integer: 'the client gives the same for an integer and a double without a fraction',
  blob: 'the client gives the same for a blob, an HLL, a vector, and blobs of languages',
  geojson: 'the client gives the same for GeoJSON and a string',
  text: 'the client gives U+FFFD for what is no UTF-8',
  list: 'the client does not say whether a list is ordered',
  map: 'the client does not say whether a map is ordered, and makes strings of its keys',
  mapKey: 'the client gives the same for a key that is a number and one that is a string',
  userKey: 'the client has changed the user key: it does not give the digest of the record',
};

/** An object of a JSON text with a member "type": what GeoJSON looks like. */
const GEOJSON = /^\s*\{[\s\S]*"type"\s*:/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]\d+)?$/;

/**
 * Turns what the client gives for a bin into the value that the server has, as far as it can be
 * known. What it leaves open is counted, and refused unless it is accepted.
 */
export class ValueReader {
  readonly #accept: ReadonlySet<Doubt>;
  /** How often each doubt was accepted. */
  readonly accepted: Record<Doubt, number> = {
    integer: 0,
    blob: 0,
    geojson: 0,
    text: 0,
    list: 0,
    map: 0,
    mapKey: 0,
    userKey: 0,
  };

  constructor(accept: Iterable<Doubt>) {
    this.#accept = new Set(accept);
  }

  /**
   * @param place for messages: the path to the value
   * @param type what the caller says of the bin; it counts where the value leaves a choice, and for
   *   all that is in a list or map
   * @throws AsbError `FORMAT` for what is in doubt, and for what the client could not read
   */
  read(value: unknown, place: string, type: BinType | undefined): Value {
    switch (typeof value) {
      case 'boolean':
      case 'bigint':
        return value;
      case 'number':
        return this.#number(value, place, type);
      case 'string':
        return this.#string(value, place, type);
      case 'object':
        return value === null ? null : this.#object(value, place, type);
      default:
        throw unreadable(place, 'it gives no value');
    }
  }

  /** Counts a doubt. @throws AsbError `FORMAT` if it is not accepted */
  doubt(kind: Doubt, place: string): void {
    if (!this.#accept.has(kind)) {
      const way = kind === 'userKey' ? 'to leave it out' : 'name the bin in types, or';
      throw new AsbError('FORMAT', `${place}: ${DOUBTS[kind]}; ${way} say accept: ['${kind}']`, {
        expected: `what is no doubt, or accept: ['${kind}']`,
      });
    }
    this.accepted[kind]++;
  }

  #number(value: number, place: string, type: BinType | undefined): Value {
    if (type === 'double') return new Double(value);
    // Integers beyond 2^53 come as bigints, and -0 is no integer.
    const isOpen = Number.isSafeInteger(value) && !Object.is(value, -0);
    if (isOpen && !isKnown(type, 'integer')) this.doubt('integer', place);
    return value;
  }

  /** A name. @throws AsbError `FORMAT` if it may stand for bytes that are no UTF-8 */
  text(text: string, place: string): string {
    if (text.includes('\ufffd')) this.doubt('text', place);
    return text;
  }

  #string(value: string, place: string, type: BinType | undefined): Value {
    this.text(value, place);
    if (type === 'geojson') return new GeoJson(value);
    if (!isKnown(type, 'string') && GEOJSON.test(value)) this.doubt('geojson', place);
    return value;
  }

  #object(value: object, place: string, type: BinType | undefined): Value {
    if (value instanceof Uint8Array) {
      if (type !== undefined && BLOB_TYPES.has(type)) {
        return new TypedBytes(particleTypeOf(type), value);
      }
      if (!isKnown(type, 'blob')) this.doubt('blob', place);
      return value;
    }
    if (Array.isArray(value)) {
      if (!isKnown(type, 'list')) this.doubt('list', place);
      return value.map((item, index) => this.read(item, `${place}[${index}]`, inside(type)));
    }
    if (isHyperLogLog(value) && 'buffer' in value) {
      const { buffer } = value;
      if (buffer instanceof Uint8Array) return new TypedBytes(ParticleType.HLL, buffer);
    }
    return this.#map(value, place, type);
  }

  #map(value: object, place: string, type: BinType | undefined): Value {
    refusePrototype(value, place);
    if (!isKnown(type, 'map')) this.doubt('map', place);
    return new Map(
      Object.entries(value).map(([key, item]) => {
        const at = `${place}[${JSON.stringify(key)}]`;
        if (NUMBER.test(key) && !isKnown(type, 'map')) this.doubt('mapKey', at);
        return [this.text(key, at), this.read(item, at, inside(type))];
      }),
    );
  }
}

/** The client's own class, where its wrapHLL is on; a map may have a key "constructor", or no prototype. */
const isHyperLogLog = (value: object): boolean => {
  const made: unknown = Object.getPrototypeOf(value)?.constructor;
  return typeof made === 'function' && made.name === 'HyperLogLog';
};

/**
 * @throws AsbError `FORMAT` for an object that has lost an entry: one whose name was `__proto__` has
 *   become the object's prototype
 */
export const refusePrototype = (value: object, place: string): void => {
  if (Object.getPrototypeOf(value) === Object.prototype) return;
  throw unreadable(place, 'it is no plain object, or had an entry named __proto__');
};

/** What is in a list or map is taken as the caller says, as the list or map itself is. */
const isContainer = (type: BinType | undefined): boolean => type === 'list' || type === 'map';
const inside = (type: BinType | undefined): BinType | undefined =>
  isContainer(type) ? type : undefined;
const isKnown = (type: BinType | undefined, wanted: BinType): boolean =>
  type === wanted || isContainer(type);

const unreadable = (place: string, why: string): AsbError =>
  new AsbError('FORMAT', `${place}: the client could not read it: ${why}`);
