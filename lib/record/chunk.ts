import type { RecordBatch } from './batch.ts';
import type { Global } from './globals.ts';

/** What flows between stages that speak records: batches, and the globals that come first. */
export type RecordChunk = RecordBatch | Global;
