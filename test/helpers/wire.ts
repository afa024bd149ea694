/** A client of few words for tests: sends protos over a socket, and reads what comes back. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Field, HEADER_SIZE, Info1, Info3, Op, readU16, readU32 } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { parseRequest, type Request } from '../../lib/sandbox/request.ts';
import {
  decodeProtoHeader,
  encodeProto,
  PROTO_HEADER_SIZE,
  ProtoType,
} from '../../lib/wire/proto.ts';

/** A message of an answer. */
export interface Message extends Request {
  readonly result: number;
}

export class WireClient {
  readonly socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** @param seed `host:port` */
  static async connect(seed: string): Promise<WireClient> {
    const at = seed.lastIndexOf(':');
    const socket = connect(Number(seed.slice(at + 1)), seed.slice(0, at).replace(/[[\]]/g, ''));
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** The next proto; nothing if the connection ended first. */
  async proto(): Promise<{ type: number; body: Buffer } | undefined> {
    if (!(await this.#fill(PROTO_HEADER_SIZE))) return undefined;
    const { type, size } = decodeProtoHeader(this.#pending);
    if (!(await this.#fill(PROTO_HEADER_SIZE + size))) return undefined;
    const body = this.#pending.subarray(PROTO_HEADER_SIZE, PROTO_HEADER_SIZE + size);
    this.#pending = this.#pending.subarray(PROTO_HEADER_SIZE + size);
    return { type, body };
  }

  /** Bytes that were received and belong to no whole proto. */
  get rest(): Buffer {
    return this.#pending;
  }

  async info(command: string): Promise<string> {
    this.socket.write(encodeProto(ProtoType.INFO, Buffer.from(`${command}\n`)));
    const reply = (await this.proto())?.body.toString() ?? '';
    return reply.slice(reply.indexOf('\t') + 1, -1);
  }

  /** Sends a message that `write` makes. */
  send(write: (writer: MessageWriter) => void): void {
    const writer = new MessageWriter();
    write(writer);
    writer.end();
    this.socket.write(encodeProto(ProtoType.MESSAGE, writer.take()));
  }

  /** The messages of the next proto. */
  async messages(): Promise<Message[] | undefined> {
    const proto = await this.proto();
    return proto && splitMessages(proto.body);
  }

  /** All messages up to the one that is the last, or the end of the connection. */
  async untilLast(): Promise<{ messages: Message[]; protos: number; last: Message | undefined }> {
    const messages: Message[] = [];
    for (let protos = 1; ; protos++) {
      const more = await this.messages();
      if (more === undefined) return { messages, protos: protos - 1, last: undefined };
      messages.push(...more);
      const last = more.at(-1);
      if (last && last.info3 & 1) return { messages: messages.slice(0, -1), protos, last };
    }
  }

  close(): void {
    this.socket.destroy();
  }

  async #fill(size: number): Promise<boolean> {
    while (this.#pending.length < size) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#pending = Buffer.concat([this.#pending, value]);
    }
    return true;
  }
}

/** The messages that stand back to back in a body. */
export const splitMessages = (body: Buffer): Message[] => {
  const messages: Message[] = [];
  for (let at = 0; at < body.length; ) {
    let end = at + HEADER_SIZE;
    for (let left = readU16(body, at + 18) + readU16(body, at + 20); left > 0; left--) {
      end += 4 + readU32(body, end);
    }
    messages.push({ ...parseRequest(body.subarray(at, end)), result: body[at + 5]! });
    at = end;
  }
  return messages;
};

export interface ScanOptions {
  readonly namespace?: string;
  readonly set?: string;
  /** Default: all. */
  readonly partitions?: readonly number[];
  /** Digests to go on after. */
  readonly digests?: readonly Buffer[];
  readonly maxRecords?: bigint;
  readonly recordsPerSecond?: number;
  readonly filter?: Buffer;
  readonly bins?: readonly string[];
  readonly info1?: number;
  readonly info2?: number;
  readonly info3?: number;
  /** Further fields. */
  readonly fields?: ReadonlyMap<number, Buffer>;
}

/** Every partition id. */
export const ALL_PARTITIONS: readonly number[] = Array.from({ length: 4096 }, (_, id) => id);

/** Writes a partition scan as clients send it. */
export const writeScan = (writer: MessageWriter, options: ScanOptions = {}): void => {
  const { partitions = ALL_PARTITIONS, digests = [], bins = [] } = options;
  writer.begin({
    info1: options.info1 ?? Info1.READ,
    info2: options.info2 ?? 0,
    info3: options.info3 ?? Info3.PARTITION_DONE,
    recordTtl: 0xffffffff,
  });
  writer.field(Field.NAMESPACE, Buffer.from(options.namespace ?? 'test'));
  if (options.set !== undefined) writer.field(Field.SET, Buffer.from(options.set));
  if (partitions.length > 0) {
    writer.field(Field.PARTITIONS, Buffer.from(Uint16Array.from(partitions).buffer));
  }
  if (digests.length > 0) writer.field(Field.DIGESTS, Buffer.concat(digests));
  if (options.maxRecords !== undefined) {
    writer.field(Field.MAX_RECORDS, bigEndian(8, options.maxRecords));
  }
  if (options.recordsPerSecond !== undefined) {
    writer.field(Field.RECORDS_PER_SECOND, bigEndian(4, BigInt(options.recordsPerSecond)));
  }
  if (options.filter !== undefined) writer.field(Field.FILTER, options.filter);
  for (const [id, data] of options.fields ?? []) writer.field(id, data);
  for (const bin of bins) writer.op(Op.READ, 0, Buffer.from(bin));
};

const bigEndian = (size: number, value: bigint): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
