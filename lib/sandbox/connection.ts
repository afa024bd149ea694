import type { Socket } from 'node:net';
import { decodeProtoHeader, encodeProto, PROTO_HEADER_SIZE } from '../wire/proto.ts';

/** Answers one proto; the next is read once it resolves, so requests are answered in order. */
export type ProtoHandler = (type: number, body: Buffer, connection: Connection) => Promise<void>;

/** One client's connection: cuts protos out of its bytes, and writes no faster than it reads. */
export class Connection {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A client that resets its connection has just gone: `close` follows, and tells of it.
    socket.on('error', () => socket.destroy());
  }

  /** The client is gone, or was cut off. */
  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  /**
   * Serves the client until it goes.
   * @throws AsbError `PROTOCOL` or `LIMIT` if it sends what is no proto
   */
  async serve(handle: ProtoHandler): Promise<void> {
    let pending: Buffer = Buffer.alloc(0);
    for await (const chunk of chunksOf(this.#socket)) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (;;) {
        if (pending.length < PROTO_HEADER_SIZE) break;
        const { type, size } = decodeProtoHeader(pending);
        const end = PROTO_HEADER_SIZE + size;
        if (pending.length < end) break;
        const body = pending.subarray(PROTO_HEADER_SIZE, end);
        pending = pending.subarray(end);
        await handle(type, body, this);
        if (this.closed) return; // cut off: what came after is not looked at
      }
    }
  }

  /** Sends a proto; resolves when the client has room for more, or is gone. */
  async sendProto(type: number, body: Uint8Array): Promise<void> {
    await this.send(encodeProto(type, body));
  }

  /** Sends bytes; resolves when the client has room for more, or is gone. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.closed || this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        this.#socket.off('drain', settle).off('close', settle);
        resolve();
      };
      this.#socket.once('drain', settle).once('close', settle);
    });
  }

  /** Sends what has been written, then closes. */
  end(): void {
    this.#socket.end(() => this.#socket.destroy());
  }

  /** Closes at once; by a TCP reset, the client may not even get what has been sent. */
  destroy(how: 'close' | 'reset' = 'close'): void {
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }
}

/** A socket's chunks until it ends; the constructor has dealt with its errors. */
async function* chunksOf(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket) yield chunk;
  } catch {
    return;
  }
}
