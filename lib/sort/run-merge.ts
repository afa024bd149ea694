import { AT_DIGEST, compareRest } from './entry.ts';
import { RunReader } from './run-reader.ts';
import type { Run } from './run-writer.ts';

/**
 * Reads several runs as one, in order; of one digest, the entries of an earlier run come first.
 *
 *     const merge = await RunMerge.open(runs, memory);
 *     for (let reader = merge.top; reader !== undefined; reader = merge.top) {
 *       use(reader);
 *       if (!merge.next()) await merge.load();
 *     }
 *     await merge.close();
 */
export class RunMerge {
  readonly #readers: readonly RunReader[];
  /** A heap: each comes before those at twice its place, and one and two behind that. */
  readonly #heap: RunReader[];

  private constructor(readers: readonly RunReader[]) {
    this.#readers = readers;
    this.#heap = readers.filter(({ done }) => !done).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /**
   * @param memory is shared out between the runs
   * @throws AsbError `STORAGE`
   */
  static async open(runs: readonly Run[], memory: Buffer): Promise<RunMerge> {
    const size = Math.floor(memory.length / runs.length);
    const readers: RunReader[] = [];
    try {
      for (const [rank, run] of runs.entries()) {
        const window = memory.subarray(rank * size, (rank + 1) * size);
        readers.push(await RunReader.open(run, window, rank));
      }
    } catch (error) {
      await closeAll(readers);
      throw error;
    }
    return new RunMerge(readers);
  }

  /** Stands at the first entry of all; `undefined` when there is none any more. */
  get top(): RunReader | undefined {
    return this.#heap[0];
  }

  /** Goes to the next entry; false if {@link load} has to. */
  next(): boolean {
    const isHere = this.#heap[0]!.next();
    if (isHere) this.#sink();
    return isHere;
  }

  /** @throws AsbError `STORAGE` */
  async load(): Promise<void> {
    const reader = this.#heap[0]!;
    await reader.load();
    if (reader.done) {
      const last = this.#heap.pop()!;
      if (last === reader) return;
      this.#heap[0] = last;
    }
    this.#sink();
  }

  async close(): Promise<void> {
    await closeAll(this.#readers);
  }

  /** Brings the first reader of the heap to its place. */
  #sink(): void {
    const heap = this.#heap;
    const reader = heap[0]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let first = heap[below];
      if (first === undefined) break;
      const other = heap[below + 1];
      if (other !== undefined && isBefore(other, first)) {
        first = other;
        below++;
      }
      if (isBefore(reader, first)) break;
      heap[at] = first;
      at = below;
    }
    heap[at] = reader;
  }
}

const isBefore = (one: RunReader, other: RunReader): boolean => {
  if (one.key !== other.key) return one.key < other.key;
  const rest = compareRest(one.bytes, one.at + AT_DIGEST, other.bytes, other.at + AT_DIGEST);
  return rest === 0 ? one.rank < other.rank : rest < 0;
};

const closeAll = async (readers: readonly RunReader[]): Promise<void> => {
  for (const reader of readers) await reader.close();
};
