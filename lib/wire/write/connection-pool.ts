import { AsbError } from '../../errors.ts';
import type { ClusterNode } from '../node.ts';
import { WriteConnection } from './write-connection.ts';

/** Connections for writing, kept open from one request to the next. */
export class ConnectionPool {
  readonly #idle = new Map<ClusterNode, WriteConnection[]>();
  readonly #busy = new Set<WriteConnection>();
  #closed = false;

  /**
   * A connection to the node that nobody else uses, until {@link giveBack}.
   * @throws AsbError `NETWORK` if none can be made; `ABORTED` after {@link close}
   */
  async take(node: ClusterNode): Promise<WriteConnection> {
    const idle = this.#idle.get(node);
    for (let known = idle?.pop(); known !== undefined; known = idle?.pop()) {
      if (known.usable) return this.#lend(known);
    }
    const connection = new WriteConnection(node, await node.connect());
    if (this.#closed) {
      connection.destroy();
      throw new AsbError('ABORTED', 'the connections for writing were closed');
    }
    return this.#lend(connection);
  }

  /** Takes a connection back; one that broke is forgotten. */
  giveBack(connection: WriteConnection): void {
    this.#busy.delete(connection);
    if (!connection.usable) return;
    const idle = this.#idle.get(connection.node);
    if (idle === undefined) this.#idle.set(connection.node, [connection]);
    else idle.push(connection);
  }

  /** Closes the idle connections to all nodes but these. */
  keepOnly(nodes: readonly ClusterNode[]): void {
    for (const [node, idle] of this.#idle) {
      if (nodes.includes(node)) continue;
      for (const connection of idle) connection.destroy();
      this.#idle.delete(node);
    }
  }

  /** Closes every connection at once; requests on them fail. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#busy) connection.destroy();
    this.keepOnly([]);
  }

  #lend(connection: WriteConnection): WriteConnection {
    this.#busy.add(connection);
    return connection;
  }
}
