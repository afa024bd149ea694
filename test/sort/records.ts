/** Small records for sorts: each has a digest, and says which one it is. */
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { SortedBatch } from '../../lib/sort/sorted-output.ts';

export interface Sample {
  /** Its first bytes are this number; the others, but the last, are 7. */
  readonly digest: number;
  /** Its last byte. */
  readonly tail?: number;
  /** Which record this is. */
  readonly id: number;
  /** Bytes of a blob that makes it larger. Default 0. */
  readonly size?: number;
}

export const digestOf = ({ digest, tail = 0 }: Sample): Buffer => {
  const bytes = Buffer.alloc(20, 7);
  bytes.writeUInt32BE(digest);
  bytes[19] = tail;
  return bytes;
};

export const batchOf = (samples: Iterable<Sample>): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const sample of samples) {
    const { id, size = 0 } = sample;
    builder.add({ digest: digestOf(sample), bins: { id, blob: Buffer.alloc(size, id) } });
  }
  return builder.build();
};

/** What a record is, in a word: its digest, source and number. */
export const wordOf = (digest: Buffer, source: number, id: number): string =>
  `${digest.toString('hex')} ${source} ${id}`;

export const wordsOf = ({ records, sources }: SortedBatch): string[] =>
  [...records].map((record, index) => {
    const id = Number(record.bins.get('id')?.value);
    const blob = record.bins.get('blob')?.value;
    if (!Buffer.isBuffer(blob) || blob.some((byte) => byte !== (id & 0xff)))
      throw new Error('blob');
    return wordOf(record.digest, sources[index]!, id);
  });
