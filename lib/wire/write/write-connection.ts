import { toError } from '../../errors.ts';
import type { Connection } from '../connection.ts';
import type { ClusterNode } from '../node.ts';
import type { Receiver } from '../receiver.ts';
import { WriteReply } from './write-reply.ts';
import type { WriteRequest } from './write-request.ts';

/** One connection for writing, with one request on it at a time, and the memory for its replies. */
export class WriteConnection {
  readonly node: ClusterNode;
  readonly reply = new WriteReply();
  readonly #connection: Connection;
  readonly #receiver: Receiver;
  /** Of the request under way, or of the one before. */
  #answered = Promise.withResolvers<void>();

  constructor(node: ClusterNode, connection: Connection) {
    this.node = node;
    this.#connection = connection;
    this.#receiver = {
      space: () => this.reply.space(),
      received: (size) => {
        try {
          this.reply.received(size);
        } catch (error) {
          this.#answered.reject(toError(error));
          connection.destroy('the reply to a write was none'); // also if nobody waits for one now
        }
        if (this.reply.ended) this.#answered.resolve();
        return true;
      },
      // Also between two requests: a connection that nobody used for so long is not needed.
      idle: () => connection.destroy('no answer in time'),
      closed: (error) => this.#answered.reject(error),
    };
  }

  get usable(): boolean {
    return this.#connection.usable;
  }

  /**
   * Sends a request and reads the answers to it.
   *
   * @param timeout ms without an answer after which the connection is given up; 0: never
   * @returns {@link reply}, which is read again for the next request
   * @throws AsbError `NETWORK` if the connection ends first; answers that came before are in
   *   `reply`. `PROTOCOL` for nonsense. The connection is closed then
   */
  async send(request: WriteRequest, timeout: number): Promise<WriteReply> {
    this.reply.begin(request.layout.kind, request.rows);
    this.#answered = Promise.withResolvers();
    try {
      this.#connection.send(request.message(timeout), this.#receiver, timeout);
      await this.#answered.promise;
      return this.reply;
    } catch (error) {
      this.#connection.destroy();
      throw error;
    }
  }

  destroy(): void {
    this.#connection.destroy();
  }
}
