import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { AsbError, messageOf } from '../errors.ts';
import { ProtoType } from '../wire/proto.ts';
import type { Cluster, Member } from './cluster.ts';
import { Connection } from './connection.ts';
import { Faults } from './faults.ts';
import { answerInfo } from './info.ts';
import { answerMessage } from './message.ts';
import { Result } from './result.ts';

export interface NodeOptions {
  readonly name: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Bytes after which a scan sends a proto. */
  readonly protoSize: number;
}

/** One node of a sandbox: a port, the connections to it, and how it misbehaves. */
export class SandboxNode implements Member {
  readonly name: string;
  readonly faults = new Faults();
  readonly #cluster: Cluster;
  readonly #options: NodeOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number;

  constructor(cluster: Cluster, options: NodeOptions) {
    this.name = options.name;
    this.#cluster = cluster;
    this.#options = options;
    this.#port = options.port;
  }

  get port(): number {
    return this.#port;
  }

  /** `host:port`, the host in brackets if it is IPv6. */
  get address(): string {
    const { host } = this.#options;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  get running(): boolean {
    return this.#server !== undefined;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /**
   * Opens the port; a node that was killed opens the same again. It serves no partition until
   * the cluster takes it in.
   * @throws the system's error, `EADDRINUSE` say
   */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    server.listen(this.#port, this.#options.host);
    await once(server, 'listening');
    this.#server = server;
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Closes the port and all connections, as if the process died. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay();
    const connection = new Connection(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    void this.#serve(connection);
  }

  async #serve(connection: Connection): Promise<void> {
    try {
      await connection.serve((type, body) => this.#answer(type, body, connection));
      connection.end();
    } catch (error) {
      // What is no protocol closes the connection, as the server does; all else is our fault, and
      // must be seen without ending a sandbox that others use.
      connection.destroy();
      if (!(error instanceof AsbError)) process.emitWarning(`sandbox: ${messageOf(error)}`);
    }
  }

  async #answer(type: number, body: Buffer, connection: Connection): Promise<void> {
    switch (type) {
      case ProtoType.INFO: {
        const reply = answerInfo(this.#cluster, this, body.toString());
        return connection.sendProto(ProtoType.INFO, Buffer.from(reply));
      }
      case ProtoType.MESSAGE:
        return answerMessage(body, connection, {
          cluster: this.#cluster,
          node: this.name,
          faults: this.faults,
          protoSize: this.#options.protoSize,
        });
      case ProtoType.SECURITY: {
        // There is no login here: what a community server answers to one.
        const reply = Buffer.alloc(16);
        reply[1] = Result.SECURITY_NOT_SUPPORTED;
        return connection.sendProto(ProtoType.SECURITY, reply);
      }
      default:
        throw new AsbError('PROTOCOL', `proto type ${type} is not known`);
    }
  }
}
