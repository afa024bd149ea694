/**
 * The parts of the official client (npm package `aerospike`, 6.x) that records are written with. Types
 * only, and no import of it: who calls brings it.
 */

/** What is needed of the package itself: `import Aerospike from 'aerospike'`. */
export interface ClientModule {
  /** What says that a number is a double. */
  readonly Double: new (
    value: number,
  ) => object;
  /** What says that a text is GeoJSON. */
  readonly GeoJSON: new (
    text: string,
  ) => object;
  readonly policy: {
    readonly exists: {
      readonly IGNORE: number;
      readonly CREATE: number;
      readonly CREATE_OR_REPLACE: number;
    };
    readonly gen: { readonly IGNORE: number; readonly GT: number };
    readonly key: { readonly SEND: number; readonly DIGEST: number };
  };
}

/** A record in the words of the client's `put`. */
export interface ClientPut {
  readonly key: {
    readonly ns: string;
    readonly set: string;
    readonly key?: number | bigint | string | Buffer;
    readonly digest?: Buffer;
  };
  readonly bins: Record<string, ClientValue>;
  /** `ttl` in seconds, -1: never. */
  readonly meta: { readonly ttl: number; readonly gen: number };
  readonly policy: object;
}

/** A value as the client takes it: plain ones, and its own classes. */
export type ClientValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | object
  | ClientValue[]
  | Map<ClientValue, ClientValue>;

/** What `Aerospike.client()` and `Aerospike.connect()` give. */
export interface WritingClient {
  put(
    key: ClientPut['key'],
    bins: ClientPut['bins'],
    meta: ClientPut['meta'],
    policy: object,
  ): Promise<unknown>;
}
