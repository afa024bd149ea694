/**
 * Values as an expression that a person typed expects them: no classes of ours. What it takes to
 * make the same bytes again (flags, particle types) is left out, for nobody does that with these.
 */
import { AsbError } from '../errors.ts';
import { bareValue, isList } from '../record/bare-value.ts';
import { Double, GeoJson, type Value } from '../record/values.ts';

/** A value without classes of ours. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/**
 * Integers are numbers, and bigints beyond 2^53; doubles numbers; bytes of any kind Buffers; lists
 * arrays; GeoJSON the object that it is. A map is an object without a prototype, whose keys are
 * texts: those of integers in decimal, of bytes in hex.
 *
 * All of it is a copy, for a record must stay what it is whatever is done with its bytes; and frozen,
 * but for Buffers, which cannot be: an `=` that was to be `==` fails.
 *
 * @throws AsbError `FORMAT` for a map in which two keys have one text, or whose key is a list or map;
 *   SyntaxError for GeoJSON that is no JSON
 */
export const toPlain = (value: Value): Plain => {
  const bare = bareValue(value);
  if (bare === null || typeof bare !== 'object') return bare;
  if (bare instanceof Double) return bare.value;
  if (bare instanceof GeoJson) return JSON.parse(bare.text, frozen);
  if (Buffer.isBuffer(bare)) return Buffer.from(bare);
  return isList(bare) ? Object.freeze(bare.map(toPlain)) : objectOf(bare);
};

const frozen = (_key: string, value: Plain): Plain => Object.freeze(value);

const objectOf = (entries: ReadonlyMap<Value, Value>): { readonly [key: string]: Plain } => {
  const object: { [key: string]: Plain } = Object.create(null);
  for (const [key, value] of entries) {
    const name = nameOf(key);
    if (name in object) throw new AsbError('FORMAT', `two keys of a map have the text "${name}"`);
    object[name] = toPlain(value);
  }
  return Object.freeze(object);
};

const nameOf = (key: Value): string => {
  const plain = toPlain(key);
  if (Buffer.isBuffer(plain)) return plain.toString('hex');
  if (plain === null || typeof plain !== 'object') return String(plain);
  throw new AsbError('FORMAT', 'a key of a map is a list or map itself');
};
