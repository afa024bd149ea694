import { type LoadInfo, NOTHING_LOADED } from '../wire/loader.ts';
import { noCounts, type WriteInfo } from '../wire/write/write-info.ts';

/** Where each number stands, behind the bytes that were read. */
const RECORDS = [
  'total',
  'inserted',
  'existed',
  'fresher',
  'expired',
  'skipped',
  'ignored',
  'inDoubt',
  'retried',
  'bytes',
] as const satisfies readonly (keyof WriteInfo)[];
const GLOBALS = ['created', 'replaced', 'same'] as const;

const INDEXES_AT = 1 + RECORDS.length;
const SKIPPED_AT = INDEXES_AT + GLOBALS.length;
const UDFS_AT = SKIPPED_AT + 1;
const COUNT = UDFS_AT + GLOBALS.length;

/**
 * What a thread has loaded so far, for another to look at whenever it likes: in memory that both have. What
 * was stored before a message is there when the message arrives.
 */
export class LoadCounts {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Float64Array;

  /** @param memory of the same in another thread */
  constructor(memory = new SharedArrayBuffer(COUNT * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#numbers = new Float64Array(memory);
  }

  /** @param bytesRead of files, as they are stored */
  store(info: LoadInfo, bytesRead: number): void {
    const numbers = this.#numbers;
    numbers[0] = bytesRead;
    for (const [at, name] of RECORDS.entries()) numbers[1 + at] = info[name];
    numbers[SKIPPED_AT] = info.indexes.skipped;
    for (const [at, name] of GLOBALS.entries()) {
      numbers[INDEXES_AT + at] = info.indexes[name];
      numbers[UDFS_AT + at] = info.udfs[name];
    }
  }

  get bytesRead(): number {
    return this.#numbers[0]!;
  }

  get info(): LoadInfo {
    const numbers = this.#numbers;
    const records = noCounts();
    for (const [at, name] of RECORDS.entries()) records[name] = numbers[1 + at]!;
    const indexes = { ...NOTHING_LOADED.indexes, skipped: numbers[SKIPPED_AT]! };
    const udfs = { ...NOTHING_LOADED.udfs };
    for (const [at, name] of GLOBALS.entries()) {
      indexes[name] = numbers[INDEXES_AT + at]!;
      udfs[name] = numbers[UDFS_AT + at]!;
    }
    return { ...records, indexes, udfs };
  }
}

/** What has become of all that several have loaded. */
export const sumOfLoads = (infos: Iterable<LoadInfo>): LoadInfo => {
  const records = noCounts();
  const indexes = { ...NOTHING_LOADED.indexes };
  const udfs = { ...NOTHING_LOADED.udfs };
  for (const info of infos) {
    for (const name of RECORDS) records[name] += info[name];
    for (const name of GLOBALS) {
      indexes[name] += info.indexes[name];
      udfs[name] += info.udfs[name];
    }
    indexes.skipped += info.indexes.skipped;
  }
  return { ...records, indexes, udfs };
};
