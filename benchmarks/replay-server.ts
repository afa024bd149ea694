/**
 * A process that answers every partition scan with prepared replies, the records of the partitions that are
 * asked for, as fast as the socket takes them, and every batch of writes with "done", without a look at it: what a stage does
 * is then all that a benchmark measures.
 *
 *     node replay-server.js RECORDS   prints its port, ends when its stdin does
 */
import { createServer, type Socket } from 'node:net';
import type { RecordBatch } from '../lib/record/batch.ts';
import {
  AT_FIELD_COUNT,
  AT_INFO1,
  FIELD_HEADER_SIZE,
  Field,
  HEADER_SIZE,
  Info1,
  Info3,
  PARTITION_COUNT,
} from '../lib/record/layout.ts';
import { MessageWriter } from '../lib/record/message-writer.ts';
import { decodeProtoHeader, encodeProto, PROTO_HEADER_SIZE, ProtoType } from '../lib/wire/proto.ts';
import { benchBatch } from './data.ts';

const NAMESPACE = 'bench';
/** Distinct records; they are repeated until there are enough. */
const DISTINCT = 100_000;
const PROTO_SIZE = 1024 * 1024;

const ALL_PARTITIONS = Buffer.alloc(PARTITION_COUNT / 8, 0xff).toString('base64');

/** The ids of the partitions that a scan asks for, as they stand in its request. */
const askedFor = (request: Buffer): Buffer => {
  let at = HEADER_SIZE;
  for (let field = 0; field < request.readUInt16BE(AT_FIELD_COUNT); field++) {
    const end = at + 4 + request.readUInt32BE(at);
    if (request[at + 4] === Field.PARTITIONS) return request.subarray(at + FIELD_HEADER_SIZE, end);
    at = end;
  }
  return Buffer.alloc(0);
};

/** The records of these partitions, in protos of about {@link PROTO_SIZE}. */
const prepareReplies = (batch: RecordBatch, ids: Buffer): Buffer[] => {
  const wanted = new Uint8Array(PARTITION_COUNT);
  for (let at = 0; at < ids.length; at += 2) wanted[ids.readUInt16LE(at)] = 1;
  const protos: Buffer[] = [];
  let messages: Buffer[] = [];
  let size = 0;
  const flush = (): void => {
    if (size > 0) protos.push(encodeProto(ProtoType.MESSAGE, Buffer.concat(messages)));
    messages = [];
    size = 0;
  };
  for (const [index, { partition }] of [...batch].entries()) {
    if (wanted[partition] === 0) continue;
    const [begin = 0, end = 0] = batch.offsets.subarray(2 * index);
    messages.push(batch.bytes.subarray(begin, end));
    size += end - begin;
    if (size >= PROTO_SIZE) flush();
  }
  flush();
  return protos;
};

const answerInfo = (body: Buffer, port: number, records: number): Buffer => {
  const values: Record<string, string> = {
    node: 'REPLAY',
    status: 'ok',
    features: 'batch-any',
    'partition-generation': '1',
    'peers-clear-std': '1,3000,[]',
    'service-clear-std': `127.0.0.1:${port}`,
    replicas: `${NAMESPACE}:0,1,${ALL_PARTITIONS}`,
    [`namespace/${NAMESPACE}`]: `objects=${records};master_objects=${records};current_time=1`,
  };
  const lines = body
    .toString()
    .split('\n')
    .filter((command) => command !== '')
    .map((command) => `${command}\t${values[command] ?? ''}\n`);
  return encodeProto(ProtoType.INFO, Buffer.from(lines.join('')));
};

const endOfScan = (): Buffer => {
  const writer = new MessageWriter(HEADER_SIZE);
  writer.begin({ info3: Info3.LAST });
  writer.end();
  return encodeProto(ProtoType.MESSAGE, writer.take());
};

const END = endOfScan();

const replay = async (socket: Socket, replies: Buffer[], rounds: number): Promise<void> => {
  let wake: (() => void) | undefined;
  socket.on('drain', () => wake?.());
  socket.on('close', () => wake?.());
  for (let round = 0; round < rounds; round++) {
    for (const reply of replies) {
      if (socket.destroyed) return;
      if (socket.write(reply)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  socket.write(END);
};

/** Rows of the largest batch that is answered. */
const MAX_ROWS = 10_000;

/** An answer "done" for each row of a batch, by the row's index. */
const rowsDone = ((): Buffer => {
  const writer = new MessageWriter(MAX_ROWS * HEADER_SIZE);
  for (let index = 0; index < MAX_ROWS; index++) {
    writer.begin({ generation: 1, transactionTtl: index });
    writer.end();
  }
  return writer.take();
})();

const answerBatch = (request: Buffer): Buffer => {
  const rows = request.readUInt32BE(HEADER_SIZE + FIELD_HEADER_SIZE);
  const done = encodeProto(ProtoType.MESSAGE, rowsDone.subarray(0, rows * HEADER_SIZE));
  return Buffer.concat([done, END]);
};

const records = Number(process.argv[2] ?? DISTINCT);
const batch = benchBatch(NAMESPACE, Math.min(records, DISTINCT));
/** By the partitions that were asked for: a benchmark asks for the same ones again and again. */
const prepared = new Map<string, Buffer[]>();
const repliesFor = (request: Buffer): Buffer[] => {
  const ids = askedFor(request);
  const key = ids.toString('latin1');
  const replies = prepared.get(key) ?? prepareReplies(batch, ids);
  prepared.set(key, replies);
  return replies;
};
const rounds = Math.max(1, Math.round(records / DISTINCT));

const server = createServer((socket) => {
  let pending = Buffer.alloc(0);
  socket.setNoDelay();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= PROTO_HEADER_SIZE) {
      const { type, size } = decodeProtoHeader(pending);
      const end = PROTO_HEADER_SIZE + size;
      if (pending.length < end) return;
      const body = pending.subarray(PROTO_HEADER_SIZE, end);
      if (type === ProtoType.INFO) socket.write(answerInfo(body, socket.localPort ?? 0, records));
      else if (((body[AT_INFO1] ?? 0) & Info1.BATCH) !== 0) socket.write(answerBatch(body));
      else void replay(socket, repliesFor(body), rounds);
      pending = pending.subarray(end);
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(address?.port);
});
process.stdin.resume().once('end', () => {
  process.exitCode = 0;
  server.close();
});
