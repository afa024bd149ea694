import type { Json } from './json.ts';
import type { Place } from './place.ts';

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
/** Digits of a 64-bit integer, so that no endless text is made a bigint. */
const MAX_INTEGER_LENGTH = 20;
const DOUBLE = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const WORDS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const DOUBLE_BITS = /^0x[0-9a-f]{16}$/;

/**
 * Tells whether a JSON number is an integer or a double.
 * @throws AsbError `RANGE` if it is one that other digits may have stood for
 */
export const isInteger = (place: Place, json: number): boolean => {
  if (Number.isSafeInteger(json)) return true;
  if (Number.isFinite(json) && !Number.isInteger(json)) return false;
  throw place.wrong(
    json,
    'an integer up to 2^53-1; a larger one is {"$int":"…"}, a double {"$double":"…"}',
    'RANGE',
  );
};

/** The value of `$int`: a whole number in decimal, as text, between `lowest` and `highest`. */
export const readInt = (place: Place, json: Json, lowest: bigint, highest: bigint): bigint => {
  if (typeof json === 'string' && INTEGER.test(json) && json.length <= MAX_INTEGER_LENGTH) {
    const value = BigInt(json);
    if (value >= lowest && value <= highest) return value;
  }
  throw place.wrong(json, `an integer in quotes, from ${lowest} to ${highest}`);
};

/** The value of `$double` as 8 bytes: a number, or text of one, or its bits as `0x` and 16 digits. */
export const readDouble = (place: Place, json: Json): Buffer => {
  const bytes = Buffer.alloc(8);
  const value = typeof json === 'number' ? json : doubleOf(json, bytes);
  if (value === undefined) {
    throw place.wrong(
      json,
      'a number, or "NaN", "Infinity", "-Infinity" or "0x" and 16 hex digits',
    );
  }
  if (value !== 'bits') bytes.writeDoubleBE(value);
  return bytes;
};

const doubleOf = (json: Json, bytes: Buffer): number | 'bits' | undefined => {
  if (typeof json !== 'string') return undefined;
  if (DOUBLE_BITS.test(json)) {
    bytes.write(json.slice(2), 'hex');
    return 'bits';
  }
  return DOUBLE.test(json) ? Number(json) : WORDS.get(json);
};

/** Bytes from strict base64: standard alphabet, padded, nothing else in it. */
export const readBase64 = (place: Place, json: Json | undefined): Buffer => {
  if (typeof json === 'string') {
    const bytes = Buffer.from(json, 'base64');
    if (bytes.toString('base64') === json) return bytes;
  }
  throw place.wrong(json, 'base64');
};

/** UTF-8 of a string. @throws AsbError `FORMAT` if it has half a surrogate pair, which has none */
export const readString = (place: Place, json: Json | undefined): Buffer =>
  Buffer.from(checkString(place, json));

/** A string that is the same as UTF-8. @throws AsbError `FORMAT` for any other value */
export const checkString = (place: Place, json: Json | undefined): string => {
  if (typeof json === 'string' && json.isWellFormed()) return json;
  throw place.wrong(json, 'a string (without half a surrogate pair)');
};

/** A whole number from 0 to `highest`. @throws AsbError `RANGE` for anything else */
export const readCount = (place: Place, json: Json, highest: number): number => {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 && json <= highest) {
    return json;
  }
  throw place.wrong(json, `an integer from 0 to ${highest}`, 'RANGE');
};
