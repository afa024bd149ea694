import fc from 'fast-check';
import t from 'tap';
import { AsbRecord } from '../../lib/record/record.ts';
import { RecordParts } from '../../lib/select/record-parts.ts';
import { arbitraryBatch } from '../ndjson/arbitrary.ts';

/** What is wrong with the parts of a record. */
const faultOf = (parts: RecordParts, bytes: Buffer, record: AsbRecord): string | undefined => {
  const { setAt, setEnd, keyAt, keyEnd, digestAt, binsAt, binCount } = parts;
  const key = record.userKey;
  const keyBytes = key === undefined ? [] : [Buffer.of(key.type), key.bytes];
  if (!record.setBytes.equals(bytes.subarray(setAt, setEnd))) return 'set';
  if (!Buffer.concat(keyBytes).equals(bytes.subarray(keyAt, keyEnd))) return 'key';
  if (!record.digest.equals(bytes.subarray(digestAt, digestAt + 20))) return 'digest';
  const bins = [...record.binList()];
  if (bins.length !== binCount) return 'bin count';
  const [first] = bins;
  if (first === undefined) return undefined;
  return bytes.subarray(binsAt + 8).indexOf(first.nameBytes) === 0 ? undefined : 'bins';
};

t.test('finds what a view of the record finds, whatever it has found before', async (t) => {
  const parts = new RecordParts();
  fc.assert(
    fc.property(arbitraryBatch, ({ bytes, offsets }) => {
      for (let index = 0; index < offsets.length; index += 2) {
        const start = offsets[index]!;
        parts.find(bytes, start);
        const fault = faultOf(parts, bytes, new AsbRecord(bytes, start));
        if (fault !== undefined) throw new Error(fault);
      }
    }),
  );
  t.pass();
});
