import { EPOCH_SECONDS, PARTITION_COUNT, partitionOf } from '../record/layout.ts';
import type { Clock } from './clock.ts';

/** A bin as the store keeps it: its particle byte for byte. */
export interface StoredBin {
  readonly name: Buffer;
  /** Particle type; see `ParticleType`. */
  readonly type: number;
  readonly bytes: Buffer;
}

/** A record at rest. Records are replaced, never changed, so a scan sees each whole. */
export interface StoredRecord {
  /** 20 bytes. */
  readonly digest: Buffer;
  /** Set name; empty for none. */
  readonly set: Buffer;
  /** The user key if it was sent: its particle type, then its particle. */
  readonly key: Buffer | undefined;
  /** 1–65,535. */
  readonly generation: number;
  /** Seconds since 2010-01-01T00:00:00Z; 0: never expires. */
  readonly voidTime: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly lastUpdate: number;
  /** In the order in which they were first written. */
  readonly bins: readonly StoredBin[];
}

const keyOf = (digest: Uint8Array): string => Buffer.from(digest).toString('latin1');

/** The records of one partition, in the order of the server: largest digest first. */
class Partition {
  readonly #records = new Map<string, StoredRecord>();
  #sorted: readonly StoredRecord[] | undefined;

  get(digest: Uint8Array): StoredRecord | undefined {
    return this.#records.get(keyOf(digest));
  }

  put(record: StoredRecord): void {
    this.#records.set(keyOf(record.digest), record);
    this.#sorted = undefined;
  }

  delete(digest: Uint8Array): boolean {
    this.#sorted = undefined;
    return this.#records.delete(keyOf(digest));
  }

  sorted(): readonly StoredRecord[] {
    this.#sorted ??= [...this.#records.values()].sort((a, b) => b.digest.compare(a.digest));
    return this.#sorted;
  }
}

/** The records of one namespace. They are here once, whatever number of nodes serves them. */
export class NamespaceStore {
  readonly name: string;
  readonly #clock: Clock;
  readonly #partitions = Array.from({ length: PARTITION_COUNT }, () => new Partition());

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  get now(): number {
    return this.#clock.now();
  }

  /** Seconds since 2010-01-01T00:00:00Z: the time in which void times count. */
  get epochNow(): number {
    return Math.floor(this.now / 1000) - EPOCH_SECONDS;
  }

  /** The record, unless it has expired. */
  get(digest: Uint8Array): StoredRecord | undefined {
    const record = this.#partition(digest).get(digest);
    return record === undefined || this.#isExpired(record) ? undefined : record;
  }

  put(record: StoredRecord): void {
    this.#partition(record.digest).put(record);
  }

  delete(digest: Uint8Array): boolean {
    return this.#partition(digest).delete(digest);
  }

  /** The live records of a partition, largest digest first: the order of a server's scan. */
  *scan(partition: number, after?: Uint8Array): Generator<StoredRecord> {
    const records = this.#partitions[partition]!.sorted();
    const start = after === undefined ? 0 : indexAfter(records, after);
    for (let index = start; index < records.length; index++) {
      const record = records[index]!;
      if (!this.#isExpired(record)) yield record;
    }
  }

  /** Every live record. */
  *[Symbol.iterator](): Generator<StoredRecord> {
    for (let partition = 0; partition < PARTITION_COUNT; partition++) yield* this.scan(partition);
  }

  /** Live records in the namespace, or in one set of it. */
  count(set?: string): number {
    const name = set === undefined ? undefined : Buffer.from(set);
    let count = 0;
    for (const record of this) if (name?.equals(record.set) ?? true) count++;
    return count;
  }

  /**
   * Removes the records, of a set or of all, that were last written before `cutoff`.
   * @param cutoff milliseconds since 1970-01-01T00:00:00Z
   */
  truncate(set: Buffer | undefined, cutoff: number): void {
    for (const record of this) {
      if (record.lastUpdate < cutoff && (set?.equals(record.set) ?? true)) {
        this.delete(record.digest);
      }
    }
  }

  #partition(digest: Uint8Array): Partition {
    return this.#partitions[partitionOf(digest)]!;
  }

  #isExpired(record: StoredRecord): boolean {
    return record.voidTime !== 0 && record.voidTime < this.epochNow;
  }
}

/** Where the first record with a digest smaller than `after` stands. */
const indexAfter = (records: readonly StoredRecord[], after: Uint8Array): number => {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.digest.compare(after) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
};
