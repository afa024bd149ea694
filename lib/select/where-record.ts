import type { Bin } from '../record/bin.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import type { AsbRecord } from '../record/record.ts';
import { type Plain, toPlain } from './plain-value.ts';

/**
 * What `record` is in an expression: plain values, decoded when they are touched. Nothing of it can
 * be assigned to: an `=` that was to be `==` fails.
 */
export class WhereRecord {
  readonly #record: AsbRecord;
  readonly #now: number;
  #bins: Readonly<Record<string, Plain>> | undefined;

  /** @param now Unix seconds, from which `ttl` counts */
  constructor(record: AsbRecord, now: number) {
    this.#record = record;
    this.#now = now;
    Object.freeze(this);
  }

  /** Empty if the record is in no set. */
  get set(): string {
    return this.#record.set;
  }

  /** The user key, or `undefined` if it was not stored. */
  get key(): Plain | undefined {
    const { key } = this.#record;
    return key === undefined ? undefined : toPlain(key);
  }

  /** 40 hex digits. */
  get digest(): string {
    return this.#record.digest.toString('hex');
  }

  get generation(): number {
    return this.#record.generation;
  }

  /** 0–4095. */
  get partition(): number {
    return this.#record.partition;
  }

  /** Seconds since 2010-01-01T00:00:00Z, as in .asb; 0: never expires. */
  get voidTime(): number {
    return this.#record.voidTime;
  }

  /** When the record expires, or `undefined` if it never does. */
  get expiresAt(): Date | undefined {
    return this.#record.expiresAt;
  }

  /** Seconds until it expires, negative if that has come; `Infinity` if it never does. */
  get ttl(): number {
    const { voidTime } = this.#record;
    return voidTime === 0 ? Number.POSITIVE_INFINITY : EPOCH_SECONDS + voidTime - this.#now;
  }

  /** By name; a bin that is not there is `undefined`. */
  get bins(): Readonly<Record<string, Plain>> {
    this.#bins ??= new Proxy<Record<string, Plain>>(
      Object.create(null),
      new LazyBins(this.#record.bins),
    );
    return this.#bins;
  }
}

/** Decodes a bin when it is asked for. What is assigned is refused as what is defined. */
class LazyBins implements ProxyHandler<Record<string, Plain>> {
  readonly #bins: ReadonlyMap<string, Bin>;

  constructor(bins: ReadonlyMap<string, Bin>) {
    this.#bins = bins;
  }

  get(_target: unknown, name: string | symbol): Plain | undefined {
    const bin = this.#bins.get(String(name));
    return bin === undefined ? undefined : toPlain(bin.value);
  }

  has(_target: unknown, name: string | symbol): boolean {
    return this.#bins.has(String(name));
  }

  ownKeys(): string[] {
    return [...this.#bins.keys()];
  }

  getOwnPropertyDescriptor(
    _target: unknown,
    name: string | symbol,
  ): PropertyDescriptor | undefined {
    if (!this.#bins.has(String(name))) return undefined;
    return { value: this.get(_target, name), enumerable: true, configurable: true };
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }
}
