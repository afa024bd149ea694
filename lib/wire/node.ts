import { AsbError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { Connection } from './connection.ts';
import { checkInfoValue, decodeInfoReply, encodeInfoRequest } from './info.ts';
import { describeResult } from './result-code.ts';
import type { Login } from './security/login.ts';
import type { Session } from './security/session.ts';
import type { TlsClient } from './security/tls-client.ts';

/** How a client and a node speak. */
export interface NodeOptions {
  /** For a connection to come about, in ms. */
  readonly connectTimeout: number;
  /** For an info command to be answered, in ms. */
  readonly infoTimeout: number;
  /** What opens connections with TLS; plain ones if left out. */
  readonly tls?: TlsClient | undefined;
  /** What connections begin with; nothing if left out. */
  readonly login?: Login | undefined;
}

/** One server of the cluster, by the address at which it was reached. */
export class ClusterNode {
  /** The name that the server gives itself. */
  readonly name: string;
  readonly address: Address;
  readonly #options: NodeOptions;
  readonly #session: Session | undefined;
  #info: Connection | undefined;
  #closed = false;
  /** The exchange under way: answers come in the order of the questions, one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    name: string,
    address: Address,
    options: NodeOptions,
    session: Session | undefined,
    info: Connection,
  ) {
    this.name = name;
    this.address = address;
    this.#options = options;
    this.#session = session;
    this.#info = info;
  }

  /**
   * Connects, logs in, and asks the node for its name.
   * @throws AsbError `NETWORK` if it can't be reached, or is not ready to serve yet; `AUTH` if it
   *   refuses the login, or wants one; `PROTOCOL` or `SERVER` if it does not say its name, as every
   *   node can
   */
  static async reach(address: Address, options: NodeOptions): Promise<ClusterNode> {
    const session = options.login?.session();
    const connection = await open(address, options, session);
    try {
      const node = new ClusterNode('', address, options, session, connection);
      const facts = await node.ask(['node', 'partition-generation']);
      if (facts.get('partition-generation') === '-1') throw notReady(address);
      const name = checkInfoValue('node', facts.get('node') ?? '', node.location);
      if (name === '') throw noName(address);
      return new ClusterNode(name, address, options, session, connection);
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

  /**
   * A connection of its own, for a scan or for writing; the user's, if there is a login.
   * @throws AsbError `NETWORK` if it does not come about; `AUTH` if the node refuses the login
   */
  connect(): Promise<Connection> {
    return open(this.address, this.#options, this.#session);
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
      await connection.exchange(request, this.#options.infoTimeout).finally(() => {
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
    const known = this.#info?.usable === true ? this.#info : undefined;
    const info = (this.#info = known ?? (await this.connect()));
    if (this.#closed) {
      info.destroy();
      throw closed(this.address);
    }
    const body = await info.exchange(encodeInfoRequest(commands), this.#options.infoTimeout);
    const refusal = refusalIn(body);
    if (refusal === undefined) return decodeInfoReply(body, commands);
    info.destroy();
    if (known === undefined || this.#session === undefined) throw refused(this.address, refusal);
    return this.#exchange(commands); // over a connection of a session that is not over
  }
}

const open = async (
  address: Address,
  { connectTimeout: timeout, tls }: NodeOptions,
  session: Session | undefined,
): Promise<Connection> => {
  const connection = await Connection.open(address, { timeout, tls });
  if (session === undefined) return connection;
  try {
    await session.begin(connection);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
};

/**
 * A node that knows users answers all commands at once with a refusal, on a connection that nobody
 * has logged in on, or whose session is over.
 * @returns the result code, if the body of an answer is a refusal
 */
const refusalIn = (body: Buffer): number | undefined => {
  const code = /^ERROR:(\d+):[^\t]*$/.exec(body.toString('latin1'))?.[1];
  return code === undefined ? undefined : Number(code);
};

const refused = (address: Address, resultCode: number): AsbError => {
  const node = formatAddress(address);
  const what = `${node} answers nobody who has not logged in: ${describeResult(resultCode)}`;
  return new AsbError('AUTH', `${what}; give --user and --password`, { node, resultCode });
};

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
