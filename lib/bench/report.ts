/** What `asb bench` reports: docs/bench.md has the form. */
import type { BenchStage, Chain } from './chain.ts';
import type { BenchSettings } from './settings.ts';
import type { Pairs, Spread } from './statistics.ts';

/** Of the form of a report: it grows when a field gets another meaning, or goes. */
export const REPORT_VERSION = 1;

/** What was measured on. */
export interface BenchInput {
  readonly source: 'generated' | 'read';
  readonly records: number;
  /** Of the records, as they are on the wire. */
  readonly bytes: number;
  /** Whether there were more than the memory is for. */
  readonly isCut: boolean;
  /** Of the records' text, with blobs raw: the same records have the same. */
  readonly sha256: string;
}

/** What was measured of one setting of a chain. */
export interface BenchSide {
  readonly settings: BenchSettings;
  /** Bytes that went in and came out; of records, as they are on the wire. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly seconds: Spread;
  /** CPU time of all threads. */
  readonly cpuSeconds: Spread;
  /** These by the median of seconds. */
  readonly recordsPerSecond: number;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  /** By the median, for 10^9 bytes that went in. */
  readonly cpuSecondsPerGb: number;
  /** CPU time by time: 1 is all of one core. */
  readonly cores: number;
  /** Most resident memory that was seen, in bytes, with all that is held. */
  readonly peakMemory: number;
}

/** One setting against the other, run by run. */
export interface BenchComparison {
  /** Of the second side to the first: 2 is twice as fast. */
  readonly speed: Pairs;
  /** The same of CPU time: 2 takes twice as much. */
  readonly cpu: Pairs;
  /** The same of the bytes that came out. */
  readonly bytesOut: number;
}

export interface BenchedChain {
  readonly stages: readonly BenchStage[];
  readonly takes: Chain['gives'];
  readonly gives: Chain['gives'];
  /** One, or two that were measured in turn. */
  readonly sides: readonly BenchSide[];
  readonly comparison?: BenchComparison;
}

/** What was measured, for programs; `asb bench --json` prints it as it is. */
export interface BenchReport {
  readonly version: number;
  readonly node: string;
  /** Processors that the process may use. */
  readonly processors: number;
  readonly input: BenchInput;
  readonly repeats: number;
  readonly chains: readonly BenchedChain[];
}
