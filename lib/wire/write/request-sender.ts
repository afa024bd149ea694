import { AsbError } from '../../errors.ts';
import type { ClusterNode } from '../node.ts';
import { atNode, isNetwork } from '../node-error.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Flights } from './flights.ts';
import { type LocalTime, NodeClocks } from './node-clocks.ts';
import type { RowSettler, SettlePolicy } from './row-settler.ts';
import type { WriteConnection } from './write-connection.ts';
import type { WriteCounts } from './write-info.ts';
import { MAX_RECORD_TTL, type WriteRequest } from './write-request.ts';
import type { Share } from './write-targets.ts';

export interface SendOptions extends SettlePolicy {
  /** ms without an answer after which a request is given up and goes again. Default 10000. */
  readonly timeout?: number;
  /** The time of this machine, for tests. */
  readonly time?: LocalTime;
}

/** Sends a request once, over a connection that is kept for the next, and has its rows settled. */
export class RequestSender {
  readonly #options: SendOptions;
  readonly #settler: RowSettler;
  readonly #counts: WriteCounts;
  readonly #connections = new ConnectionPool();
  readonly #clocks: NodeClocks;
  /** Of requests with records that expire. */
  readonly #flights = new WeakMap<ClusterNode, Flights>();

  constructor(options: SendOptions, settler: RowSettler, counts: WriteCounts) {
    this.#options = options;
    this.#settler = settler;
    this.#counts = counts;
    this.#clocks = new NodeClocks(options.namespace, options.time);
  }

  /**
   * @param again gets the rows that are to be sent again
   * @returns why there are such rows
   * @throws AsbError `SERVER`, `RANGE` or `PROTOCOL` for what no other try mends; `ABORTED` after
   *   {@link close}
   */
  async send({ node, request }: Share, again: WriteRequest): Promise<AsbError | undefined> {
    if (node === undefined) {
      again.addAll(request);
      return new AsbError('PARTITIONS', 'no node holds their partitions');
    }
    if (!request.expiring) return this.#exchange(node, request, again);
    const flights = this.#flightsTo(node);
    const company = await flights.begin();
    let answered = false;
    try {
      const failure = await this.#exchange(node, request, again, company);
      answered = failure === undefined;
      return failure;
    } finally {
      flights.end(answered);
    }
  }

  /** Closes the idle connections to all nodes but these. */
  keepOnly(nodes: readonly ClusterNode[]): void {
    this.#connections.keepOnly(nodes);
  }

  /** Closes every connection at once. */
  close(): void {
    this.#clocks.close();
    this.#connections.close();
  }

  #flightsTo(node: ClusterNode): Flights {
    let flights = this.#flights.get(node);
    if (flights === undefined) {
      flights = new Flights();
      this.#flights.set(node, flights);
    }
    return flights;
  }

  /** @param company how many requests are on their way to the node, with this one */
  async #exchange(
    node: ClusterNode,
    request: WriteRequest,
    again: WriteRequest,
    company = 1,
  ): Promise<AsbError | undefined> {
    const prepared = await failureOf(node, this.#prepare(node, request, company));
    if (prepared instanceof AsbError) {
      again.addAll(request); // none was sent
      return prepared;
    }
    const { connection, now } = prepared;
    try {
      if (request.expiring) this.#stamp(request, now);
      if (request.rows === 0) return undefined;
      this.#counts.bytes += request.size;
      const sent = this.#clocks.time.now();
      const reply = await failureOf(
        node,
        connection.send(request, this.#options.timeout ?? 10_000),
      );
      const failure = reply instanceof AsbError ? reply : undefined;
      const exchange = { location: node.location, request, reply: connection.reply, failure };
      if (request.expiring) this.#clocks.learn(node, exchange, now, sent, company);
      return this.#settler.settle(exchange, again);
    } finally {
      this.#connections.giveBack(connection);
    }
  }

  /** A connection, and the node's second if the request needs to know it. */
  async #prepare(
    node: ClusterNode,
    request: WriteRequest,
    company: number,
  ): Promise<{ connection: WriteConnection; now: number }> {
    // First the connection: what it takes to get one must not pass after the second was found.
    const connection = await this.#connections.take(node);
    try {
      return { connection, now: request.expiring ? await this.#clocks.now(node, company) : 0 };
    } catch (error) {
      this.#connections.giveBack(connection);
      throw error;
    }
  }

  /** Sets record ttls, and counts the records that can't have one. */
  #stamp(request: WriteRequest, now: number): void {
    const { expired, tooFar } = request.stamp(now);
    this.#counts.expired += expired;
    if (tooFar > 0 && this.#options.ignoreRecordErrors !== true) {
      throw new AsbError(
        'RANGE',
        `${tooFar} records expire more than ten years from now (${MAX_RECORD_TTL} s), which the ` +
          'server does not take; give less extra ttl, or ignore record errors',
        { expected: `a void time up to ${now + MAX_RECORD_TTL}` },
      );
    }
    this.#counts.ignored += tooFar;
  }
}

/** A failure of the network is something to live with; any other is thrown. */
const failureOf = async <Result>(
  node: ClusterNode,
  task: Promise<Result>,
): Promise<Result | AsbError> => {
  try {
    return await task;
  } catch (error) {
    if (isNetwork(error)) return error;
    throw atNode(error, node.location);
  }
};
