/**
 * A record on its way through a sort: a header, then its message. All integers big endian.
 *
 *     size u32 of the message, source u32, digest of 20 bytes, message
 *
 * Digests are ordered by their bytes.
 */
import { AsbError } from '../errors.ts';
import {
  AT_FIELD_COUNT,
  DIGEST_SIZE,
  FIELD_HEADER_SIZE,
  Field,
  HEADER_SIZE,
  readU16,
  readU32,
} from '../record/layout.ts';

const AT_SOURCE = 4;
export const AT_DIGEST = 8;
export const ENTRY_HEADER_SIZE = AT_DIGEST + DIGEST_SIZE;

/** Bytes of a digest in {@link keyOf}: as many as a number holds exactly. */
const KEY_SIZE = 6;

/** Bytes of the message of the entry at `at`. */
export const messageSizeOf = (bytes: Uint8Array, at: number): number => readU32(bytes, at);

/** Which source the entry at `at` is of. */
export const sourceOf = (bytes: Uint8Array, at: number): number => readU32(bytes, at + AT_SOURCE);

/** The first bytes of a digest as a number: what is less comes first, what is the same may not be. */
export const keyOf = (bytes: Uint8Array, digestAt: number): number =>
  readU32(bytes, digestAt) * 0x10000 + readU16(bytes, digestAt + 4);

/** Compares what {@link keyOf} leaves out: below 0 if the first comes first, 0 for the same. */
export const compareRest = (
  bytes: Uint8Array,
  digestAt: number,
  others: Uint8Array,
  otherAt: number,
): number => {
  for (let index = KEY_SIZE; index < DIGEST_SIZE; index++) {
    const difference = bytes[digestAt + index]! - others[otherAt + index]!;
    if (difference !== 0) return difference;
  }
  return 0;
};

/**
 * Where the digest of a message stands.
 * @throws AsbError `FORMAT` for a message without one
 */
export const digestAtOf = (bytes: Uint8Array, start: number): number => {
  let at = start + HEADER_SIZE;
  for (let left = readU16(bytes, start + AT_FIELD_COUNT); left > 0; left--) {
    const size = readU32(bytes, at);
    if (bytes[at + 4] === Field.DIGEST && size === DIGEST_SIZE + 1) return at + FIELD_HEADER_SIZE;
    at += 4 + size;
  }
  throw new AsbError('FORMAT', 'a record without a digest cannot be sorted', {
    expected: `a digest of ${DIGEST_SIZE} bytes`,
  });
};

/** Writes the header of an entry, for the message that begins at `start` of `message`. */
export const writeHeader = (
  out: Uint8Array,
  at: number,
  { source, message, start, end }: MessagePlace,
): void => {
  writeU32(out, at, end - start);
  writeU32(out, at + AT_SOURCE, source);
  const from = digestAtOf(message, start);
  for (let index = 0; index < DIGEST_SIZE; index++) {
    out[at + AT_DIGEST + index] = message[from + index]!;
  }
};

/** A message, and where it comes from. */
export interface MessagePlace {
  readonly source: number;
  readonly message: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const writeU32 = (out: Uint8Array, at: number, value: number): void => {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
};
