/**
 * The JavaScript values of particles. Ordinary values are ordinary (`number`, `bigint`, `string`,
 * `boolean`, `null`, `Buffer`, arrays, `Map`s); the classes here stand for what JavaScript has no
 * type of its own for, so that the same bytes can be made from them again.
 */

/** A double that a `number` would hide: an integral one, since `5` means the integer 5. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
}

/** GeoJSON, as its text. */
export class GeoJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** Bytes of a particle type that is no plain blob: a language's blob, HLL, vector, a bad string. */
export class TypedBytes {
  /** Particle type; also one that is not in `ParticleType`. */
  readonly type: number;
  readonly bytes: Uint8Array;
  constructor(type: number, bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}

/** A list that has flags (1: ordered). A list without is a plain array. */
export class FlaggedList {
  readonly flags: number;
  readonly items: readonly Value[];
  constructor(flags: number, items: readonly Value[]) {
    this.flags = flags;
    this.items = items;
  }
}

/** A map that has flags (1: ordered by key, 3: by key and value). One without is a `Map`. */
export class FlaggedMap {
  readonly flags: number;
  readonly entries: ReadonlyMap<Value, Value>;
  constructor(flags: number, entries: ReadonlyMap<Value, Value>) {
    this.flags = flags;
    this.entries = entries;
  }
}

/** A msgpack item that no reader here knows (an unknown extension, say), kept as it is. */
export class RawMsgpack {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What a bin or an element of a list or map holds. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Double
  | GeoJson
  | TypedBytes
  | RawMsgpack
  | FlaggedList
  | FlaggedMap
  | readonly Value[]
  | ReadonlyMap<Value, Value>;
