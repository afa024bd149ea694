import type { BufferPool } from '../../memory/buffer-pool.ts';
import type { RecordBatch } from '../../record/batch.ts';
import type { Connection } from '../connection.ts';
import type { ClusterNode } from '../node.ts';
import { atNode } from '../node-error.ts';
import type { Receiver } from '../receiver.ts';
import type { PartitionTracker } from './partition-tracker.ts';
import { ScanReply } from './scan-reply.ts';

/** One scan on one node, over a connection of its own. */
export class NodeScan {
  readonly #node: ClusterNode;
  readonly #reply: ScanReply;
  readonly #deliver: (batch: RecordBatch) => boolean;
  readonly #socketTimeout: number;
  #connection: Connection | undefined;
  #aborted = false;
  #held = false;
  #probing = false;

  /**
   * @param deliver takes each batch; gives false to stop reading until {@link resume}
   * @param socketTimeout ms without a byte after which the node is asked whether it lives
   */
  constructor(
    node: ClusterNode,
    tracker: PartitionTracker,
    pool: BufferPool,
    deliver: (batch: RecordBatch) => boolean,
    socketTimeout: number,
  ) {
    this.#node = node;
    this.#reply = new ScanReply(tracker, pool);
    this.#deliver = deliver;
    this.#socketTimeout = socketTimeout;
  }

  /**
   * Sends the request and reads the reply to its end.
   *
   * @returns the result code with which the node ended the scan
   * @throws AsbError `NETWORK` if the connection ended first, `PROTOCOL` or `LIMIT` for nonsense,
   *   all with the node
   */
  async run(request: Uint8Array): Promise<number> {
    const connection = await this.#node.connect();
    this.#connection = connection;
    if (this.#aborted) connection.destroy();
    try {
      await new Promise<void>((resolve, reject) => {
        connection.send(request, this.#receiver(resolve, reject), this.#socketTimeout);
      });
    } catch (error) {
      throw atNode(error, this.#node.location);
    } finally {
      connection.destroy();
    }
    return this.#reply.resultCode;
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#connection?.resume();
  }

  abort(): void {
    this.#aborted = true;
    this.#connection?.destroy();
  }

  #receiver(resolve: () => void, reject: (error: unknown) => void): Receiver {
    const reply = this.#reply;
    return {
      space: () => reply.space(),
      received: (size) => {
        const batch = reply.received(size);
        if (batch !== undefined && !this.#deliver(batch)) this.#held = true;
        if (reply.failure !== undefined) reject(reply.failure);
        else if (reply.ended) resolve();
        return !this.#held && !reply.over;
      },
      idle: () => {
        if (!this.#held) void this.#probe(reject);
      },
      closed: reject,
    };
  }

  /**
   * A scan whose filter finds nothing is silent for long, and so is a node that is gone: what
   * tells them apart is whether the node still answers something else.
   */
  async #probe(reject: (error: unknown) => void): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    try {
      await this.#node.ping();
    } catch (error) {
      reject(error);
    } finally {
      this.#probing = false;
    }
  }
}
