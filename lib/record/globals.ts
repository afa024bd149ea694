/** What a namespace holds beside its records; "globals" is the .asb format's word for them. */

/** Which part of a bin an index covers. `set` is an index of a set's records (format 3.3). */
export type IndexCollection = 'default' | 'list' | 'mapkeys' | 'mapvalues' | 'set';

/** What an index compares. `none` belongs to a set index. */
export type IndexType = 'numeric' | 'string' | 'geo2dsphere' | 'blob' | 'none';

export interface SecondaryIndex {
  readonly kind: 'index';
  readonly namespace: string;
  /** Empty: the index covers records of every set and of none. */
  readonly set: string;
  readonly name: string;
  readonly collection: IndexCollection;
  readonly type: IndexType;
  /** Empty for an expression index and a set index. */
  readonly bin: string;
  /** CDT context as base64 of msgpack, as the server gives it. */
  readonly context?: string;
  /** Expression as base64 of msgpack, as the server gives it. */
  readonly expression?: string;
}

export interface UdfModule {
  readonly kind: 'udf';
  /** File name on the server; never used as a path. */
  readonly name: string;
  /** The module's language. The server knows one. */
  readonly language: 'LUA';
  readonly content: Uint8Array;
}

export type Global = SecondaryIndex | UdfModule;
