import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { AsbError, type ErrorFacts, messageOf } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { atNode } from './node-error.ts';
import type { Receiver } from './receiver.ts';
import { ReplyReceiver } from './reply-receiver.ts';
import type { TlsClient } from './security/tls-client.ts';

export interface ConnectOptions {
  /** How long connecting may take, in ms; with TLS, until that is set up. */
  readonly timeout: number;
  /** What opens connections with TLS; plain ones if left out. */
  readonly tls?: TlsClient | undefined;
}

/**
 * One connection to a node, plain or with TLS. Bytes go from the socket straight into the receiver's
 * memory.
 */
export class Connection {
  readonly node: string;
  readonly #address: Address;
  readonly #tls: TlsClient | undefined;
  readonly #socket: Socket;
  #receiver: Receiver | undefined;
  /** The receiver whose memory the socket reads into: after a change, still the one before. */
  #lender: Receiver | undefined;
  #failure: AsbError | undefined;
  #idleTimeout = 0;

  private constructor(
    address: Address,
    tls: TlsClient | undefined,
    onConnect: () => void,
    onFail: (error: AsbError) => void,
  ) {
    this.node = formatAddress(address);
    this.#address = address;
    this.#tls = tls;
    const options: TcpNetConnectOpts = {
      host: address.host,
      port: address.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 10_000,
      onread: {
        buffer: () => this.#lend(),
        callback: (size, bytes) => this.#received(size, bytes),
      },
    };
    this.#socket = tls === undefined ? connect(options) : tls.connect(address, options);
    this.#socket.once(tls === undefined ? 'connect' : 'secureConnect', onConnect);
    this.#socket.on('timeout', () => {
      this.#socket.setTimeout(this.#idleTimeout); // Node tells of it only once
      this.#receiver?.idle();
    });
    this.#socket.on('error', (error) => {
      this.#failure ??= this.#socketError(error);
    });
    this.#socket.on('close', () => {
      this.#failure ??= this.#networkError('the node closed the connection');
      onFail(this.#failure);
      this.#receiver?.closed(this.#failure);
    });
  }

  /**
   * @throws AsbError `NETWORK` if the node can't be reached in time; if TLS is the reason, with
   *   `expected` among the facts
   */
  static open(address: Address, { timeout, tls }: ConnectOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection: Connection = new Connection(
        address,
        tls,
        () => {
          clearTimeout(timer);
          resolve(connection);
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
      const timer = setTimeout(
        () => connection.destroy(`no connection within ${timeout} ms`),
        timeout,
      );
    });
  }

  /** Whether the connection can still carry a request. */
  get usable(): boolean {
    return this.#failure === undefined && !this.#socket.destroyed;
  }

  /**
   * Sends a request; what comes in from now on goes to `receiver`.
   *
   * @param idleTimeout ms without a byte after which `receiver.idle` is called, and again after
   *   as many more; 0: never
   */
  send(request: Uint8Array, receiver: Receiver, idleTimeout: number): void {
    if (this.#failure !== undefined) {
      receiver.closed(this.#failure); // and not by the socket's `close` too, which may yet come
      return;
    }
    this.#receiver = receiver;
    this.#idleTimeout = idleTimeout;
    this.#socket.setTimeout(idleTimeout);
    this.#socket.write(request);
    this.#socket.resume();
  }

  /** Reads on after `received` gave false. */
  resume(): void {
    this.#socket.resume();
  }

  /**
   * Sends one proto and gives the body of the one that answers. For small exchanges.
   *
   * @param timeout ms without a byte
   * @throws AsbError `NETWORK` if the answer does not come; `PROTOCOL` for one that is none, or of
   *   another type than the request; `LIMIT`
   */
  exchange(request: Uint8Array, timeout: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (body: Buffer): void => {
        this.#receiver = undefined;
        this.#socket.setTimeout(0);
        resolve(body);
      };
      const fail = (error: Error): void => {
        this.destroy(error.message);
        reject(atNode(error, this.node)); // who reads a reply does not know whose it is
      };
      const idle = (): void => this.destroy(`no answer within ${timeout} ms`);
      this.send(request, new ReplyReceiver(request[1]!, done, fail, idle), timeout);
    });
  }

  /** Closes at once. */
  destroy(reason = 'closed by this side'): void {
    this.#failure ??= this.#networkError(reason);
    this.#socket.destroy();
  }

  #lend(): Uint8Array {
    this.#lender = this.#receiver;
    return this.#receiver?.space() ?? new Uint8Array(64);
  }

  #received(size: number, bytes: Uint8Array): boolean {
    const receiver = this.#receiver;
    if (receiver === undefined) {
      this.destroy('the node sent bytes that nobody asked for');
      return false;
    }
    if (receiver === this.#lender) return receiver.received(size);
    let more = true;
    for (let at = 0; at < size; ) {
      const room = receiver.space();
      const part = bytes.subarray(at, Math.min(size, at + room.length));
      room.set(part);
      at += part.length;
      more = receiver.received(part.length);
    }
    return more;
  }

  #socketError(cause: Error): AsbError {
    const { what, expected } = this.#tls?.explain(cause, this.#address) ?? {};
    const facts = { ...(expected === undefined ? {} : { expected }), cause };
    return this.#networkError(what ?? messageOf(cause), facts);
  }

  #networkError(what: string, facts: ErrorFacts = {}): AsbError {
    return new AsbError('NETWORK', `${this.node}: ${what}`, { ...facts, node: this.node });
  }
}
