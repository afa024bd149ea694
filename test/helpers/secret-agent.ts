/** A Secret Agent of the tests' own: it speaks the protocol, and can be told to fail at it. */
import type { Socket } from 'node:net';
import type { TlsOptions as ServerOptions } from 'node:tls';
import { startPlain, startTls, type TestServer } from './tls.ts';

export const AGENT_MAGIC = 0x51dec1cc;

/** A message of the protocol around any bytes, with a size that may be a lie. */
export const framed = (bytes: string | Uint8Array, size = Buffer.byteLength(bytes)): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(AGENT_MAGIC, 0);
  header.writeUInt32BE(size, 4);
  return Buffer.concat([header, Buffer.from(bytes)]);
};

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export interface TestAgent extends TestServer {
  /** `RESOURCE:KEY` of all that was asked for, in its order. */
  readonly asked: readonly string[];
}

export interface TestAgentOptions {
  /** By `RESOURCE:KEY`, or `KEY`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Speaks TLS, as `startTls` does. */
  readonly tls?: ServerOptions;
  /** Answers in its own way, once a whole request has come. */
  readonly reply?: (socket: Socket) => void;
  /** Gives secrets as they are, and not in base64. */
  readonly plain?: boolean;
}

export const startSecretAgent = async (options: TestAgentOptions = {}): Promise<TestAgent> => {
  const { secrets = {}, tls, reply, plain = false } = options;
  const asked: string[] = [];
  const answer = (socket: Socket, request: Buffer): void => {
    const { Resource, SecretKey } = JSON.parse(request.toString());
    const name = Resource === undefined ? SecretKey : `${Resource}:${SecretKey}`;
    asked.push(name);
    if (reply !== undefined) {
      reply(socket);
      return;
    }
    const secret = secrets[name];
    const object =
      secret === undefined
        ? { Error: `no secret "${name}"` }
        : { SecretValue: plain ? secret : base64(secret) };
    socket.end(framed(JSON.stringify(object)));
  };
  const onSocket = (socket: Socket): void => {
    let got = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 8 || got.length < 8 + got.readUInt32BE(4)) return;
      if (got.readUInt32BE(0) === AGENT_MAGIC) answer(socket, got.subarray(8));
      else socket.destroy();
    });
  };
  const server = await (tls === undefined ? startPlain(onSocket) : startTls(tls, onSocket));
  return { ...server, asked };
};
