import { RecordBatch } from '../record/batch.ts';
import type { Particle } from '../record/builder.ts';
import type { SecondaryIndex } from '../record/globals.ts';
import { AsbRecord } from '../record/record.ts';
import { answerOf } from './answer.ts';
import * as conditions from './conditions.ts';
import { RecordParts } from './record-parts.ts';

type Condition = conditions.Condition;

/** Which records are wanted: those that meet every condition that is given. */
export interface SelectionOptions {
  /** Of one of these sets; the empty name stands for records in none. */
  readonly sets?: readonly (string | Uint8Array)[];
  /** With one of these user keys, stored or not: see `parseKey`. */
  readonly keys?: readonly Particle[];
  /** With one of these digests, of 20 bytes. */
  readonly digests?: readonly Uint8Array[];
  /** Of these partitions, 0–4095. */
  readonly partitions?: readonly number[];
  /** With `partitions`: the digests behind which they are wanted; see `parsePartitionList`. */
  readonly positions?: ReadonlyMap<number, Uint8Array>;
  /** With at least one of these bins. */
  readonly hasBins?: readonly (string | Uint8Array)[];
  /** That expire before then: none of those that never do. */
  readonly expiresBefore?: Date;
  /** That expire then, later or never. */
  readonly expiresAfter?: Date;
  /** That never expire. */
  readonly neverExpires?: boolean;
  /** Of these generations; both ends are among them. */
  readonly generations?: { readonly lowest: number; readonly highest: number };
  /** That this takes: any code. Asked last, of those that meet all else. See `compileWhere`. */
  readonly where?: (record: AsbRecord) => boolean | 'skip';
  /** Wants all other records instead. */
  readonly invert?: boolean;
}

const bytesOf = (names: readonly (string | Uint8Array)[]): Buffer[] =>
  names.map((name) => Buffer.from(name));

/** The conditions on bytes, the cheapest first. */
const conditionsOf = (options: SelectionOptions): Condition[] => {
  const { sets, keys, digests, partitions, hasBins, generations } = options;
  const { expiresBefore, expiresAfter, neverExpires = false } = options;
  return [
    ...(neverExpires ? [conditions.neverExpiring] : []),
    ...(expiresBefore === undefined ? [] : [conditions.expiringBefore(expiresBefore)]),
    ...(expiresAfter === undefined ? [] : [conditions.expiringAfter(expiresAfter)]),
    ...(generations === undefined
      ? []
      : [conditions.ofGeneration(generations.lowest, generations.highest)]),
    ...(sets === undefined ? [] : [conditions.inSets(bytesOf(sets))]),
    ...(partitions === undefined ? [] : [conditions.inPartitions(partitions, options.positions)]),
    ...(digests === undefined ? [] : [conditions.withDigest(digests)]),
    ...(keys === undefined ? [] : [conditions.withKey(keys)]),
    ...(hasBins === undefined ? [] : [conditions.withBin(bytesOf(hasBins))]),
  ];
};

/**
 * Chooses records of batches. Without `where` nothing is decoded: sets, keys and digests are
 * compared as bytes.
 *
 *     const selector = new Selector({ sets: ['users'], expiresAfter: new Date() });
 *     const wanted = selector.select(batch);
 */
export class Selector {
  readonly #parts = new RecordParts();
  readonly #conditions: readonly Condition[];
  readonly #where: SelectionOptions['where'];
  readonly #invert: boolean;
  readonly #sets: ReadonlySet<string> | undefined;

  /** @throws AsbError `USAGE` for what no record can be: an invalid date, partition 4096 */
  constructor(options: SelectionOptions) {
    const { where, invert = false, sets } = options;
    this.#conditions = conditionsOf(options);
    this.#where = where;
    this.#invert = invert;
    const bySetOnly = this.#conditions.length === 1 && where === undefined;
    // Of a set that was not wanted under other conditions too, records are left when inverted.
    const tellsSets = sets !== undefined && (!invert || bySetOnly);
    this.#sets = tellsSets ? new Set(bytesOf(sets).map(String)) : undefined;
  }

  /**
   * A batch of the records that are wanted, over the same bytes.
   * @throws what `where` throws; AsbError `USAGE` if it gives a function or a promise, `LIMIT` for user
   *   keys in too many sets
   */
  select(batch: RecordBatch): RecordBatch {
    const { bytes, offsets, release } = batch;
    const kept = new Uint32Array(offsets.length);
    let length = 0;
    for (let index = 0; index < offsets.length; index += 2) {
      const start = offsets[index]!;
      if (!this.#wants(bytes, start)) continue;
      kept[length++] = start;
      kept[length++] = offsets[index + 1]!;
    }
    return length === offsets.length
      ? batch
      : new RecordBatch(bytes, kept.slice(0, length), release);
  }

  /**
   * Whether an index stays: not if all records of its set are left out. An index of no set goes with
   * a list of sets, as with asbackup.
   */
  keepsIndex({ set }: SecondaryIndex): boolean {
    return this.#sets === undefined || this.#sets.has(set) !== this.#invert;
  }

  #wants(bytes: Buffer, start: number): boolean {
    const parts = this.#parts;
    parts.find(bytes, start);
    for (const isMet of this.#conditions) if (!isMet(bytes, parts)) return this.#invert;
    if (this.#where === undefined) return !this.#invert;
    const found = this.#where(new AsbRecord(bytes, start));
    return found !== 'skip' && answerOf(found) !== this.#invert;
  }
}
