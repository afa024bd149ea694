/** Answers to write requests, as a node would send them. */
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { encodeProto } from '../../lib/wire/proto.ts';
import type { WriteReply } from '../../lib/wire/write/write-reply.ts';

export interface WriteAnswer {
  /** Row of a batch. */
  readonly row?: number;
  readonly code?: number;
  readonly last?: boolean;
  readonly generation?: number;
  readonly voidTime?: number;
  /** Bytes of a field that is passed over. */
  readonly field?: number;
}

/** A proto with a message for each answer. */
export const answerProto = (...answers: readonly WriteAnswer[]): Buffer => {
  const writer = new MessageWriter();
  for (const { row = 0, code = 0, last = false, generation = 0, voidTime = 0, field } of answers) {
    const info3 = last ? 1 : 0;
    writer.begin({ resultCode: code, generation, recordTtl: voidTime, transactionTtl: row, info3 });
    if (field !== undefined) {
      writer.field(5, Buffer.alloc(field));
      writer.op(1, 0, Buffer.from('bin'));
    }
    writer.end();
  }
  return encodeProto(3, writer.take());
};

/** Hands over `bytes`, cut at the given places. */
export const giveReply = (reply: WriteReply, bytes: Buffer, ...cuts: number[]): WriteReply => {
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    reply.space().set(bytes.subarray(at, cut));
    reply.received(cut - at);
    at = cut;
  }
  return reply;
};
