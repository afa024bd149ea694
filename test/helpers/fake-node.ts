/** A node that answers as a test tells it to, for what the sandbox is too well-behaved for. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Address } from '../../lib/wire/address.ts';
import {
  decodeProtoHeader,
  encodeProto,
  PROTO_HEADER_SIZE,
  ProtoType,
} from '../../lib/wire/proto.ts';
import { type AdminMessage, decodeAdminMessage } from '../../lib/wire/security/admin-message.ts';

export interface FakeNodeOptions {
  /** The value for an info command; `undefined`: the default one; `null`: its line is left out. */
  readonly info?: (command: string) => string | null | undefined;
  /**
   * Whether info is answered at all, or the connection closed; another text is the whole answer.
   * Default: it is.
   */
  readonly answers?: (commands: readonly string[]) => boolean | string;
  /** Answers a login with whole protos; `undefined`: the connection is closed, as by default. */
  readonly security?: (message: AdminMessage) => Buffer | undefined;
  /** Takes a scan or another message. Default: it is never answered. */
  readonly message?: (body: Buffer, socket: Socket) => void;
}

export interface FakeNode extends Address {
  /** Open connections. */
  readonly sockets: ReadonlySet<Socket>;
  /** Info commands so far. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const ALL_PARTITIONS = Buffer.alloc(512, 0xff).toString('base64');

const DEFAULTS: Readonly<Record<string, string>> = {
  node: 'F1',
  'partition-generation': '0',
  'peers-clear-std': '0,3000,[]',
  'peers-clear-alt': '0,3000,[]',
  replicas: `test:1,1,${ALL_PARTITIONS}`,
  status: 'ok',
};

export const startFakeNode = async (options: FakeNodeOptions = {}): Promise<FakeNode> => {
  const { info = () => undefined, answers = () => true, message = () => {} } = options;
  const { security = () => undefined } = options;
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const answer = (commands: readonly string[], socket: Socket): void => {
    asked.push(...commands);
    const answered = answers(commands);
    if (answered === 'close') socket.destroy();
    else if (typeof answered === 'string') {
      socket.write(encodeProto(ProtoType.INFO, Buffer.from(answered)));
    }
    if (answered !== true) return;
    const lines = commands.map((one) => {
      const value = info(one);
      return value === null ? '' : `${one}\t${value ?? DEFAULTS[one] ?? ''}\n`;
    });
    socket.write(encodeProto(ProtoType.INFO, Buffer.from(lines.join(''))));
  };
  const answerLogin = (body: Buffer, socket: Socket): void => {
    const reply = security(decodeAdminMessage(body));
    if (reply === undefined) socket.destroy();
    else socket.write(reply);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= PROTO_HEADER_SIZE) {
        const { type, size } = decodeProtoHeader(pending);
        const end = PROTO_HEADER_SIZE + size;
        if (pending.length < end) break;
        const body = pending.subarray(PROTO_HEADER_SIZE, end);
        pending = pending.subarray(end);
        if (type === ProtoType.INFO) answer(body.toString().trimEnd().split('\n'), socket);
        else if (type === ProtoType.SECURITY) answerLogin(body, socket);
        else message(body, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets,
    asked,
    close: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};

/** An address at which nobody listens. */
export const deadAddress = async (): Promise<Address> => {
  const node = await startFakeNode();
  await node.close();
  return { host: node.host, port: node.port };
};

/** Resolves when `holds` does; looked at after every turn of the event loop. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};
