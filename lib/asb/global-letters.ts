/** The letters by which .asb text names what an index covers and compares. */
import type { IndexCollection, IndexType } from '../record/globals.ts';

export const COLLECTION_LETTERS: Readonly<Record<IndexCollection, string>> = {
  default: 'N',
  list: 'L',
  mapkeys: 'K',
  mapvalues: 'V',
  set: 'S',
};

export const TYPE_LETTERS: Readonly<Record<IndexType, string>> = {
  numeric: 'N',
  string: 'S',
  geo2dsphere: 'G',
  blob: 'B',
  none: 'E',
};
