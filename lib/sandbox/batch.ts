import { DIGEST_SIZE, Field, Info2 } from '../record/layout.ts';
import { MessageWriter } from '../record/message-writer.ts';
import { ProtoType } from '../wire/proto.ts';
import type { Connection } from './connection.ts';
import type { RowFault } from './fault.ts';
import type { Faults } from './faults.ts';
import { type Answer, lastMessage, writeAnswer } from './reply.ts';
import { fieldOf, type Request, RequestReader } from './request.ts';
import { Result } from './result.ts';
import type { Access } from './security/access.ts';
import { neededFor } from './security/needed.ts';
import { answerFaulty, answerSingle } from './single.ts';
import type { NamespaceStore } from './store.ts';

/** Bits of a batch's flags. */
const ANSWER_ALL = 4;
const ANSWER_FAILED = 8;

/** Bits of a row's flags: which parts it has. */
const Row = { REPEAT: 1, INFO: 2, GENERATION: 4, TTL: 8, INFO4: 0x10 } as const;

/** Bytes after which a proto of answers is sent. */
const BLOCK_SIZE = 128 * 1024;

/** Results that end no batch. */
const ORDINARY: readonly number[] = [Result.OK, Result.NOT_FOUND, Result.FILTERED_OUT];

export interface BatchContext {
  readonly namespaces: ReadonlyMap<string, NamespaceStore>;
  readonly faults: Faults;
  /** What the connection may do: each row is looked at for itself. */
  readonly access: Access;
}

interface BatchRow {
  /** The row's number, which its answer repeats. */
  readonly index: number;
  readonly request: Request;
}

/**
 * Answers a batch: a message for each row, in their order, then the end. A row that fails ends
 * the batch with its result code, unless the batch wants an answer for every row.
 *
 * @throws AsbError `PROTOCOL` if field 41 is no batch
 */
export const answerBatch = async (
  request: Request,
  connection: Connection,
  { namespaces, faults, access }: BatchContext,
): Promise<void> => {
  const cut = faults.takeWriteCut();
  const reader = new RequestReader(fieldOf(request, Field.BATCH));
  const count = reader.u32();
  const flags = reader.u8();
  const writer = new MessageWriter();
  let result: number = count === 0 ? Result.PARAMETER : Result.OK;
  let previous: Request | undefined;
  const most = Math.min(count, cut?.afterRows ?? count);
  for (let left = most; left > 0 && result === Result.OK; left--) {
    const { index, request: row } = readRow(reader, request, previous);
    previous = row;
    const fault = row.info2 & Info2.WRITE ? faults.takeRowFault() : undefined;
    const answer = answerRow(row, { namespaces, access }, fault);
    const fatal = !ORDINARY.includes(answer.resultCode) && !(flags & ANSWER_ALL);
    if (fatal) result = answer.resultCode;
    if (!fatal || flags & ANSWER_FAILED) writeAnswer(writer, answer, index);
    const block = writer.length >= BLOCK_SIZE && cut === undefined;
    if (block) await connection.sendProto(ProtoType.MESSAGE, writer.take());
  }
  await faults.beforeWriteAnswer();
  if (cut !== undefined && cut.answered !== true) return connection.destroy(cut.how);
  if (writer.length > 0) await connection.sendProto(ProtoType.MESSAGE, writer.take());
  if (cut?.how === 'reset') return connection.destroy('reset');
  if (cut !== undefined) return connection.end();
  await connection.sendProto(ProtoType.MESSAGE, lastMessage(result));
};

const answerRow = (
  row: Request,
  { namespaces, access }: Pick<BatchContext, 'namespaces' | 'access'>,
  fault: RowFault | undefined,
): Answer => {
  const store = namespaces.get(fieldOf(row, Field.NAMESPACE).toString());
  if (store === undefined) return { resultCode: Result.NAMESPACE };
  const permitted = access.resultFor(neededFor(row));
  if (permitted !== Result.OK) return { resultCode: permitted };
  return fault === undefined ? answerSingle(row, store) : answerFaulty(row, store, fault);
};

/** Reads a row: a request of its own, or the one before with another digest. */
const readRow = (
  reader: RequestReader,
  batch: Request,
  previous: Request | undefined,
): BatchRow => {
  const index = reader.u32();
  const digest = reader.take(DIGEST_SIZE);
  const flags = reader.u8();
  if (flags & Row.REPEAT && previous !== undefined) {
    const fields = new Map(previous.fields).set(Field.DIGEST, digest);
    return { index, request: { ...previous, fields } };
  }
  const info1 = reader.u8();
  const info2 = flags & Row.INFO ? reader.u8() : 0;
  const info3 = flags & Row.INFO ? reader.u8() : 0;
  if (flags & Row.INFO4) reader.u8();
  const generation = flags & Row.GENERATION ? reader.u16() : 0;
  const recordTtl = flags & Row.TTL ? reader.u32() : 0;
  const fieldCount = reader.u16();
  const opCount = reader.u16();
  // Old clients say 0, but always send the namespace.
  const fields = reader.fields(Math.max(1, fieldCount)).set(Field.DIGEST, digest);
  const filter = fields.get(Field.FILTER) ?? batch.fields.get(Field.FILTER);
  if (filter !== undefined) fields.set(Field.FILTER, filter);
  const ops = reader.ops(opCount);
  const { transactionTtl } = batch;
  const request = { info1, info2, info3, generation, recordTtl, transactionTtl, fields, ops };
  return { index, request };
};
