import type { ScanInfo } from '../wire/scan/scan-options.ts';

/** What a thread's files come to. */
interface FileCounts {
  /** Bytes that reached the storage. */
  readonly bytes: number;
  readonly files: number;
}

const COUNT = 5;

/**
 * How far a thread's share of a backup is, for another to look at whenever it likes: in memory that both
 * have. What was stored before a message is there when the message arrives.
 */
export class BackupCounts {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Float64Array;

  /** @param memory of the same in another thread */
  constructor(memory = new SharedArrayBuffer(COUNT * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#numbers = new Float64Array(memory);
  }

  store({ records, partitionsSeen, retries }: ScanInfo, { bytes, files }: FileCounts): void {
    this.#numbers.set([records, partitionsSeen, retries, bytes, files]);
  }

  get scan(): Pick<ScanInfo, 'records' | 'partitionsSeen' | 'retries'> {
    const [records = 0, partitionsSeen = 0, retries = 0] = this.#numbers;
    return { records, partitionsSeen, retries };
  }

  get written(): FileCounts {
    const [, , , bytes = 0, files = 0] = this.#numbers;
    return { bytes, files };
  }
}
