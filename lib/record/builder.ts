import { AsbError } from '../errors.ts';
import { RecordBatch } from './batch.ts';
import { computeDigest } from './digest.ts';
import {
  DIGEST_SIZE,
  Field,
  MAX_BIN_NAME_LENGTH,
  MAX_GENERATION,
  MAX_NAMESPACE_LENGTH,
  MAX_SET_LENGTH,
  Op,
} from './layout.ts';
import { MessageWriter } from './message-writer.ts';
import { encodeMsgpack } from './msgpack-writer.ts';
import { ParticleType } from './particle.ts';
import { Double, FlaggedList, FlaggedMap, GeoJson, TypedBytes, type Value } from './values.ts';

/** A value as a particle. */
export interface Particle {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** A record in plain values, for people who write their own source. */
export interface PlainRecord {
  /** Empty or left out: no set. */
  readonly set?: string | Uint8Array;
  /** The user key, stored with the record; needed unless `digest` is given. */
  readonly key?: number | bigint | string | Uint8Array | Double | undefined;
  /** 20 bytes; left out, it is computed from set and key. */
  readonly digest?: Uint8Array | undefined;
  /** 0–65,535; 1 if left out. */
  readonly generation?: number;
  /** Seconds since 2010-01-01T00:00:00Z; 0, or left out: never expires. */
  readonly voidTime?: number;
  readonly bins: Readonly<Record<string, Value>> | ReadonlyMap<string, Value | Particle>;
}

const GEOJSON_WITHOUT_CELLS = Buffer.alloc(3);

/**
 * Turns a value into the particle that the server would hold for it. A `number` that is a safe
 * integer becomes an integer, any other a double; wrap in {@link Double} to say which.
 *
 * @throws AsbError `RANGE` for an integer outside int64 or a value that no particle holds
 */
export const encodeParticle = (value: Value): Particle => {
  if (value === null) return { type: ParticleType.NULL, bytes: Buffer.alloc(0) };
  if (typeof value === 'boolean') {
    return { type: ParticleType.BOOLEAN, bytes: Buffer.of(value ? 1 : 0) };
  }
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? encodeInteger(BigInt(value))
      : encodeDouble(value);
  }
  if (typeof value === 'bigint') return encodeInteger(value);
  if (typeof value === 'string') return { type: ParticleType.STRING, bytes: Buffer.from(value) };
  if (value instanceof Uint8Array) return { type: ParticleType.BLOB, bytes: value };
  if (value instanceof Double) return encodeDouble(value.value);
  if (value instanceof GeoJson) return encodeGeoJson(Buffer.from(value.text));
  if (value instanceof TypedBytes) return { type: value.type, bytes: value.bytes };
  if (value instanceof FlaggedMap || value instanceof Map) {
    return { type: ParticleType.MAP, bytes: encodeMsgpack(value) };
  }
  if (value instanceof FlaggedList || Array.isArray(value)) {
    return { type: ParticleType.LIST, bytes: encodeMsgpack(value) };
  }
  throw new AsbError('RANGE', `no bin holds a value of type ${typeof value}`);
};

/** A GeoJSON particle without cells: the server makes them when it is written. */
export const encodeGeoJson = (text: Uint8Array): Particle => ({
  type: ParticleType.GEOJSON,
  bytes: Buffer.concat([GEOJSON_WITHOUT_CELLS, text]),
});

const encodeInteger = (value: bigint): Particle => {
  if (BigInt.asIntN(64, value) !== value) {
    throw new AsbError('RANGE', `integer ${value} does not fit into 64 bits`);
  }
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return { type: ParticleType.INTEGER, bytes };
};

const encodeDouble = (value: number): Particle => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return { type: ParticleType.DOUBLE, bytes };
};

/**
 * Gathers plain records into a {@link RecordBatch}.
 *
 *     const builder = new BatchBuilder('test');
 *     builder.add({ set: 'people', key: 'ada', bins: { born: 1815 } });
 *     const batch = builder.build();
 */
export class BatchBuilder {
  readonly #namespace: Buffer;
  #writer = new MessageWriter();
  #offsets: number[] = [];

  /** @throws AsbError `RANGE` for a name that the server does not take */
  constructor(namespace: string) {
    this.#namespace = name('namespace', namespace, MAX_NAMESPACE_LENGTH);
  }

  /** Records added since the last {@link build}. */
  get length(): number {
    return this.#offsets.length / 2;
  }

  /** Bytes gathered since the last {@link build}. */
  get byteLength(): number {
    return this.#writer.length;
  }

  /** @throws AsbError `RANGE` if a name, key or value is none that a record can have */
  add(record: PlainRecord): this {
    const set = name('set', record.set ?? '', MAX_SET_LENGTH);
    const key = record.key === undefined ? undefined : encodeParticle(record.key);
    const digest = record.digest ?? this.#digest(set, key);
    if (digest.length !== DIGEST_SIZE) {
      throw new AsbError('RANGE', `a digest has ${DIGEST_SIZE} bytes, not ${digest.length}`);
    }
    const bins = [...(record.bins instanceof Map ? record.bins : Object.entries(record.bins))].map(
      ([binName, value]) => ({
        name: name('bin name', binName, MAX_BIN_NAME_LENGTH),
        particle: isParticle(value) ? value : encodeParticle(value),
      }),
    );
    return this.addParticles({
      set,
      key,
      digest,
      generation: range('generation', record.generation ?? 1, MAX_GENERATION),
      voidTime: range('void time', record.voidTime ?? 0, 0xffffffff),
      bins,
    });
  }

  /** Adds a record whose values are particles already; for codecs, which have checked them. */
  addParticles(record: {
    readonly set: Uint8Array;
    readonly key: Particle | undefined;
    readonly digest: Uint8Array;
    readonly generation: number;
    readonly voidTime: number;
    readonly bins: Iterable<{ readonly name: Uint8Array; readonly particle: Particle }>;
  }): this {
    const writer = this.#writer;
    const start = writer.begin({ generation: record.generation, recordTtl: record.voidTime });
    writer.field(Field.NAMESPACE, this.#namespace);
    writer.field(Field.DIGEST, record.digest);
    if (record.set.length > 0) writer.field(Field.SET, record.set);
    if (record.key !== undefined) writer.keyField(Field.KEY, record.key.type, record.key.bytes);
    for (const bin of record.bins) {
      writer.op(Op.READ, bin.particle.type, bin.name, bin.particle.bytes);
    }
    this.#offsets.push(start, writer.end());
    return this;
  }

  /** The batch of all that was added since the last call. */
  build(): RecordBatch {
    const batch = new RecordBatch(this.#writer.take(), Uint32Array.from(this.#offsets));
    this.#offsets = [];
    return batch;
  }

  #digest(set: Uint8Array, key: Particle | undefined): Buffer {
    if (key === undefined) throw new AsbError('RANGE', 'a record needs a key or a digest');
    return computeDigest(set, key.type, key.bytes);
  }
}

const isParticle = (value: Value | Particle): value is Particle =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const name = (what: string, text: string | Uint8Array, limit: number): Buffer => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return bytes;
  throw new AsbError('RANGE', `${what} "${bytes}" is longer than ${limit} bytes`);
};

const range = (what: string, value: number, limit: number): number => {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
  throw new AsbError('RANGE', `${what} ${value} is not between 0 and ${limit}`);
};
