import type { RecordBatch } from './batch.ts';
import * as layout from './layout.ts';

// Names of this file for what every record needs: V8 does not fold what is imported.
const { AT_FIELD_COUNT, AT_OP_COUNT, AT_RECORD_TTL, FIELD_HEADER_SIZE, HEADER_SIZE } = layout;
const { OP_AT_PARTICLE_TYPE } = layout;
const { KEY: KEY_FIELD, SET: SET_FIELD } = layout.Field;

/**
 * Most sets that are counted apart. A namespace has at most 4095 of them, but damaged or made-up
 * input can name a new one in every record.
 */
export const MAX_COUNTED_SETS = 65_536;

/** Sets found again without a string made of their name; a power of two. */
const RECENT = 256;

/** A set and how many records are in it. */
export interface SetCount {
  /** The set's name: the server allows any bytes. Empty: records in no set. */
  readonly name: Buffer;
  readonly records: number;
}

/** A particle type and how often it was met. */
export interface TypeCount {
  /** See `ParticleType`; it may also be one that is not in there. */
  readonly type: number;
  readonly count: number;
}

class Tally implements SetCount {
  readonly name: Buffer;
  records = 0;

  constructor(name: Buffer) {
    this.name = name;
  }
}

/**
 * Counts what records hold: how many there are, in which sets, with bins and user keys of which
 * particle types, and how many are past their void time. It decodes nothing and, but for a set's
 * first record, allocates nothing.
 */
export class Census {
  readonly #now: number;
  readonly #bins = new Float64Array(256);
  readonly #userKeys = new Float64Array(256);
  readonly #sets = new Map<string, Tally>();
  readonly #noSet = new Tally(Buffer.alloc(0));
  readonly #recent: Tally[] = new Array<Tally>(RECENT).fill(this.#noSet);
  #records = 0;
  #expired = 0;
  #neverExpire = 0;
  #inUncountedSets = 0;

  /**
   * @param now seconds since 2010-01-01T00:00:00Z: records whose void time is not later count as
   *   expired, as a restore at that time counts them
   */
  constructor(now: number) {
    this.#now = now;
  }

  get records(): number {
    return this.#records;
  }

  /** Records whose void time has come; a restore would leave them out. */
  get expired(): number {
    return this.#expired;
  }

  /** Records with void time 0. */
  get neverExpire(): number {
    return this.#neverExpire;
  }

  /** Records in sets beyond the first {@link MAX_COUNTED_SETS}. */
  get inUncountedSets(): number {
    return this.#inUncountedSets;
  }

  /** The sets met, by their names' bytes; first, if there are any, the records without a set. */
  get sets(): readonly SetCount[] {
    const named = [...this.#sets.values()].sort((a, b) => a.name.compare(b.name));
    return this.#noSet.records > 0 ? [this.#noSet, ...named] : named;
  }

  /** Bins by particle type, in the order of the types' numbers. */
  get bins(): readonly TypeCount[] {
    return countsOf(this.#bins);
  }

  /** User keys by particle type; the other records have none stored. */
  get userKeys(): readonly TypeCount[] {
    return countsOf(this.#userKeys);
  }

  /** Counts every record of a batch, which must be well formed; keeps none of its memory. */
  add({ bytes, offsets }: RecordBatch): void {
    const view = layout.viewOf(bytes);
    const bins = this.#bins;
    const now = this.#now;
    let tally = this.#noSet;
    for (let index = 0; index < offsets.length; index += 2) {
      const start = offsets[index]!;
      const voidTime = view.getUint32(start + AT_RECORD_TTL);
      if (voidTime === 0) this.#neverExpire++;
      else if (voidTime <= now) this.#expired++;
      let setAt = 0;
      let setEnd = 0;
      let at = start + HEADER_SIZE;
      for (let left = view.getUint16(start + AT_FIELD_COUNT); left > 0; left--) {
        const end = at + 4 + view.getUint32(at);
        const id = bytes[at + 4];
        if (id === SET_FIELD) {
          setAt = at + FIELD_HEADER_SIZE;
          setEnd = end;
        } else if (id === KEY_FIELD && end > at + FIELD_HEADER_SIZE) {
          this.#userKeys[bytes[at + FIELD_HEADER_SIZE]!]!++;
        }
        at = end;
      }
      for (let left = view.getUint16(start + AT_OP_COUNT); left > 0; left--) {
        bins[bytes[at + OP_AT_PARTICLE_TYPE]!]!++;
        at += 4 + view.getUint32(at);
      }
      if (!layout.isNameAt(tally.name, bytes, setAt, setEnd)) {
        const found = this.#find(bytes, setAt, setEnd);
        if (found === undefined) {
          this.#inUncountedSets++;
          continue;
        }
        tally = found;
      }
      tally.records++;
    }
    this.#records += offsets.length / 2;
  }

  /** Records of many sets come mixed, so the last one alone would be remembered in vain. */
  #find(bytes: Buffer, at: number, end: number): Tally | undefined {
    if (end === at) return this.#noSet;
    const slot = slotOf(bytes, at, end);
    const recent = this.#recent[slot]!;
    if (layout.isNameAt(recent.name, bytes, at, end)) return recent;
    const key = bytes.toString('latin1', at, end);
    let tally = this.#sets.get(key);
    if (tally === undefined) {
      if (this.#sets.size === MAX_COUNTED_SETS) return undefined;
      tally = new Tally(Buffer.from(bytes.subarray(at, end)));
      this.#sets.set(key, tally);
    }
    this.#recent[slot] = tally;
    return tally;
  }
}

const slotOf = (bytes: Buffer, at: number, end: number): number => {
  let hash = end - at;
  for (let from = at; from < end; from++) hash = (Math.imul(hash, 31) + bytes[from]!) | 0;
  return hash & (RECENT - 1);
};

const countsOf = (counts: Float64Array): TypeCount[] =>
  Array.from(counts, (count, type) => ({ type, count })).filter(({ count }) => count > 0);
