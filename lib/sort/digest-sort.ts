import { tmpdir } from 'node:os';
import { AsbError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import { ENTRY_HEADER_SIZE, messageSizeOf, writeHeader } from './entry.ts';
import { Gather } from './gather.ts';
import { RunMerge } from './run-merge.ts';
import { type Run, RunWriter, removeRun } from './run-writer.ts';
import { type Keep, type SortedBatch, SortedOutput } from './sorted-output.ts';
import { TempDirectory } from './temp-directory.ts';

/** Bytes of memory, unless told otherwise. */
export const DEFAULT_SORT_MEMORY = 64 * 1024 * 1024;
/** Least and most of it: below, a run would hold a few records; above, offsets have no room. */
export const MIN_SORT_MEMORY = 1024;
export const MAX_SORT_MEMORY = 2 ** 32 - 1;

/** Runs that are read at once at most: each needs an open file. */
const MAX_FAN_IN = 128;
/** Memory for each of them, if there is enough: smaller reads take longer. */
const WINDOW_SIZE = 256 * 1024;

export interface DigestSortOptions {
  /** Bytes of memory for records ({@link MIN_SORT_MEMORY} to {@link MAX_SORT_MEMORY}). Default 64 MiB. */
  readonly memory?: number | undefined;
  /**
   * A directory for what has no room there: as many bytes as all messages, and 28 for each. Default:
   * the system's. A hidden directory is made in it, and removed at the end.
   */
  readonly tempDirectory?: string | undefined;
  /** What becomes of records of one digest. */
  readonly keep: Keep;
}

/** What a sort has done so far. */
export interface DigestSortInfo {
  /** Records taken. */
  readonly records: number;
  /** Of them, those that are not given out, since a later one has their digest. */
  readonly replaced: number;
  /** Runs that were written, also those of runs. */
  readonly runs: number;
  /** Bytes that were written to them. */
  readonly bytes: number;
}

/**
 * Sorts records by digest, however many there are: what has no room in memory goes to sorted runs on
 * disk, which are merged. Of one digest, records come in the order in which they were added.
 *
 *     const sort = new DigestSort({ keep: 'last' });
 *     try {
 *       for (const batch of batches) await sort.add(batch, source);
 *       for await (const { records } of sort.sorted()) use(records);
 *     } finally {
 *       await sort.close();
 *     }
 *
 * Needs about `memory`, and 6 MiB for what is written and given out; for records of more than a
 * part of it, as much as the largest.
 */
export class DigestSort {
  readonly #directory: TempDirectory;
  readonly #gather: Gather;
  readonly #output: SortedOutput;
  readonly #fanIn: number;
  #writer: RunWriter | undefined;
  #merge: RunMerge | undefined;
  /** In the order in which their records were added. */
  readonly #runs: Run[] = [];
  #counts = { records: 0, runs: 0, bytes: 0 };

  /** @throws AsbError `RANGE` for a memory outside its limits */
  constructor({ memory = DEFAULT_SORT_MEMORY, tempDirectory, keep }: DigestSortOptions) {
    if (!(memory >= MIN_SORT_MEMORY && memory <= MAX_SORT_MEMORY)) {
      const expected = `${MIN_SORT_MEMORY} to ${MAX_SORT_MEMORY} bytes`;
      throw new AsbError('RANGE', `a sort needs ${expected} of memory, not ${memory}`, {
        expected,
      });
    }
    this.#directory = new TempDirectory(tempDirectory ?? tmpdir());
    this.#gather = new Gather(Math.floor(memory));
    this.#output = new SortedOutput(keep);
    this.#fanIn = Math.max(2, Math.min(MAX_FAN_IN, Math.floor(memory / WINDOW_SIZE)));
  }

  get info(): DigestSortInfo {
    return { ...this.#counts, replaced: this.#output.replaced };
  }

  /**
   * Takes a copy of all records of a batch; one call at a time.
   *
   * @param source a number for where they come from, 0 to 2^32-1
   * @throws AsbError `FORMAT` for a record without a digest; `STORAGE` if a run cannot be written
   */
  async add({ bytes: message, offsets }: RecordBatch, source: number): Promise<void> {
    for (let index = 0; index < offsets.length; index += 2) {
      const place = { source, message, start: offsets[index]!, end: offsets[index + 1]! };
      this.#counts.records++;
      if (this.#gather.add(place)) continue;
      await this.#spill();
      if (this.#gather.add(place)) continue;
      const size = place.end - place.start;
      const entry = Buffer.allocUnsafe(ENTRY_HEADER_SIZE + size);
      writeHeader(entry, 0, place);
      message.copy(entry, ENTRY_HEADER_SIZE, place.start, place.end);
      this.#runs.push(await this.#write((writer) => writer.write(entry, 0, entry.length)));
    }
  }

  /**
   * All that was added, once; nothing can be added any more.
   * @throws AsbError `STORAGE` if runs cannot be written or read
   */
  async *sorted(): AsyncGenerator<SortedBatch> {
    if (this.#runs.length === 0) {
      for (const at of this.#gather.sorted()) {
        const full = this.#output.push(this.#gather.bytes, at);
        if (full !== undefined) yield full;
      }
    } else {
      await this.#spill();
      await this.#reduce();
      const merge = await this.#open(this.#runs);
      for (let reader = merge.top; reader !== undefined; reader = merge.top) {
        const full = reader.isWhole
          ? this.#output.push(reader.bytes, reader.at)
          : this.#output.push(await reader.large(), 0);
        if (full !== undefined) yield full;
        if (!merge.next()) await merge.load();
      }
    }
    const rest = this.#output.take();
    if (rest !== undefined) yield rest;
  }

  /**
   * Removes what is on disk; at the end, or before it.
   * @throws AsbError `STORAGE`
   */
  async close(): Promise<void> {
    await this.#merge?.close();
    await this.#writer?.close();
    await this.#directory.remove();
  }

  /** What is in memory becomes a run. */
  async #spill(): Promise<void> {
    if (this.#gather.isEmpty) return;
    const { bytes } = this.#gather;
    const run = await this.#write(async (writer) => {
      for (const at of this.#gather.sorted()) {
        const end = at + ENTRY_HEADER_SIZE + messageSizeOf(bytes, at);
        if (!writer.put(bytes, at, end)) await writer.write(bytes, at, end);
      }
    });
    this.#runs.push(run);
    this.#gather.clear();
  }

  /** Merges runs into larger ones, until they can all be read at once; no more than are needed. */
  async #reduce(): Promise<void> {
    const runs = this.#runs;
    for (let at = 0; runs.length > this.#fanIn; at = at + 2 < runs.length ? at + 1 : 0) {
      // Neighbours: so records of one digest stay in their order.
      const group = runs.slice(at, at + Math.min(this.#fanIn, runs.length - this.#fanIn + 1));
      const merge = await this.#open(group);
      const run = await this.#write(async (writer) => {
        for (let reader = merge.top; reader !== undefined; reader = merge.top) {
          const [entry, from] = reader.isWhole
            ? [reader.bytes, reader.at]
            : [await reader.large(), 0];
          const end = from + ENTRY_HEADER_SIZE + messageSizeOf(entry, from);
          if (!writer.put(entry, from, end)) await writer.write(entry, from, end);
          if (!merge.next()) await merge.load();
        }
      });
      await merge.close();
      runs.splice(at, group.length, run);
      for (const merged of group) await removeRun(merged);
    }
  }

  async #open(runs: readonly Run[]): Promise<RunMerge> {
    this.#merge = await RunMerge.open(runs, this.#gather.bytes);
    return this.#merge;
  }

  /** Makes a run of what `fill` writes. */
  async #write(fill: (writer: RunWriter) => Promise<void>): Promise<Run> {
    this.#writer ??= new RunWriter(this.#directory);
    await this.#writer.begin();
    await fill(this.#writer);
    const run = await this.#writer.end();
    this.#counts.runs++;
    this.#counts.bytes += run.bytes;
    return run;
  }
}
