/**
 * The tags: what JSON cannot hold is an object whose only key begins with `$`. docs/ndjson.md has
 * them all.
 */
import { PARTICLE_NAMES, ParticleType } from '../record/particle.ts';
import type { JsonObject } from './json.ts';
import type { Place } from './place.ts';

/** Begins a bin name that is written as base64 of its bytes. */
export const BASE64_NAME = '$base64:';

/** Particle types whose content is tagged with the type's name and is base64. */
export const BASE64_TYPES: readonly number[] = [
  ParticleType.STRING,
  ParticleType.BLOB,
  ParticleType.JAVA_BLOB,
  ParticleType.CSHARP_BLOB,
  ParticleType.PYTHON_BLOB,
  ParticleType.RUBY_BLOB,
  ParticleType.PHP_BLOB,
  ParticleType.ERLANG_BLOB,
  ParticleType.VECTOR,
  ParticleType.HLL,
];

/** The tag of a particle type: `$` and the type's name. */
export const tagOf = (type: number): string => `$${PARTICLE_NAMES.get(type)}`;

/**
 * The tag of a tagged value, or undefined for an object that is a plain map.
 * @throws AsbError `FORMAT` if one key of several begins with `$`: it could be a tag or a key
 */
export const tagIn = (place: Place, json: JsonObject): string | undefined => {
  const names = Object.keys(json);
  const tag = names.find((name) => name.startsWith('$'));
  if (tag === undefined || names.length === 1) return tag;
  throw place.wrong(
    json,
    `nothing beside "${tag}"; a map with such a key is {"$map":[[key,value]]}`,
  );
};

const DOLLAR = 0x24;
const ZERO = 0x30;
const NINE = 0x39;
/** The largest name that a JavaScript object takes for an index, and puts before all others. */
const MAX_INDEX = 2 ** 32 - 2;

/** True for names that begin as tags do. */
export const beginsWithDollar = (bytes: Uint8Array, start: number, end: number): boolean =>
  start < end && bytes[start] === DOLLAR;

/**
 * The number that a name is, if a JavaScript object takes it for an index: `0`, `17`, but not
 * `017`. Else -1.
 */
const indexOfName = (bytes: Uint8Array, start: number, end: number): number => {
  const first = bytes[start]!;
  if (start === end || first < ZERO || first > NINE || end - start > 10) return -1;
  if (first === ZERO) return end - start === 1 ? 0 : -1;
  let index = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    index = index * 10 + digit;
  }
  return index <= MAX_INDEX ? index : -1;
};

/**
 * Tells whether the names of an object come back in their order from `JSON.parse`: it puts indexes
 * first, in ascending order. Ask for each name in turn.
 */
export class NameOrder {
  #last = -1;

  clear(): void {
    this.#last = -1;
  }

  /** True if this name stays behind those before it. */
  keeps(bytes: Uint8Array, start: number, end: number): boolean {
    const index = indexOfName(bytes, start, end);
    if (index > this.#last) {
      this.#last = index;
      return true;
    }
    if (index !== -1) return false;
    this.addOther();
    return true;
  }

  /** Takes note of a name that is no index, and stays where it is. */
  addOther(): void {
    this.#last = MAX_INDEX;
  }
}
