import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from '../record/values.ts';

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
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return isInteger(value) ? String(value) : double(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Double) return double(value.value);
  if (value instanceof GeoJson) return JSON.stringify(value.text);
  if (value instanceof TypedBytes || value instanceof RawMsgpack) return base64(value.bytes);
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof FlaggedList) return list(value.items);
  if (value instanceof FlaggedMap) return object(value.entries);
  return isList(value) ? list(value) : object(value);
};

/** As values say it: any other number is a double. */
const isInteger = (value: number): boolean => Number.isSafeInteger(value) && !Object.is(value, -0);

const isList = (value: readonly Value[] | ReadonlyMap<Value, Value>): value is readonly Value[] =>
  Array.isArray(value);

const double = (value: number): string =>
  Number.isFinite(value) ? doubleText(value) : `"${value}"`;

const base64 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  `"${Buffer.from(buffer, byteOffset, length).toString('base64')}"`;

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
