/** Types of bins that can be generated. */
export const BIN_TYPES = [
  'integer',
  'double',
  'string',
  'bool',
  'blob',
  'list',
  'map',
  'geojson',
] as const;
export type GeneratedBin = (typeof BIN_TYPES)[number];

/** Types of user keys; `none`: only the digest is known, as of records that were written without. */
export const KEY_TYPES = ['integer', 'string', 'blob', 'none'] as const;
export type GeneratedKey = (typeof KEY_TYPES)[number];

export const MAX_GENERATED_RECORDS = 1_000_000_000;
export const MAX_GENERATED_BINS = 1000;
export const MAX_GENERATED_SETS = 1000;
/** Bytes of a string or blob. */
export const MAX_GENERATED_VALUE = 8 * 1024 * 1024;
/** Bytes of all strings and blobs of a record: a server's record has no more. */
export const MAX_GENERATED_RECORD = 8 * 1024 * 1024;
export const MAX_SEED = 0xffffffff;

export const DEFAULT_RECORDS = 200_000;
export const DEFAULT_STRING_SIZE = 62;
export const DEFAULT_BLOB_SIZE = 100;
export const DEFAULT_BIN_TYPES: readonly GeneratedBin[] = [
  'integer',
  'double',
  'string',
  'list',
  'map',
];

/**
 * What generated records look like. Left out, they are those of the project's own benchmarks: an
 * integer, a double, a string of 62 bytes, a small list, a small map and an integer user key; about
 * 240 bytes of .asb text each.
 */
export interface DataOptions {
  /** How many, to 1,000,000,000; 200,000 if left out. */
  readonly records?: number;
  /** Bins of a record, 0 to 1000, of the types in turn; one of each type if left out. */
  readonly bins?: number;
  readonly binTypes?: readonly GeneratedBin[];
  /** Bytes of a string; 62 if left out. */
  readonly stringSize?: number;
  /** Bytes of a blob; 100 if left out. */
  readonly blobSize?: number;
  /** Default `integer`. */
  readonly keyType?: GeneratedKey;
  /** Sets that the records are in, 1 to 1000; 1 if left out. */
  readonly sets?: number;
  /** Other data for another number, 0 to 2^32 - 1; 1 if left out. The same seed gives the same bytes. */
  readonly seed?: number;
}
