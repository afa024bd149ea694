import { AsbError } from '../errors.ts';
import { BatchBuilder, encodeParticle, type Particle } from '../record/builder.ts';
import { computeDigest } from '../record/digest.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import type { Value } from '../record/values.ts';
import type { BinType } from './bin-type.ts';
import type { ClientRecord } from './source.ts';
import { type Doubt, refusePrototype, ValueReader } from './value-reader.ts';

/** What the client leaves open, said by who knows it. */
export interface ClientReading {
  /** Types of bins by name, for those of which the client's values leave it open. */
  readonly types?: Readonly<Record<string, BinType>>;
  /** Doubts that are no error: the ordinary is taken (`integer`: an integer, and so on). */
  readonly accept?: readonly Doubt[];
}

/**
 * Gathers the client's records into batches: with their digests, and with user keys only where they
 * give the digest. Void times are reckoned from the seconds that the client says are left.
 */
export class ClientRecordReader {
  readonly #builder: BatchBuilder;
  readonly #types: ReadonlyMap<string, BinType>;
  readonly #values: ValueReader;

  /** @throws AsbError `RANGE` for a namespace that is none */
  constructor(namespace: string, { types = {}, accept = [] }: ClientReading) {
    this.#builder = new BatchBuilder(namespace);
    this.#types = new Map(Object.entries(types));
    this.#values = new ValueReader(accept);
  }

  /** How often each doubt was accepted. */
  get accepted(): Readonly<Record<Doubt, number>> {
    return this.#values.accepted;
  }

  /** Bytes gathered since the last batch. */
  get byteLength(): number {
    return this.#builder.byteLength;
  }

  /** The batch of all that was added since the last call. */
  build = () => this.#builder.build();

  /**
   * @param now the time in ms since 1970, by which `ttl` counts
   * @throws AsbError `FORMAT` for what is in doubt and not accepted, and for a record without a
   *   digest; `RANGE` for what no record can have
   */
  add({ key, bins, ttl, gen }: ClientRecord, now: number): void {
    const { digest } = key;
    if (!digest) {
      throw new AsbError('FORMAT', 'what the client gave has no digest: it is no record');
    }
    const record = `record ${Buffer.from(digest).toString('base64')}`;
    const set = this.#values.text(key.set ?? '', `${record}, its set`);
    refusePrototype(bins, record);
    const values = Object.entries(bins).map(([name, value]): [string, Value] => {
      const place = `${record}, bin "${name}"`;
      return [
        this.#values.text(name, place),
        this.#values.read(value, place, this.#types.get(name)),
      ];
    });
    this.#builder.add({
      set,
      key: this.#userKey(key.key, set, digest, record),
      digest,
      generation: gen,
      voidTime: ttl < 0 ? 0 : Math.floor(now / 1000) - EPOCH_SECONDS + ttl,
      bins: new Map(values),
    });
  }

  /** The user key, if it is the one that the record was stored with. */
  #userKey(key: unknown, set: string, digest: Uint8Array, record: string): UserKey | undefined {
    if (key === undefined || key === null) return undefined;
    if (isUserKey(key)) {
      const { type, bytes }: Particle = encodeParticle(key);
      if (computeDigest(Buffer.from(set), type, bytes).equals(digest)) return key;
    }
    this.#values.doubt('userKey', `${record}, user key ${String(key)}`);
    return undefined;
  }
}

type UserKey = number | bigint | string | Uint8Array;

const isUserKey = (key: unknown): key is UserKey =>
  typeof key === 'number' ||
  typeof key === 'bigint' ||
  typeof key === 'string' ||
  key instanceof Uint8Array;
