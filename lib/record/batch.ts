import { AsbRecord } from './record.ts';

/**
 * Records in wire form: one buffer with messages in it, and a table of where each stands. What
 * `scan` reads is what `serialize` turns into text and what `restore` sends; no stage on the way
 * makes an object of a record.
 *
 * A batch is immutable: filtering makes a new table over the same bytes.
 */
export class RecordBatch implements Iterable<AsbRecord> {
  readonly kind = 'records';
  readonly bytes: Buffer;
  /** Start and end of each message, in pairs. Between messages there may be other bytes. */
  readonly offsets: Uint32Array;
  /**
   * Says that the bytes are not needed any more; neither this batch nor one filtered from it is
   * touched after. Calling it is never needed: it lets a source that reuses its memory do so.
   */
  readonly release: () => void;

  /**
   * @param bytes whole messages; they have been checked to be well formed
   * @param offsets start and end of each, in pairs
   * @param release called when the bytes are not needed any more
   */
  constructor(bytes: Buffer, offsets: Uint32Array, release: () => void = () => {}) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.release = release;
  }

  /** Number of records. */
  get length(): number {
    return this.offsets.length / 2;
  }

  /** The record at `index`, as a lazy view. */
  at(index: number): AsbRecord | undefined {
    const start = this.offsets[index * 2];
    return start === undefined ? undefined : new AsbRecord(this.bytes, start);
  }

  *[Symbol.iterator](): Generator<AsbRecord> {
    for (let index = 0; index < this.length; index++) yield this.at(index)!;
  }

  /** A batch of the records that `keep` wants; the bytes are shared, not copied. */
  filter(keep: (record: AsbRecord) => boolean): RecordBatch {
    const kept = new Uint32Array(this.offsets.length);
    let length = 0;
    for (let index = 0; index < this.offsets.length; index += 2) {
      const start = this.offsets[index]!;
      if (!keep(new AsbRecord(this.bytes, start))) continue;
      kept[length++] = start;
      kept[length++] = this.offsets[index + 1]!;
    }
    return new RecordBatch(this.bytes, kept.slice(0, length), this.release);
  }
}
