import { AsbError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { Connection } from './connection.ts';
import { checkInfoValue, decodeInfoReply, encodeInfoRequest } from './info.ts';

/** Times of the client, in ms. */
export interface ClientTimes {
  /** For a connection to come about. */
  readonly connectTimeout: number;
  /** For an info command to be answered. */
  readonly infoTimeout: number;
}

/** One server of the cluster, by the address at which it was reached. */
export class ClusterNode {
  /** The name that the server gives itself. */
  readonly name: string;
  readonly address: Address;
  readonly #times: ClientTimes;
  #info: Connection | undefined;
  #closed = false;
  /** The exchange under way: answers come in the order of the questions, one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(name: string, address: Address, times: ClientTimes, info: Connection) {
    this.name = name;
    this.address = address;
    this.#times = times;
    this.#info = info;
  }

  /**
   * Connects and asks the node for its name.
   * @throws AsbError `NETWORK` if it can't be reached, or is not ready to serve yet; `PROTOCOL` or
   *   `SERVER` if it does not say its name, as every node can
   */
  static async reach(address: Address, times: ClientTimes): Promise<ClusterNode> {
    const connection = await Connection.open(address, { timeout: times.connectTimeout });
    try {
      const node = new ClusterNode('', address, times, connection);
      const facts = await node.ask(['node', 'partition-generation']);
      if (facts.get('partition-generation') === '-1') throw notReady(address);
      const name = checkInfoValue('node', facts.get('node') ?? '', node.location);
      if (name === '') throw noName(address);
      return new ClusterNode(name, address, times, connection);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** `host:port`. */
  get location(): string {
    return formatAddress(this.address);
  }

  /**
   * Asks info commands, all in one exchange, and gives their values as the server wrote them.
   * @throws AsbError `NETWORK` if no answer comes, or after {@link close}
   */
  ask(commands: readonly string[]): Promise<Map<string, string>> {
    const answer = this.#turn.then(() => this.#exchange(commands));
    this.#turn = answer.catch(() => undefined); // whoever asked is told; the next may go on
    return answer;
  }

  /**
   * Asks one info command.
   * @throws AsbError `SERVER` if the node answers with an error
   */
  async askOne(command: string): Promise<string> {
    const value = (await this.ask([command])).get(command) ?? '';
    return checkInfoValue(command, value, this.location);
  }

  /** A connection of its own, for a scan or for writing. */
  connect(): Promise<Connection> {
    return Connection.open(this.address, { timeout: this.#times.connectTimeout });
  }

  /**
   * Looks whether the node still answers: if not over the connection for info, which may have
   * broken, or been closed, then over a new one.
   *
   * @throws AsbError `NETWORK` if it does not
   */
  async ping(): Promise<void> {
    try {
      await this.ask(['status']);
    } catch {
      const connection = await this.connect();
      const request = encodeInfoRequest(['status']);
      await connection.exchange(request, this.#times.infoTimeout).finally(() => {
        connection.destroy();
      });
    }
  }

  /** Closes the connection for info; those of {@link connect} are their users'. */
  close(): void {
    this.#closed = true;
    this.#info?.destroy();
    this.#info = undefined;
  }

  async #exchange(commands: readonly string[]): Promise<Map<string, string>> {
    // What was asked before the close, and has its turn after, must not connect again.
    if (this.#closed) throw closed(this.address);
    if (this.#info?.usable !== true) this.#info = await this.connect();
    if (this.#closed) {
      this.#info.destroy();
      throw closed(this.address);
    }
    const body = await this.#info.exchange(encodeInfoRequest(commands), this.#times.infoTimeout);
    return decodeInfoReply(body, commands);
  }
}

const notReady = (address: Address): AsbError =>
  new AsbError('NETWORK', `${formatAddress(address)} is not ready yet`, {
    node: formatAddress(address),
  });

const noName = (address: Address): AsbError =>
  new AsbError('PROTOCOL', `${formatAddress(address)} does not say its name`, {
    node: formatAddress(address),
  });

const closed = (address: Address): AsbError =>
  new AsbError('NETWORK', `${formatAddress(address)}: closed by this side`, {
    node: formatAddress(address),
  });
