import { Field, Info1, Info3, Op } from '../record/layout.ts';
import { MessageWriter } from '../record/message-writer.ts';
import { ParticleType } from '../record/particle.ts';
import { ProtoType } from '../wire/proto.ts';
import type { Connection } from './connection.ts';
import type { StoredBin, StoredRecord } from './store.ts';

const NO_BYTES = Buffer.alloc(0);

/** Writes a record as a scan answers with it: namespace, digest, set, key, then the bins. */
export const writeScannedRecord = (
  writer: MessageWriter,
  namespace: Buffer,
  record: StoredRecord,
  bins: readonly StoredBin[] | undefined,
): void => {
  writer.begin({
    info1: bins === undefined ? Info1.NO_BINS : 0,
    generation: record.generation,
    recordTtl: record.voidTime,
  });
  writer.field(Field.NAMESPACE, namespace);
  writer.field(Field.DIGEST, record.digest);
  if (record.set.length > 0) writer.field(Field.SET, record.set);
  if (record.key !== undefined) writer.field(Field.KEY, record.key);
  for (const bin of bins ?? []) writer.op(Op.READ, bin.type, bin.name, bin.bytes);
  writer.end();
};

/** Writes the mark of a partition that the node could not scan. */
export const writePartitionMark = (
  writer: MessageWriter,
  partition: number,
  resultCode: number,
): void => {
  writer.begin({ info3: Info3.PARTITION_DONE, resultCode, generation: partition });
  writer.end();
};

/** The message that ends a scan or a batch. */
export const lastMessage = (resultCode: number): Buffer => {
  const writer = new MessageWriter(64);
  writer.begin({ info3: Info3.LAST, resultCode });
  writer.end();
  return writer.take();
};

/** A bin of an answer; without a particle, it says that there is none of this name. */
export interface AnsweredBin {
  readonly code: number;
  readonly name: Buffer;
  readonly bin?: StoredBin | undefined;
}

/** The answer to a single read, write or delete, or to one row of a batch. */
export interface Answer {
  readonly resultCode: number;
  readonly generation?: number;
  readonly voidTime?: number;
  readonly bins?: readonly AnsweredBin[];
}

/**
 * Writes an answer.
 * @param index the row of a batch that it answers
 */
export const writeAnswer = (writer: MessageWriter, answer: Answer, index = 0): void => {
  writer.begin({
    resultCode: answer.resultCode,
    generation: answer.generation ?? 0,
    recordTtl: answer.voidTime ?? 0,
    transactionTtl: index,
  });
  for (const { code, name, bin } of answer.bins ?? []) {
    writer.op(code, bin?.type ?? ParticleType.NULL, name, bin?.bytes ?? NO_BYTES);
  }
  writer.end();
};

/** Sends an answer as a proto of its own. */
export const sendAnswer = async (connection: Connection, answer: Answer): Promise<void> => {
  const writer = new MessageWriter(256);
  writeAnswer(writer, answer);
  await connection.sendProto(ProtoType.MESSAGE, writer.take());
};
