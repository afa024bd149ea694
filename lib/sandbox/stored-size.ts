import { ParticleType } from '../record/particle.ts';
import type { StoredRecord } from './store.ts';

/** What a server's storage gives out is a multiple of this, in bytes. */
const BLOCK_SIZE = 16;

/** Bytes of a stored record beside set, key and bins: digest, times, generation, marks. */
const RECORD_OVERHEAD = 40;

/** Digits of a 32-bit length in bytes, before values that have one. */
const LENGTH_SIZE = 4;

/**
 * Bytes that a server of version 8 uses for a record, as its namespace in memory tells
 * (`data_used_bytes`); for lists, maps and GeoJSON about so many.
 */
export const storedSize = ({ set, key, bins }: StoredRecord): number => {
  let size = RECORD_OVERHEAD;
  if (set.length > 0) size += 1 + set.length;
  // A length before it; in the key, its type byte counts already.
  if (key !== undefined) size += 1 + key.length;
  for (const { name, type, bytes } of bins) size += 2 + name.length + valueSize(type, bytes);
  return Math.ceil(size / BLOCK_SIZE) * BLOCK_SIZE;
};

const valueSize = (type: number, bytes: Buffer): number => {
  switch (type) {
    case ParticleType.INTEGER:
      return 1 + integerSize(bytes.readBigInt64BE());
    case ParticleType.DOUBLE:
    case ParticleType.BOOLEAN:
      return bytes.length;
    default:
      return LENGTH_SIZE + bytes.length;
  }
};

/** Integers take as few of 1, 2, 4 and 8 bytes as hold them without a sign. */
const integerSize = (value: bigint): number =>
  [1, 2, 4].find((size) => BigInt.asUintN(size * 8, value) === BigInt.asUintN(64, value)) ?? 8;
