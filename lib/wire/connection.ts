import { connect, type Socket } from 'node:net';
import { AsbError, messageOf } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import type { Receiver } from './receiver.ts';
import { ReplyReceiver } from './reply-receiver.ts';

export interface ConnectOptions {
  /** How long connecting may take, in ms. */
  readonly timeout: number;
}

/**
 * One TCP connection to a node. Bytes go from the socket straight into the receiver's memory;
 * login and TLS belong here, between connecting and the first request.
 */
export class Connection {
  readonly node: string;
  readonly #socket: Socket;
  #receiver: Receiver | undefined;
  /** The receiver whose memory the socket reads into: after a change, still the one before. */
  #lender: Receiver | undefined;
  #failure: AsbError | undefined;
  #idleTimeout = 0;

  private constructor(address: Address, onConnect: () => void, onFail: (error: AsbError) => void) {
    this.node = formatAddress(address);
    this.#socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 10_000,
      onread: {
        buffer: () => this.#lend(),
        callback: (size, bytes) => this.#received(size, bytes),
      },
    });
    this.#socket.once('connect', onConnect);
    this.#socket.on('timeout', () => {
      this.#socket.setTimeout(this.#idleTimeout); // Node tells of it only once
      this.#receiver?.idle();
    });
    this.#socket.on('error', (error) => {
      this.#failure ??= this.#networkError(messageOf(error), error);
    });
    this.#socket.on('close', () => {
      this.#failure ??= this.#networkError('the node closed the connection');
      onFail(this.#failure);
      this.#receiver?.closed(this.#failure);
    });
  }

  /** @throws AsbError `NETWORK` if the node can't be reached in time */
  static open(address: Address, { timeout }: ConnectOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection: Connection = new Connection(
        address,
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

  /** Sends one proto and gives the body of the one that answers. For small exchanges. */
  exchange(request: Uint8Array, timeout: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (body: Buffer): void => {
        this.#receiver = undefined;
        this.#socket.setTimeout(0);
        resolve(body);
      };
      const fail = (error: Error): void => {
        this.destroy(error.message);
        reject(error);
      };
      const idle = (): void => this.destroy(`no answer within ${timeout} ms`);
      this.send(request, new ReplyReceiver(done, fail, idle), timeout);
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

  #networkError(what: string, cause?: unknown): AsbError {
    return new AsbError('NETWORK', `${this.node}: ${what}`, {
      node: this.node,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
