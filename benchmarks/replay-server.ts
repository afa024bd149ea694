/**
 * A process that answers every partition scan with the same prepared replies, as fast as the
 * socket takes them: what a stage does with them is then all that a benchmark measures.
 *
 *     node replay-server.js RECORDS   prints its port, ends when its stdin does
 */
import { createServer, type Socket } from 'node:net';
import { HEADER_SIZE, Info3, PARTITION_COUNT } from '../lib/record/layout.ts';
import { MessageWriter } from '../lib/record/message-writer.ts';
import { decodeProtoHeader, encodeProto, PROTO_HEADER_SIZE, ProtoType } from '../lib/wire/proto.ts';
import { benchBatch } from './data.ts';

const NAMESPACE = 'bench';
/** Distinct records; they are repeated until there are enough. */
const DISTINCT = 100_000;
const PROTO_SIZE = 1024 * 1024;

const ALL_PARTITIONS = Buffer.alloc(PARTITION_COUNT / 8, 0xff).toString('base64');

const prepareReplies = (records: number): Buffer[] => {
  const batch = benchBatch(NAMESPACE, Math.min(records, DISTINCT));
  const protos: Buffer[] = [];
  let begin = 0;
  for (let index = 0; index < batch.length; index++) {
    const end = batch.offsets[2 * index + 1]!;
    if (end - begin < PROTO_SIZE && index + 1 < batch.length) continue;
    protos.push(encodeProto(ProtoType.MESSAGE, batch.bytes.subarray(begin, end)));
    begin = end;
  }
  return protos;
};

const answerInfo = (body: Buffer, port: number, records: number): Buffer => {
  const values: Record<string, string> = {
    node: 'REPLAY',
    status: 'ok',
    'partition-generation': '1',
    'peers-clear-std': '1,3000,[]',
    'service-clear-std': `127.0.0.1:${port}`,
    replicas: `${NAMESPACE}:0,1,${ALL_PARTITIONS}`,
    [`namespace/${NAMESPACE}`]: `objects=${records};master_objects=${records}`,
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
  socket.write(endOfScan());
};

const records = Number(process.argv[2] ?? DISTINCT);
const replies = prepareReplies(records);
const rounds = Math.max(1, Math.round(records / DISTINCT));

const server = createServer((socket) => {
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= PROTO_HEADER_SIZE) {
      const { type, size } = decodeProtoHeader(pending);
      const end = PROTO_HEADER_SIZE + size;
      if (pending.length < end) return;
      const body = pending.subarray(PROTO_HEADER_SIZE, end);
      if (type === ProtoType.INFO) socket.write(answerInfo(body, socket.localPort ?? 0, records));
      else void replay(socket, replies, rounds);
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
