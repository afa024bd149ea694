import { RecordBatch } from './batch.ts';
import {
  AT_FIELD_COUNT,
  FIELD_HEADER_SIZE,
  Field,
  HEADER_SIZE,
  readU16,
  readU32,
} from './layout.ts';

/**
 * The same records in another namespace: a copy, in memory of its own, without whatever stood between
 * the messages.
 */
export const renamedBatch = ({ bytes, offsets }: RecordBatch, namespace: string): RecordBatch => {
  const data = Buffer.from(namespace);
  const field = Buffer.alloc(FIELD_HEADER_SIZE + data.length);
  field.writeUInt32BE(data.length + 1);
  field[4] = Field.NAMESPACE;
  field.set(data, FIELD_HEADER_SIZE);

  const parts: Buffer[] = [];
  const renamed = new Uint32Array(offsets.length);
  let length = 0;
  for (let index = 0; index < offsets.length; index += 2) {
    const [start, end] = [offsets[index]!, offsets[index + 1]!];
    const { from, to } = namespaceOf(bytes, start);
    parts.push(bytes.subarray(start, from), field, bytes.subarray(to, end));
    renamed[index] = length;
    length += end - start - (to - from) + field.length;
    renamed[index + 1] = length;
  }
  return new RecordBatch(Buffer.concat(parts, length), renamed);
};

/** Where the field with the namespace stands: in every message that was checked. */
const namespaceOf = (
  bytes: Buffer,
  start: number,
): { readonly from: number; readonly to: number } => {
  let from = start + HEADER_SIZE;
  let to = from + 4 + readU32(bytes, from);
  for (let left = readU16(bytes, start + AT_FIELD_COUNT); left > 1; left--) {
    if (bytes[from + 4] === Field.NAMESPACE) break;
    from = to;
    to = from + 4 + readU32(bytes, from);
  }
  return { from, to };
};
