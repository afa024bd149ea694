import type { RecordBatch } from '../record/batch.ts';
import type { TypeCount } from '../record/census.ts';
import * as layout from '../record/layout.ts';
import { RecordParts } from './record-parts.ts';

const { AT_RECORD_TTL, DIGEST_SIZE, OP_AT_NAME_LENGTH, OP_AT_PARTICLE_TYPE } = layout;
const { OP_HEADER_SIZE, isNameAt, readU32 } = layout;

/**
 * Most sets that are told apart, and most bins, over all sets. A server has at most 4095 sets in a
 * namespace; damaged or made-up input can name a new one in every record.
 */
export const MAX_PROFILED_SETS = 16_384;
export const MAX_PROFILED_BINS = 65_536;

const DAY = 86_400;

/** When records expire, in ranges: from the last one's end up to this one, in seconds from now. */
export const EXPIRY_RANGES = [
  { name: 'expired', end: 0 },
  { name: 'within a day', end: DAY },
  { name: 'within 7 days', end: 7 * DAY },
  { name: 'within 30 days', end: 30 * DAY },
  { name: 'within 90 days', end: 90 * DAY },
  { name: 'within a year', end: 365 * DAY },
  { name: 'later', end: Number.POSITIVE_INFINITY },
] as const;
/** The last count of `expiry`: records that never expire. */
export const NEVER_EXPIRES = EXPIRY_RANGES.length;

/** What is known of the bins of one name in one set. */
export interface BinProfile {
  /** The server allows any bytes. */
  readonly name: Buffer;
  /** Records that have it. */
  readonly records: number;
  /** Bytes of all its values, and of the largest. */
  readonly bytes: number;
  readonly largest: number;
  /** Particle types of its values, the most frequent first. */
  readonly types: readonly TypeCount[];
}

/** What is known of the records of one set. */
export interface SetProfile {
  /** Empty: records in no set. */
  readonly name: Buffer;
  readonly records: number;
  /** Bytes of all records in wire form: name, key, digest and bins, not compressed. */
  readonly bytes: number;
  /** Bytes of the largest record, and its digest. */
  readonly largest: number;
  readonly largestDigest: Buffer;
  /** User keys that were stored, by particle type, the most frequent first. */
  readonly userKeys: readonly TypeCount[];
  /** Records by {@link EXPIRY_RANGES}, and last those that never expire. */
  readonly expiry: readonly number[];
  /** By the bytes of their values, the most first. */
  readonly bins: readonly BinProfile[];
}

/** Counts by particle type. */
class Types {
  readonly #counts = new Map<number, number>();

  add(type: number): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
  }

  get list(): TypeCount[] {
    return Array.from(this.#counts, ([type, count]) => ({ type, count })).sort(
      (one, other) => other.count - one.count,
    );
  }
}

class BinTally implements BinProfile {
  readonly name: Buffer;
  readonly #types = new Types();
  records = 0;
  bytes = 0;
  largest = 0;

  constructor(name: Buffer) {
    this.name = name;
  }

  get types(): readonly TypeCount[] {
    return this.#types.list;
  }

  add(type: number, bytes: number): void {
    this.#types.add(type);
    this.records++;
    this.bytes += bytes;
    if (bytes > this.largest) this.largest = bytes;
  }
}

class SetTally implements SetProfile {
  readonly name: Buffer;
  readonly binsByName = new Map<string, BinTally>();
  /** The bins of the last record in their order: most records of a set have the same. */
  readonly lastBins: BinTally[] = [];
  readonly keyTypes = new Types();
  readonly expiry = new Array<number>(EXPIRY_RANGES.length + 1).fill(0);
  readonly largestDigest = Buffer.alloc(DIGEST_SIZE);
  records = 0;
  bytes = 0;
  largest = 0;

  constructor(name: Buffer) {
    this.name = name;
  }

  get userKeys(): readonly TypeCount[] {
    return this.keyTypes.list;
  }

  get bins(): readonly BinProfile[] {
    return [...this.binsByName.values()].sort((one, other) => other.bytes - one.bytes);
  }
}

/**
 * What takes the space in a backup: counts and sizes by set and bin, when records expire, whether
 * user keys were stored. Nothing is decoded, and memory is bounded by the number of names.
 */
export class Profile {
  readonly #now: number;
  readonly #parts = new RecordParts();
  readonly #sets = new Map<string, SetTally>();
  #last: SetTally | undefined;
  #binNames = 0;
  #uncountedRecords = 0;
  #uncountedBins = 0;

  /** @param now seconds since 2010-01-01T00:00:00Z, as void times count */
  constructor(now: number) {
    this.#now = now;
  }

  /** The sets met, those with the most bytes first. */
  get sets(): readonly SetProfile[] {
    return [...this.#sets.values()].sort((one, other) => other.bytes - one.bytes);
  }

  /** Records in sets beyond the first {@link MAX_PROFILED_SETS}. */
  get uncountedRecords(): number {
    return this.#uncountedRecords;
  }

  /** Bins, in records that were counted, of names beyond the first {@link MAX_PROFILED_BINS}. */
  get uncountedBins(): number {
    return this.#uncountedBins;
  }

  /** Counts every record of a batch, which must be well formed; keeps none of its memory. */
  add({ bytes, offsets }: RecordBatch): void {
    const parts = this.#parts;
    for (let index = 0; index < offsets.length; index += 2) {
      parts.find(bytes, offsets[index]!);
      const tally = this.#setAt(bytes);
      if (tally === undefined) this.#uncountedRecords++;
      else this.#record(tally, bytes, offsets[index + 1]! - parts.start);
    }
  }

  #record(tally: SetTally, bytes: Buffer, size: number): void {
    const { start, keyAt, keyEnd, digestAt } = this.#parts;
    tally.records++;
    tally.bytes += size;
    if (size > tally.largest) {
      tally.largest = size;
      bytes.copy(tally.largestDigest, 0, digestAt, digestAt + DIGEST_SIZE);
    }
    if (keyAt < keyEnd) tally.keyTypes.add(bytes[keyAt]!);
    tally.expiry[this.#expiryOf(readU32(bytes, start + AT_RECORD_TTL))]!++;
    this.#bins(tally, bytes);
  }

  #expiryOf(voidTime: number): number {
    if (voidTime === 0) return NEVER_EXPIRES;
    const left = voidTime - this.#now;
    return EXPIRY_RANGES.findIndex(({ end }) => left <= end);
  }

  #bins(tally: SetTally, bytes: Buffer): void {
    let at = this.#parts.binsAt;
    for (let position = 0; position < this.#parts.binCount; position++) {
      const end = at + 4 + readU32(bytes, at);
      const nameAt = at + OP_HEADER_SIZE;
      const nameEnd = nameAt + bytes[at + OP_AT_NAME_LENGTH]!;
      const bin = this.#binAt(tally, position, bytes, nameAt, nameEnd);
      if (bin === undefined) this.#uncountedBins++;
      else bin.add(bytes[at + OP_AT_PARTICLE_TYPE]!, end - nameEnd);
      at = end;
    }
  }

  #binAt(
    tally: SetTally,
    position: number,
    bytes: Buffer,
    from: number,
    end: number,
  ): BinTally | undefined {
    const last = tally.lastBins[position];
    if (last !== undefined && isNameAt(last.name, bytes, from, end)) return last;
    const key = bytes.toString('latin1', from, end);
    let bin = tally.binsByName.get(key);
    if (bin === undefined) {
      if (this.#binNames === MAX_PROFILED_BINS) return undefined;
      this.#binNames++;
      bin = new BinTally(Buffer.from(bytes.subarray(from, end)));
      tally.binsByName.set(key, bin);
    }
    tally.lastBins[position] = bin;
    return bin;
  }

  #setAt(bytes: Buffer): SetTally | undefined {
    const { setAt, setEnd } = this.#parts;
    if (this.#last !== undefined && isNameAt(this.#last.name, bytes, setAt, setEnd)) {
      return this.#last;
    }
    const key = bytes.toString('latin1', setAt, setEnd);
    let tally = this.#sets.get(key);
    if (tally === undefined) {
      if (this.#sets.size === MAX_PROFILED_SETS) return undefined;
      tally = new SetTally(Buffer.from(bytes.subarray(setAt, setEnd)));
      this.#sets.set(key, tally);
    }
    this.#last = tally;
    return tally;
  }
}
