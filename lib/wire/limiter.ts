/** How many records and bytes may pass in a second, as a pure engine: whoever uses it waits. */
import { AsbError } from '../errors.ts';

/** How much may pass in a second. */
export interface RateLimits {
  /** Over all connections together. Default 0: no limit. */
  readonly recordsPerSecond?: number;
  /** Of records in wire form, over all connections together. Default 0: no limit. */
  readonly bytesPerSecond?: number;
  /** Where several threads keep one limit, from {@link sharedLimit}. Default: it is of its own. */
  readonly limitMemory?: SharedArrayBuffer;
}

/** What did not pass while nobody asked may pass later, but no more than of so many ms. */
export const LONGEST_BURST = 100;

/** Who waits, waits so many ms at least: waking for each record would cost more than the records. */
const SHORTEST_DELAY = 20;
/** After so many ms he looks again: a timer of Node's that is to wait for weeks does not wait at all. */
const LONGEST_DELAY = 60_000;

/** Times and what they stand for: 64 bits each, a bucket's first one and the other's second. */
const BUCKETS = 2;
/** The latest time that is ever reckoned with, in ns: behind it numbers of 64 bits begin anew. */
const LATEST = 2n ** 62n;
const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1000 * NS_PER_MS;

/** Memory for one limit that holds for several threads together ({@link RateLimits.limitMemory}). */
export const sharedLimit = (): SharedArrayBuffer =>
  new SharedArrayBuffer(BUCKETS * BigInt64Array.BYTES_PER_ELEMENT);

/**
 * What is left of a rate: it fills as time goes by, up to what {@link LONGEST_BURST} brings. All of its
 * state is one number, the time at which it is full again; so threads can share it, and none ever waits
 * for another that holds a lock.
 */
class Bucket {
  readonly #nsEach: number;
  readonly #capacity: number;
  readonly #fullAt: BigInt64Array;
  readonly #index: number;

  /** @param least capacity: what can't be cut must be able to pass */
  constructor(perSecond: number, least: number, fullAt: BigInt64Array, index: number) {
    this.#nsEach = NS_PER_SECOND / perSecond;
    this.#capacity = Math.max(least, (perSecond * LONGEST_BURST) / 1000);
    this.#fullAt = fullAt;
    this.#index = index;
  }

  /**
   * Takes what `choose` wants of what there is; of that it is told again if another thread was faster.
   * One amount that is more than the capacity may be taken when all of it is there.
   */
  take(now: bigint, choose: (level: number, capacity: number) => number): void {
    for (;;) {
      const fullAt = Atomics.load(this.#fullAt, this.#index);
      // A nanosecond more than there is: times are whole ones, and what is due now may pass now.
      const level = this.#level(fullAt - 1n, now);
      const amount = choose(level, this.#capacity);
      if (amount === 0) return;
      const begin = fullAt > now ? fullAt : now;
      const next = begin + BigInt(Math.ceil(Math.min(amount * this.#nsEach, Number(LATEST))));
      const least = next < LATEST ? next : LATEST;
      const found = Atomics.compareExchange(this.#fullAt, this.#index, fullAt, least);
      if (found === fullAt) return;
    }
  }

  /** What was taken, and is not needed. */
  refund(amount: number): void {
    Atomics.sub(this.#fullAt, this.#index, BigInt(Math.floor(amount * this.#nsEach)));
  }

  /** ms until `amount` may be taken. */
  delay(now: bigint, amount: number): number {
    const level = this.#level(Atomics.load(this.#fullAt, this.#index), now);
    return ((Math.min(amount, this.#capacity) - level) * this.#nsEach) / NS_PER_MS;
  }

  #level(fullAt: bigint, now: bigint): number {
    return this.#capacity - (fullAt > now ? Number(fullAt - now) / this.#nsEach : 0);
  }
}

/**
 * A limit that is smooth: in any time of `w` seconds, at most `rate × (w + 0.1)` passes. Of records,
 * one always may, and a record of more bytes than pass in 100 ms goes by itself, when so many have
 * been saved up; what it has too many is taken off those behind it.
 *
 *     const limiter = limiterOf({ recordsPerSecond: 5000 });
 *     const next = limiter.take(batch.offsets, 0); // the records before `next` may pass now
 *     setTimeout(goOn, limiter.delay(batch.offsets, next));
 */
export class Limiter {
  readonly #records: Bucket | undefined;
  readonly #bytes: Bucket | undefined;
  readonly #now: () => bigint;

  /** @param now a clock in ms that never goes back; threads that share a limit have the same */
  constructor(limits: RateLimits, now: () => number) {
    const { recordsPerSecond = 0, bytesPerSecond = 0, limitMemory = sharedLimit() } = limits;
    const fullAt = new BigInt64Array(limitMemory);
    this.#records = recordsPerSecond > 0 ? new Bucket(recordsPerSecond, 1, fullAt, 0) : undefined;
    this.#bytes = bytesPerSecond > 0 ? new Bucket(bytesPerSecond, 0, fullAt, 1) : undefined;
    this.#now = () => BigInt(Math.round(now() * NS_PER_MS));
  }

  /**
   * Lets records pass, as many as may now.
   *
   * @param offsets start and end of each, in pairs, as a batch has them
   * @param from index in `offsets` of the first that has not passed yet
   * @returns the same of the first that must wait
   */
  take(offsets: Uint32Array, from: number): number {
    const now = this.#now();
    let records = (offsets.length - from) / 2;
    this.#records?.take(now, (level) => {
      records = Math.min(records, Math.max(0, Math.floor(level)));
      return records;
    });
    const reserved = records;
    if (reserved > 0) {
      this.#bytes?.take(now, (level, capacity) => {
        const taken = fitting(offsets.subarray(from, from + 2 * reserved), level, capacity);
        records = taken.records;
        return taken.bytes;
      });
    }
    if (records < reserved) this.#records?.refund(reserved - records);
    return from + 2 * records;
  }

  /** ms after which the record at `from` may pass, and some behind it; or it is time to ask again. */
  delay(offsets: Uint32Array, from: number): number {
    const now = this.#now();
    const forRecords = this.#records?.delay(now, 1) ?? 0;
    const forBytes = this.#bytes?.delay(now, sizeAt(offsets, from)) ?? 0;
    return Math.min(Math.max(SHORTEST_DELAY, forRecords, forBytes), LONGEST_DELAY);
  }

  /** Counts what passes without having asked: others wait the longer. */
  spend(records: number, bytes: number): void {
    const now = this.#now();
    this.#records?.take(now, () => records);
    this.#bytes?.take(now, () => bytes);
  }
}

/** How many of these records, one after the other, and their bytes. */
const fitting = (
  offsets: Uint32Array,
  level: number,
  capacity: number,
): { readonly records: number; readonly bytes: number } => {
  let at = 0;
  let bytes = 0;
  while (at < offsets.length && Math.min(sizeAt(offsets, at), capacity) <= level - bytes) {
    bytes += sizeAt(offsets, at);
    at += 2;
  }
  return { records: at / 2, bytes };
};

const sizeAt = (offsets: Uint32Array, at: number): number => offsets[at + 1]! - offsets[at]!;

/**
 * A limiter by the system's clock, which is the same in all threads; `undefined` if there is no limit.
 * @throws AsbError `USAGE` for a rate that is none: nothing would pass, or everything
 */
export const limiterOf = (limits: RateLimits): Limiter | undefined => {
  const { recordsPerSecond = 0, bytesPerSecond = 0 } = limits;
  for (const [name, rate] of Object.entries({ recordsPerSecond, bytesPerSecond })) {
    if (rate >= 0 && rate < Number.POSITIVE_INFINITY) continue;
    const expected = 'a number from 0 on; 0 is no limit';
    throw new AsbError('USAGE', `${name} is ${rate}; expected ${expected}`, { expected });
  }
  return recordsPerSecond > 0 || bytesPerSecond > 0
    ? new Limiter(limits, () => Number(process.hrtime.bigint()) / NS_PER_MS)
    : undefined;
};
