/** How many records and bytes may pass in a second, as a pure engine: whoever uses it waits. */
import { AsbError } from '../errors.ts';

/** How much may pass in a second. */
export interface RateLimits {
  /** Over all connections together. Default 0: no limit. */
  readonly recordsPerSecond?: number;
  /** Of records in wire form, over all connections together. Default 0: no limit. */
  readonly bytesPerSecond?: number;
}

/** What did not pass while nobody asked may pass later, but no more than of so many ms. */
export const LONGEST_BURST = 100;

/** Who waits, waits so many ms at least: waking for each record would cost more than the records. */
const SHORTEST_DELAY = 20;
/** After so many ms he looks again: a timer of Node's that is to wait for weeks does not wait at all. */
const LONGEST_DELAY = 60_000;

/** What is left of a rate: it fills as time goes by, up to what {@link LONGEST_BURST} brings. */
class Bucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #level: number;

  /** @param least capacity: what can't be cut must be able to pass */
  constructor(perSecond: number, least: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = Math.max(least, this.#perMs * LONGEST_BURST);
    this.#level = this.#capacity;
  }

  fill(ms: number): void {
    this.#level = Math.min(this.#capacity, this.#level + ms * this.#perMs);
  }

  /** ms until `amount` may pass; one that is more than the capacity passes when all of it is there. */
  delay(amount: number): number {
    return (Math.min(amount, this.#capacity) - this.#level) / this.#perMs;
  }

  spend(amount: number): void {
    this.#level -= amount;
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
  readonly #now: () => number;
  #filledAt: number;

  /** @param now a clock in ms that never goes back */
  constructor({ recordsPerSecond = 0, bytesPerSecond = 0 }: RateLimits, now: () => number) {
    this.#records = recordsPerSecond > 0 ? new Bucket(recordsPerSecond, 1) : undefined;
    this.#bytes = bytesPerSecond > 0 ? new Bucket(bytesPerSecond, 0) : undefined;
    this.#now = now;
    this.#filledAt = now();
  }

  /**
   * Lets records pass, as many as may now.
   *
   * @param offsets start and end of each, in pairs, as a batch has them
   * @param from index in `offsets` of the first that has not passed yet
   * @returns the same of the first that must wait
   */
  take(offsets: Uint32Array, from: number): number {
    this.#fill();
    let next = from;
    while (next < offsets.length && this.#delay(offsets, next) <= 0) {
      this.spend(1, sizeAt(offsets, next));
      next += 2;
    }
    return next;
  }

  /** ms after which the record at `from` may pass, and some behind it; or it is time to ask again. */
  delay(offsets: Uint32Array, from: number): number {
    this.#fill();
    return Math.min(Math.max(SHORTEST_DELAY, this.#delay(offsets, from)), LONGEST_DELAY);
  }

  /** Counts what passes without having asked: others wait the longer. */
  spend(records: number, bytes: number): void {
    this.#records?.spend(records);
    this.#bytes?.spend(bytes);
  }

  #delay(offsets: Uint32Array, at: number): number {
    const forRecords = this.#records?.delay(1) ?? 0;
    const forBytes = this.#bytes?.delay(sizeAt(offsets, at)) ?? 0;
    return Math.max(forRecords, forBytes);
  }

  #fill(): void {
    const now = this.#now();
    this.#records?.fill(now - this.#filledAt);
    this.#bytes?.fill(now - this.#filledAt);
    this.#filledAt = now;
  }
}

const sizeAt = (offsets: Uint32Array, at: number): number => offsets[at + 1]! - offsets[at]!;

/**
 * A limiter by this process's clock; `undefined` if there is no limit.
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
    ? new Limiter(limits, () => performance.now())
    : undefined;
};
