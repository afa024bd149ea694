import { bufferOf } from './layout.ts';
import {
  type Double,
  FlaggedList,
  FlaggedMap,
  type GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from './values.ts';

/** A value without what only its bytes need: flags of lists and maps, particle types of bytes. */
export type BareValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Double
  | GeoJson
  | Buffer
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

/**
 * Takes off what only those ask for who make the same bytes again. What is in a list or map stays as
 * it is. Bytes are a view, no copy.
 */
export const bareValue = (value: Value): BareValue => {
  if (value instanceof FlaggedList) return value.items;
  if (value instanceof FlaggedMap) return value.entries;
  if (value instanceof TypedBytes || value instanceof RawMsgpack) return bufferOf(value.bytes);
  return value instanceof Uint8Array ? bufferOf(value) : value;
};

/** Tells lists from all else that a value may be, also where TypeScript does not. */
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
