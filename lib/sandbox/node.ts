import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { AsbError, messageOf } from '../errors.ts';
import { ProtoType } from '../wire/proto.ts';
import type { Cluster, Member } from './cluster.ts';
import { Connection } from './connection.ts';
import { Faults } from './faults.ts';
import { answerInfo } from './info.ts';
import { answerMessage } from './message.ts';
import { Access } from './security/access.ts';
import { answerAdmin, refuseAdmin } from './security/admin.ts';
import { createListener, type SandboxTls, tlsNameOf } from './security/listener.ts';
import { Sessions } from './security/sessions.ts';
import type { User } from './security/users.ts';

export interface NodeOptions {
  readonly name: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Bytes after which a scan sends a proto. */
  readonly protoSize: number;
  /** With it, the port speaks TLS. */
  readonly tls?: SandboxTls | undefined;
  /** Who may log in; without, there is no security. */
  readonly users?: ReadonlyMap<string, User> | undefined;
  /** Number of its rack, if it has one. */
  readonly rack?: number | undefined;
  /** For which a session's token stands, in ms. */
  readonly sessionTtl: number;
}

/** One node of a sandbox: a port, the connections to it, and how it misbehaves. */
export class SandboxNode implements Member {
  readonly name: string;
  readonly tlsName: string | undefined;
  readonly rack: number | undefined;
  readonly faults = new Faults();
  readonly #cluster: Cluster;
  readonly #options: NodeOptions;
  readonly #sockets = new Set<Socket>();
  #sessions: Sessions;
  #server: Server | undefined;
  #port: number;

  /** @throws AsbError `USAGE` for a certificate that is none */
  constructor(cluster: Cluster, options: NodeOptions) {
    this.name = options.name;
    this.tlsName = options.tls && tlsNameOf(options.tls);
    this.rack = options.rack;
    this.#sessions = new Sessions(cluster.clock, options.sessionTtl);
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
    const server = createListener(this.#options.tls, {
      accepted: (socket) => this.#accept(socket),
      ready: (socket, clientName) => void this.#serve(new Connection(socket), clientName),
    });
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
    this.#sessions = new Sessions(this.#cluster.clock, this.#options.sessionTtl);
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(server, 'close');
  }

  /** Resets all connections; the port stays open. */
  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay();
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.faults.takeRefusal()) socket.resetAndDestroy();
  }

  async #serve(connection: Connection, clientName: string | undefined): Promise<void> {
    const access = new Access(this.#options.users !== undefined, clientName);
    try {
      await connection.serve((type, body) => this.#answer(type, body, connection, access));
      connection.end();
    } catch (error) {
      // What is no protocol closes the connection, as the server does; all else is our fault, and
      // must be seen without ending a sandbox that others use.
      connection.destroy();
      if (!(error instanceof AsbError)) process.emitWarning(`sandbox: ${messageOf(error)}`);
    }
  }

  async #answer(type: number, body: Buffer, connection: Connection, access: Access): Promise<void> {
    await this.faults.beforeRequest();
    switch (type) {
      case ProtoType.INFO: {
        const reply = answerInfo(this.#cluster, this, body.toString(), access);
        return connection.sendProto(ProtoType.INFO, Buffer.from(this.faults.garble(reply)));
      }
      case ProtoType.MESSAGE:
        return answerMessage(body, connection, {
          cluster: this.#cluster,
          node: this.name,
          faults: this.faults,
          protoSize: this.#options.protoSize,
          access,
        });
      case ProtoType.SECURITY: {
        const { users } = this.#options;
        const sessions = this.#sessions;
        const context = users && { users, sessions, access };
        return connection.send(context ? await answerAdmin(body, context) : refuseAdmin());
      }
      default:
        throw new AsbError('PROTOCOL', `proto type ${type} is not known`);
    }
  }
}
