/**
 * Where a record to be written has what, in each of the two forms in which it is sent. Behind the
 * head, both have the same fields (namespace, set, user key) and the same ops.
 */
import { FIELD_HEADER_SIZE, HEADER_SIZE } from '../../record/layout.ts';
import { PROTO_HEADER_SIZE } from '../proto.ts';

export interface RowLayout {
  readonly kind: 'batch' | 'put';
  /** Bytes before the fields that both forms have. */
  readonly headSize: number;
  /** Fields that are part of the head: the digest, in a message of its own. */
  readonly headFields: number;
  /** Offsets from the start of the row. */
  readonly digest: number;
  readonly info2: number;
  readonly info3: number;
  /** As u16: the generation of a record has 16 bits, though a message has room for 32. */
  readonly generation: number;
  readonly recordTtl: number;
  readonly fieldCount: number;
  readonly opCount: number;
}

/** A row of a batch: index, digest, flags, info1–3, generation u16, record ttl, the counts. */
export const BATCH_ROW: RowLayout = {
  kind: 'batch',
  headSize: 38,
  headFields: 0,
  digest: 4,
  info2: 26,
  info3: 27,
  generation: 28,
  recordTtl: 30,
  fieldCount: 34,
  opCount: 36,
};

/** Offset of a row's flags, and what they say: info, generation and record ttl follow. */
export const ROW_AT_FLAGS = 24;
export const ROW_FLAGS = 2 | 4 | 8;

const DIGEST_FIELD_AT = PROTO_HEADER_SIZE + HEADER_SIZE;

/** A put: a proto with one message, whose first field is the digest. */
export const PUT_ROW: RowLayout = {
  kind: 'put',
  headSize: DIGEST_FIELD_AT + FIELD_HEADER_SIZE + 20,
  headFields: 1,
  digest: DIGEST_FIELD_AT + FIELD_HEADER_SIZE,
  info2: PROTO_HEADER_SIZE + 2,
  info3: PROTO_HEADER_SIZE + 3,
  generation: PROTO_HEADER_SIZE + 8,
  recordTtl: PROTO_HEADER_SIZE + 10,
  fieldCount: PROTO_HEADER_SIZE + 18,
  opCount: PROTO_HEADER_SIZE + 20,
};

/** Bytes of a batch before its rows: proto header, message header, field header, count, flags. */
export const BATCH_HEAD_SIZE = PROTO_HEADER_SIZE + HEADER_SIZE + FIELD_HEADER_SIZE + 5;
