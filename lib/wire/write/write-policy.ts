/** Which records are written, and on what condition: what a request needs to know of the options. */
export interface WritePolicy {
  /** Where records go. */
  readonly namespace: string;
  /** The namespace that every record must say; not looked at if left out. */
  readonly source?: string;
  /**
   * What becomes of a record that is there already. `update`, the default: the bins of both, the
   * backup's where both have one. `replace`: the backup's record only. `create`: it stays as it is.
   */
  readonly exists?: 'update' | 'create' | 'replace';
  /** Writes only if the backup's generation is larger than the stored one. Default true. */
  readonly checkGeneration?: boolean;
  /** Seconds added to the void time of records that expire. Default 0. */
  readonly extraTtl?: number;
  /** Bins to write; all if left out or empty. */
  readonly bins?: readonly string[];
}
