/** Reads what a write request says: by the layout of the protocol, not by the code that made it. */
import { DIGEST_SIZE, Field } from '../../lib/record/layout.ts';
import { parseRequest, type RequestOp, RequestReader } from '../../lib/sandbox/request.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE } from '../../lib/wire/proto.ts';

export interface WrittenRow {
  readonly index: number;
  readonly digest: Buffer;
  readonly info1: number;
  readonly info2: number;
  readonly info3: number;
  readonly generation: number;
  readonly recordTtl: number;
  /** In the order of the wire, without the digest. */
  readonly fields: readonly (readonly [id: number, data: string])[];
  readonly ops: readonly RequestOp[];
}

export interface WrittenRequest {
  readonly kind: 'batch' | 'put';
  /** Milliseconds. */
  readonly timeout: number;
  /** Of the batch. */
  readonly flags: number;
  readonly rows: readonly WrittenRow[];
}

const fieldList = (fields: ReadonlyMap<number, Buffer>): [number, string][] =>
  [...fields]
    .filter(([id]) => id !== Field.DIGEST)
    .map(([id, data]) => [id, data.toString('latin1')]);

/** Every proto of the bytes must be whole, and nothing may follow the last one. */
export const readWriteRequest = (bytes: Uint8Array): WrittenRequest => {
  const buffer = Buffer.from(bytes);
  const rows: WrittenRow[] = [];
  let timeout = 0;
  for (let at = 0; at < buffer.length; ) {
    const { type, size } = decodeProtoHeader(buffer, at);
    const end = at + PROTO_HEADER_SIZE + size;
    if (type !== 3 || end > buffer.length) throw new Error(`a proto of ${size} bytes at ${at}`);
    const request = parseRequest(buffer.subarray(at + PROTO_HEADER_SIZE, end));
    const batch = request.fields.get(Field.BATCH);
    timeout = request.transactionTtl;
    if (batch !== undefined) {
      if (request.info1 !== 8) throw new Error(`info1 ${request.info1}`);
      return { kind: 'batch', timeout, flags: batch[4]!, rows: readRows(batch) };
    }
    const { info1, info2, info3, generation, recordTtl, ops } = request;
    const digest = request.fields.get(Field.DIGEST) ?? Buffer.alloc(0);
    const fields = fieldList(request.fields);
    const index = rows.length;
    rows.push({ index, digest, info1, info2, info3, generation, recordTtl, fields, ops });
    at = end;
  }
  return { kind: 'put', timeout, flags: 0, rows };
};

const readRows = (batch: Buffer): WrittenRow[] => {
  const reader = new RequestReader(batch);
  const count = reader.u32();
  reader.u8();
  const rows = Array.from({ length: count }, (): WrittenRow => {
    const index = reader.u32();
    const digest = reader.take(DIGEST_SIZE);
    const flags = reader.u8();
    if (flags !== 14) throw new Error(`row flags ${flags}`);
    const [info1, info2, info3] = [reader.u8(), reader.u8(), reader.u8()];
    const [generation, recordTtl] = [reader.u16(), reader.u32()];
    const [fieldCount, opCount] = [reader.u16(), reader.u16()];
    const fields = fieldList(reader.fields(fieldCount));
    const ops = reader.ops(opCount);
    return { index, digest, info1, info2, info3, generation, recordTtl, fields, ops };
  });
  if (reader.at !== batch.length) throw new Error(`${batch.length - reader.at} bytes after rows`);
  return rows;
};
