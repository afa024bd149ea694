/**
 * The wire form of a record: Aerospike's message. A 22-byte header, then fields, then ops (one
 * for each bin); all integers big endian. This is the form in which records travel through every
 * stage, so its layout belongs to the record and not to the network code that reads it.
 *
 *     header  size u8 (22), info1–4 u8, result u8, generation u32, record ttl u32,
 *             transaction ttl u32, fields u16, ops u16
 *     field   size u32 (id + data), id u8, data
 *     op      size u32 (4 + name + value), op u8, particle type u8, flags u8, name length u8,
 *             name, value
 */

export const HEADER_SIZE = 22;

/** Offsets in the header. */
export const AT_INFO1 = 1;
export const AT_INFO2 = 2;
export const AT_INFO3 = 3;
export const AT_RESULT = 5;
export const AT_GENERATION = 6;
/** In a record that was scanned: the void time. */
export const AT_RECORD_TTL = 10;
/** In the reply to a batch: the index of the record. */
export const AT_TRANSACTION_TTL = 14;
export const AT_FIELD_COUNT = 18;
export const AT_OP_COUNT = 20;

/** Bytes of a field before its data. */
export const FIELD_HEADER_SIZE = 5;
/** Bytes of an op before its bin name. */
export const OP_HEADER_SIZE = 8;
/** Offsets in an op. */
export const OP_AT_CODE = 4;
export const OP_AT_PARTICLE_TYPE = 5;
export const OP_AT_NAME_LENGTH = 7;

export const Field = {
  NAMESPACE: 0,
  SET: 1,
  KEY: 2,
  DIGEST: 4,
  TASK_ID: 7,
  SOCKET_TIMEOUT: 9,
  RECORDS_PER_SECOND: 10,
  PARTITIONS: 11,
  DIGESTS: 12,
  MAX_RECORDS: 13,
  BATCH: 41,
  FILTER: 43,
} as const;

export const Op = {
  READ: 1,
  WRITE: 2,
  INCREMENT: 5,
  APPEND: 9,
  PREPEND: 10,
  TOUCH: 11,
  DELETE_ALL: 14,
} as const;

export const Info1 = {
  READ: 1,
  GET_ALL: 2,
  SHORT_QUERY: 4,
  BATCH: 8,
  NO_BINS: 0x20,
  COMPRESS: 0x80,
} as const;
export const Info2 = {
  WRITE: 1,
  DELETE: 2,
  GENERATION: 4,
  GENERATION_GREATER: 8,
  DURABLE_DELETE: 0x10,
  CREATE_ONLY: 0x20,
  RESPOND_ALL: 0x80,
} as const;
export const Info3 = {
  LAST: 1,
  PARTITION_DONE: 4,
  UPDATE_ONLY: 8,
  CREATE_OR_REPLACE: 0x10,
  REPLACE_ONLY: 0x20,
} as const;

export const DIGEST_SIZE = 20;
/** Partitions of every namespace. */
export const PARTITION_COUNT = 4096;
/** 2010-01-01T00:00:00Z in Unix seconds: void times count from here. */
export const EPOCH_SECONDS = 1_262_304_000;

/** The server's limits on names, in bytes. */
export const MAX_NAMESPACE_LENGTH = 31;
export const MAX_SET_LENGTH = 63;
export const MAX_BIN_NAME_LENGTH = 15;
/** 16 bits on the server and in the text; 32 in a message. */
export const MAX_GENERATION = 0xffff;
/** A bin count is a u16 on the wire and in the text. */
export const MAX_BINS = 65_535;
/** The server's limit for one message (`PROTO_SIZE_MAX`). */
export const MAX_MESSAGE_SIZE = 128 * 1024 * 1024;

/** Big-endian u32, without a range check: callers have checked the end. */
export const readU32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** Big-endian u16, without a range check. */
export const readU16 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 8) | bytes[at + 1]!;

/** The partition of a digest: its first two bytes as little-endian u16, modulo 4096. */
export const partitionOf = (bytes: Uint8Array, digestAt = 0): number =>
  (bytes[digestAt]! | (bytes[digestAt + 1]! << 8)) & (PARTITION_COUNT - 1);

/** The same memory with the methods of a Buffer. */
export const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

/** A view of the same memory, for reading and writing whole words. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whether `bytes` hold exactly `name` from `from` to `end`. */
export const isNameAt = (
  name: Uint8Array,
  bytes: Uint8Array,
  from: number,
  end: number,
): boolean => {
  let same = name.length === end - from;
  for (let index = 0; same && index < name.length; index++) {
    same = name[index] === bytes[from + index];
  }
  return same;
};
