/**
 * The parts of the official client (npm package `aerospike`, 6.x) that records are read with. Types
 * only, and no import of it: who calls brings it.
 */

/** What the client gives for a record: its `Record`. */
export interface ClientRecord {
  readonly key: {
    readonly set?: string | null | undefined;
    readonly key?: unknown;
    readonly digest?: Uint8Array | null | undefined;
  };
  readonly bins: object;
  /** Seconds until the record expires; -1: never. */
  readonly ttl: number;
  readonly gen: number;
}

/** What the client gives for a query that runs: its `RecordStream`. It knows no back-pressure. */
export interface ClientRecordStream {
  on(event: 'data', listener: (record: ClientRecord) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

/** What `client.query()` and `client.scan()` give. */
export interface ClientQuery {
  /** The namespace. */
  readonly ns: string;
  /** There if somebody has called `partitions`. */
  readonly partFilter?: unknown;
  readonly paginate?: boolean | undefined;
  readonly maxRecords?: number | undefined;
  partitions(begin: number, count: number): void;
  foreach(policy?: object | null): ClientRecordStream;
}
