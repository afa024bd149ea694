import { bareValue, isList } from '../record/bare-value.ts';
import { Double, GeoJson, type Value } from '../record/values.ts';

/**
 * A double as text that reads back to the same bits and cannot be taken for an integer: `5.0`,
 * `1e+300`, `-0.0`, `NaN`, `Infinity`.
 */
export const doubleText = (value: number): string => {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/**
 * A list or map as JSON for databases to read, and not to make the same bytes again: bytes are
 * base64, keys of maps are texts, GeoJSON is a string, flags are left out. Integers have all their
 * digits; what JSON has no number for is `"NaN"`, `"Infinity"`.
 */
export const jsonText = (value: Value): string => {
  const bare = bareValue(value);
  if (typeof bare === 'number') return isInteger(bare) ? String(bare) : double(bare);
  if (typeof bare === 'string') return JSON.stringify(bare);
  if (bare === null || typeof bare !== 'object') return String(bare);
  if (bare instanceof Double) return double(bare.value);
  if (bare instanceof GeoJson) return JSON.stringify(bare.text);
  if (Buffer.isBuffer(bare)) return `"${bare.toString('base64')}"`;
  return isList(bare) ? list(bare) : object(bare);
};

/** As values say it: any other number is a double. */
const isInteger = (value: number): boolean => Number.isSafeInteger(value) && !Object.is(value, -0);

const double = (value: number): string =>
  Number.isFinite(value) ? doubleText(value) : `"${value}"`;

const list = (items: readonly Value[]): string => `[${items.map(jsonText).join()}]`;

const object = (entries: ReadonlyMap<Value, Value>): string => {
  const members = Array.from(entries, ([key, value]) => `${keyText(key)}:${jsonText(value)}`);
  return `{${members.join()}}`;
};

/** Strings as they are, all else as its JSON in a string. */
const keyText = (key: Value): string => {
  const text = jsonText(key);
  return text.startsWith('"') ? text : JSON.stringify(text);
};
