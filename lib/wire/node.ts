import { AsbError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { Connection } from './connection.ts';
import { checkInfoValue, decodeInfoReply, encodeInfoRequest } from './info.ts';
import { ResultCode } from './result-code.ts';
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
      const name = checkName(facts.get('node') ?? '', address);
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
    if (this.#info?.usable !== true) this.#info = await this.connect();
    if (this.#closed) {
      this.#info.destroy();
      throw closed(this.address);
    }
    const body = await this.#info.exchange(encodeInfoRequest(commands), this.#options.infoTimeout);
    return decodeInfoReply(body, commands);
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

/** The first answer of a node: the one by which a client learns that it should have logged in. */
const checkName = (value: string, address: Address): string => {
  try {
    if (checkInfoValue('node', value, formatAddress(address)) !== '') return value;
  } catch (error) {
    const isLogin =
      error instanceof AsbError && error.facts.resultCode === ResultCode.NOT_AUTHENTICATED;
    throw isLogin ? noLogin(address, error) : error;
  }
  throw noName(address);
};

const noLogin = (address: Address, cause: AsbError): AsbError =>
  new AsbError('AUTH', `${formatAddress(address)} wants a login; give --user and --password`, {
    ...cause.facts,
    cause,
  });

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
