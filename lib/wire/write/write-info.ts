/**
 * What has become of the records so far. Each is in `total` when it is taken, and in one of
 * `inserted`, `existed`, `fresher`, `expired`, `skipped`, `ignored` and `inDoubt` when it is settled.
 */
export interface WriteInfo {
  readonly total: number;
  /** Written: new, or over what was there. */
  readonly inserted: number;
  /** There already (policy `create`). */
  readonly existed: number;
  /** The stored record's generation is not below the backup's. */
  readonly fresher: number;
  /** The void time has come. */
  readonly expired: number;
  /** Without a bin to write. */
  readonly skipped: number;
  /** Could not be written, and errors of single records are to be ignored. */
  readonly ignored: number;
  /**
   * Sent, not answered, sent again, and then found there: by the first of the two, or by another
   * client. Nobody can know.
   */
  readonly inDoubt: number;
  /** Rows that were sent again, each time. */
  readonly retried: number;
  /** Bytes of all requests. */
  readonly bytes: number;
}

/** The same while it is being counted. */
export type WriteCounts = { -readonly [key in keyof WriteInfo]: number };

export const noCounts = (): WriteCounts => ({
  total: 0,
  inserted: 0,
  existed: 0,
  fresher: 0,
  expired: 0,
  skipped: 0,
  ignored: 0,
  inDoubt: 0,
  retried: 0,
  bytes: 0,
});
