import type { RateLimits } from '../limiter.ts';
import type { HolderBitmaps } from './holders.ts';
import type { ScanSelection } from './scan-selection.ts';

export interface PartitionScanOptions extends ScanSelection, RateLimits {
  /** Ids of the partitions to scan, 0–4095; all if left out. */
  readonly partitions?: readonly number[];
  /**
   * For each partition that an earlier scan began, the last digest (20 bytes) that is safe already:
   * this scan goes on after it. Digests stand in a partition from the largest down. Default: none.
   */
  readonly positions?: ReadonlyMap<number, Uint8Array>;
  /**
   * Which nodes held the partitions when that earlier scan began (`PartitionScan.holders`): without
   * them, a partition is not read. Default: those that hold it now.
   */
  readonly holders?: HolderBitmaps;
  /** Told of the same of this scan, before partitions are asked for; not to be kept: it grows. */
  readonly onHolders?: (holders: HolderBitmaps) => void;
  /** Scans at once, over all nodes. Default 1. */
  readonly parallel?: number;
  /** Stops after so many. Default 0: all. */
  readonly maxRecords?: number;
  /** Without a byte for so long, a node is asked whether it still lives, in ms. Default 10000. */
  readonly socketTimeout?: number;
  /** ms for the whole scan, with all that has to be tried again. Default 0: no limit. */
  readonly totalTimeout?: number;
  /**
   * How often in a row partitions are asked for again though none of them gave a record, or was done.
   * Default 10: about 25 s. The last time is kept until all other scans are done: a node may have
   * come back until then.
   */
  readonly maxRetries?: number;
  /** Before the first of these retries, in ms; it doubles with each, up to 5 s. Default 100. */
  readonly sleepBetweenRetries?: number;
  /**
   * Reads into the memory of batches that were released (`RecordBatch.release`), as `serialize` and
   * `toNdjson` do when they have taken one: less memory, and faster. Only for a pipeline in which
   * nobody keeps a batch, or a view of a record, after the next stage has taken it. Default false.
   */
  readonly reuseMemory?: boolean;
  /** Told of each retry and its reason. */
  readonly onNotice?: (notice: string) => void;
}

/** What a scan has done so far. */
export interface ScanInfo {
  readonly records: number;
  /** Of wire form. */
  readonly bytes: number;
  readonly partitionsDone: number;
  /** Partitions that gave a record, now or before, or are done: how far the scan is, roughly. */
  readonly partitionsSeen: number;
  /** How often a node's partitions were asked for again. */
  readonly retries: number;
}
