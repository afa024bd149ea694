import { isUtf8 } from 'node:buffer';
import { AsbError } from '../errors.ts';
import { MAX_NESTING, MsgpackReader, Token } from './msgpack-reader.ts';
import { PARTICLE_NAMES, ParticleType } from './particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from './values.ts';

/** Flags of an ordered list, and of a map ordered by key, by key and value, with a stored index. */
export const ListFlag = { ORDERED: 1 } as const;
export const MapFlag = { KEY_ORDERED: 1, VALUE_ORDERED: 2, PERSIST_INDEX: 0x10 } as const;

/**
 * Decodes the particle of a list or map (or any one msgpack item), flags and key types kept: an
 * integral double is a {@link Double}, flags make a {@link FlaggedList} or {@link FlaggedMap},
 * bytes that are no UTF-8 stay {@link TypedBytes}, and what is unknown stays {@link RawMsgpack}.
 *
 * @throws AsbError `FORMAT` if the bytes are not exactly one item; `LIMIT` beyond `MAX_NESTING`
 */
export const decodeMsgpack = (bytes: Uint8Array): Value => {
  const reader = new MsgpackReader(bytes);
  const value = decodeItem(reader, bytes, 0);
  if (!reader.done) {
    throw new AsbError('FORMAT', `msgpack: ${reader.end - reader.at} bytes after the value`, {
      offset: reader.at,
    });
  }
  return value;
};

const decodeItem = (reader: MsgpackReader, bytes: Uint8Array, depth: number): Value => {
  if (depth > MAX_NESTING) {
    throw new AsbError('LIMIT', `msgpack: nested deeper than ${MAX_NESTING}`, {
      offset: reader.at,
    });
  }
  switch (reader.next()) {
    case Token.NIL:
      return null;
    case Token.FALSE:
      return false;
    case Token.TRUE:
      return true;
    case Token.INTEGER:
      return reader.number;
    case Token.BIG_INTEGER:
      return reader.bigint;
    case Token.DOUBLE:
      return Number.isInteger(reader.number) ? new Double(reader.number) : reader.number;
    case Token.BYTES:
      return decodeBytes(reader, bytes);
    case Token.LIST:
      return decodeList(reader, bytes, depth);
    case Token.MAP:
      return decodeMap(reader, bytes, depth);
    default:
      return new RawMsgpack(bytes.subarray(reader.itemStart, reader.at));
  }
};

const decodeBytes = (reader: MsgpackReader, bytes: Uint8Array): Value => {
  const type = reader.payloadStart < reader.payloadEnd ? bytes[reader.payloadStart]! : -1;
  const payload = bytes.subarray(reader.payloadStart + 1, reader.payloadEnd);
  if (type === ParticleType.BLOB) return payload;
  if (type === ParticleType.STRING && isUtf8(payload)) return Buffer.from(payload).toString();
  if (type === ParticleType.GEOJSON && isUtf8(payload)) {
    return new GeoJson(Buffer.from(payload).toString());
  }
  if (PARTICLE_NAMES.has(type)) return new TypedBytes(type, payload);
  return new RawMsgpack(bytes.subarray(reader.itemStart, reader.payloadEnd));
};

/** Bytes of flags: an extension without content, whose type is the flags. */
const FLAGS_SIZE = 3;

/** The flags of the container that `reader` has just entered; 0 if its first item is none. */
const peekFlags = ({ at, count }: MsgpackReader, bytes: Uint8Array): number =>
  count > 0 && bytes[at] === 0xc7 && bytes[at + 1] === 0 ? (bytes[at + 2] ?? 0) : 0;

const decodeList = (reader: MsgpackReader, bytes: Uint8Array, depth: number): Value => {
  const { count } = reader;
  const flags = peekFlags(reader, bytes);
  if (flags !== 0) reader.at += FLAGS_SIZE;
  const items: Value[] = [];
  for (let left = flags === 0 ? count : count - 1; left > 0; left--) {
    items.push(decodeItem(reader, bytes, depth + 1));
  }
  return flags === 0 ? items : new FlaggedList(flags, items);
};

const decodeMap = (reader: MsgpackReader, bytes: Uint8Array, depth: number): Value => {
  const { count } = reader;
  let flags = peekFlags(reader, bytes);
  // Flags are paired with nil; what is paired with anything else is an entry.
  if (bytes[reader.at + FLAGS_SIZE] !== 0xc0) flags = 0;
  if (flags !== 0) reader.at += FLAGS_SIZE + 1;
  const entries = new Map<Value, Value>();
  for (let left = flags === 0 ? count : count - 1; left > 0; left--) {
    const key = decodeItem(reader, bytes, depth + 1);
    entries.set(key, decodeItem(reader, bytes, depth + 1));
  }
  return flags === 0 ? entries : new FlaggedMap(flags, entries);
};
