import { Bin, decodeParticle } from './bin.ts';
import {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  EPOCH_SECONDS,
  FIELD_HEADER_SIZE,
  Field,
  HEADER_SIZE,
  OP_AT_NAME_LENGTH,
  OP_AT_PARTICLE_TYPE,
  OP_HEADER_SIZE,
  partitionOf,
  readU16,
  readU32,
} from './layout.ts';
import type { Value } from './values.ts';

const NO_BYTES = Buffer.alloc(0);

/** The user key: present only if the server stored it. */
export interface UserKey {
  /** Particle type: integer, double, string or blob. */
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly value: Value;
}

/**
 * A lazy view of one record in a batch: nothing is decoded, and nothing copied, before it is
 * touched. It stays valid as long as the batch's bytes do.
 */
export class AsbRecord {
  readonly #bytes: Buffer;
  readonly #start: number;
  #bins: ReadonlyMap<string, Bin> | undefined;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
  }

  get namespace(): string {
    return this.#field(Field.NAMESPACE).toString();
  }

  /** Empty if the record is in no set. */
  get set(): string {
    return this.#field(Field.SET).toString();
  }

  /** The set's name as bytes: the server allows any. */
  get setBytes(): Buffer {
    return this.#field(Field.SET);
  }

  /** 20 bytes. */
  get digest(): Buffer {
    return this.#field(Field.DIGEST);
  }

  /** 0–4095, from the digest. */
  get partition(): number {
    return partitionOf(this.digest);
  }

  get userKey(): UserKey | undefined {
    const field = this.#field(Field.KEY);
    if (field.length === 0) return undefined;
    const type = field[0]!;
    const bytes = field.subarray(1);
    return { type, bytes, value: decodeParticle(type, bytes) };
  }

  /** The user key's value, or `undefined` if the server did not store it. */
  get key(): Value | undefined {
    return this.userKey?.value;
  }

  get generation(): number {
    return readU32(this.#bytes, this.#start + AT_GENERATION);
  }

  /** Seconds since 2010-01-01T00:00:00Z at which the record expires; 0: never. */
  get voidTime(): number {
    return readU32(this.#bytes, this.#start + AT_RECORD_TTL);
  }

  /** When the record expires, or `undefined` if it never does. */
  get expiresAt(): Date | undefined {
    const { voidTime } = this;
    return voidTime === 0 ? undefined : new Date((EPOCH_SECONDS + voidTime) * 1000);
  }

  /** Bins by name, in the order of the wire. If names repeat, the last one stands. */
  get bins(): ReadonlyMap<string, Bin> {
    this.#bins ??= new Map([...this.binList()].map((bin) => [bin.name, bin]));
    return this.#bins;
  }

  /** Every bin in the order of the wire, also those whose names repeat. */
  *binList(): Generator<Bin> {
    const bytes = this.#bytes;
    let at = this.#afterFields();
    for (let left = readU16(bytes, this.#start + AT_OP_COUNT); left > 0; left--) {
      const end = at + 4 + readU32(bytes, at);
      const nameEnd = at + OP_HEADER_SIZE + bytes[at + OP_AT_NAME_LENGTH]!;
      yield new Bin(
        bytes.subarray(at + OP_HEADER_SIZE, nameEnd),
        bytes[at + OP_AT_PARTICLE_TYPE]!,
        bytes.subarray(nameEnd, end),
      );
      at = end;
    }
  }

  #field(id: number): Buffer {
    const bytes = this.#bytes;
    let at = this.#start + HEADER_SIZE;
    for (let left = readU16(bytes, this.#start + AT_FIELD_COUNT); left > 0; left--) {
      const end = at + 4 + readU32(bytes, at);
      if (bytes[at + 4] === id) return bytes.subarray(at + FIELD_HEADER_SIZE, end);
      at = end;
    }
    return NO_BYTES;
  }

  #afterFields(): number {
    let at = this.#start + HEADER_SIZE;
    for (let left = readU16(this.#bytes, this.#start + AT_FIELD_COUNT); left > 0; left--) {
      at += 4 + readU32(this.#bytes, at);
    }
    return at;
  }
}
