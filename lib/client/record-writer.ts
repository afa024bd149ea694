import { AsbError } from '../errors.ts';
import type { Bin } from '../record/bin.ts';
import { computeDigest } from '../record/digest.ts';
import { bufferOf, EPOCH_SECONDS } from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import type { AsbRecord } from '../record/record.ts';
import { Double, type Value } from '../record/values.ts';
import type { ClientModule, ClientPut, ClientValue } from './target.ts';
import { impossible, type Loss, ValueWriter } from './value-writer.ts';

/** How records become puts of the client. */
export interface ClientWriting {
  /** The package: `import Aerospike from 'aerospike'`. */
  readonly aerospike: ClientModule;
  /** Where records go. */
  readonly namespace: string;
  /**
   * What becomes of a record that is there already. `update`, the default: the bins of both, the
   * newer where both have one. `replace`: the new record only. `create`: it stays as it is.
   */
  readonly exists?: 'update' | 'create' | 'replace';
  /** Writes only if the record's generation is larger than the stored one. Default true. */
  readonly checkGeneration?: boolean;
  /** More of the client's write policy: timeouts, retries … */
  readonly policy?: object;
  /** Losses that are no error. */
  readonly accept?: readonly Loss[];
}

/** Why a record is not written: its void time has come, or it has no bin. */
export type NotWritten = 'expired' | 'skipped';

/** The client's ttl of a record that never expires. */
const NEVER = -1;

/** Turns records into puts of the official client; a pure function of its input and the time. */
export class ClientRecordWriter {
  readonly #options: ClientWriting;
  readonly #values: ValueWriter;
  readonly #policy: object;

  constructor(options: ClientWriting) {
    this.#options = options;
    this.#values = new ValueWriter(options.aerospike, options.accept ?? []);
    const { exists = 'update', checkGeneration = true, policy = {} } = options;
    const words = options.aerospike.policy;
    this.#policy = {
      ...policy,
      exists: {
        update: words.exists.IGNORE,
        create: words.exists.CREATE,
        replace: words.exists.CREATE_OR_REPLACE,
      }[exists],
      gen: checkGeneration && exists !== 'create' ? words.gen.GT : words.gen.IGNORE,
    };
  }

  /** How often each loss was accepted. */
  get accepted(): Readonly<Record<Loss, number>> {
    return this.#values.accepted;
  }

  /**
   * @param now the time in ms since 1970, by which seconds that are left are reckoned
   * @throws AsbError `FORMAT` for what the client cannot write, and for a user key that is not that
   *   of the digest
   */
  put(record: AsbRecord, now: number): ClientPut | NotWritten {
    const { digest, voidTime } = record;
    const left = voidTime + EPOCH_SECONDS - Math.floor(now / 1000);
    if (voidTime !== 0 && left <= 0) return 'expired';
    const place = `record ${digest.toString('base64')}`;
    const bins = this.#bins(record, place);
    if (Object.keys(bins).length === 0) return 'skipped';
    const set = this.#values.text(utf8(record.setBytes, `${place}, its set`), `${place}, its set`);
    const userKey = this.#userKey(record, `${place}, its user key`);
    const { SEND, DIGEST } = this.#options.aerospike.policy.key;
    return {
      key: {
        ns: this.#options.namespace,
        set,
        ...(userKey === undefined ? { digest: Buffer.from(digest) } : { key: userKey }),
      },
      bins,
      meta: { ttl: voidTime === 0 ? NEVER : left, gen: record.generation },
      policy: { ...this.#policy, key: userKey === undefined ? DIGEST : SEND },
    };
  }

  /** A null bin deletes the one that is stored; where all is replaced there is none to delete. */
  #bins(record: AsbRecord, place: string): Record<string, ClientValue> {
    const keepsNull = (this.#options.exists ?? 'update') === 'update';
    const bins = new Map<string, ClientValue>();
    for (const bin of record.binList()) {
      const at = `${place}, bin "${bin.name}"`;
      const name = this.#values.text(utf8(bin.nameBytes, at), at);
      if (bins.has(name)) throw impossible(at, 'two bins of one name');
      if (bin.type === ParticleType.NULL && !keepsNull) continue;
      bins.set(name, this.#values.write(typedValue(bin), at));
    }
    return Object.fromEntries(bins);
  }

  /** The user key as the client takes it; without one, the record goes by its digest. */
  #userKey(record: AsbRecord, place: string): number | bigint | string | Buffer | undefined {
    const { userKey, digest } = record;
    if (userKey === undefined) return undefined;
    if (!computeDigest(record.setBytes, userKey.type, userKey.bytes).equals(digest)) {
      throw new AsbError(
        'FORMAT',
        `${place} does not give its digest: the client would write another`,
      );
    }
    const { value } = userKey;
    if (userKey.type === ParticleType.INTEGER && isInteger(value)) return value;
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
    if (value instanceof Uint8Array && value.length > 0) return bufferOf(value);
    this.#values.loss('userKey', place);
    return undefined;
  }
}

/** The value of a bin, with its type: of a double without a fraction, the number does not tell. */
const typedValue = ({ type, value }: Bin): Value =>
  type === ParticleType.DOUBLE && typeof value === 'number' ? new Double(value) : value;

const isInteger = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const utf8 = (bytes: Uint8Array, place: string): string => {
  const text = Buffer.from(bytes).toString();
  if (!Buffer.from(text).equals(bytes)) throw impossible(place, 'a name that is no UTF-8');
  return text;
};
