import { AsbError } from '../../errors.ts';
import type { Connection } from '../connection.ts';
import { atNode } from '../node-error.ts';
import { describeResult, ResultCode } from '../result-code.ts';
import {
  AdminCommand,
  AdminField,
  decodeAdminMessage,
  encodeAdminRequest,
} from './admin-message.ts';
import type { Credentials } from './credentials.ts';
import { hashPassword } from './password-hash.ts';
import { Session, type SessionGrant } from './session.ts';

export interface LoginOptions {
  readonly credentials: Credentials;
  /** ms for a node to answer. */
  readonly timeout: number;
  /** Told once if the cluster wants no login. */
  readonly onNotice?: (notice: string) => void;
  /** A clock that never goes back, in ms; for tests. */
  readonly now?: () => number;
}

/** Results with which a node says that it knows no users. */
const NEEDLESS: readonly number[] = [
  ResultCode.SECURITY_NOT_SUPPORTED,
  ResultCode.SECURITY_NOT_ENABLED,
];

/** The results that other credentials would mend. */
const WRONG: readonly number[] = [
  ResultCode.INVALID_USER,
  ResultCode.INVALID_PASSWORD,
  ResultCode.INVALID_CREDENTIAL,
];

/** A user's login to the nodes of a cluster. No message shows a password, a hash or a token. */
export class Login {
  readonly #options: LoginOptions;
  /** Hashing takes long, so it is done once, and only if somebody asks. */
  #hash: Promise<string> | undefined;
  #told = false;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** With one node: each is logged in to by itself. */
  session(): Session {
    return new Session(this, this.#options.now);
  }

  /**
   * Asks for a session; the connection is the user's then.
   *
   * @returns `undefined` if the node knows no users: then no connection needs a login
   * @throws AsbError `AUTH` if the node refuses; `NETWORK` if the connection ends first; `PROTOCOL`
   *   for nonsense
   */
  async ask(connection: Connection): Promise<SessionGrant | undefined> {
    const { result, fields } = await this.#exchange(connection, await this.#request());
    if (NEEDLESS.includes(result)) {
      this.#tellNeedless(result);
      return undefined;
    }
    if (result !== ResultCode.OK) throw this.#refused(connection.node, result);
    const token = fields.get(AdminField.SESSION_TOKEN);
    const ttl = fields.get(AdminField.SESSION_TTL);
    if (token === undefined || (ttl !== undefined && ttl.length !== 4)) {
      throw new AsbError('PROTOCOL', `${connection.node}: the answer to a login has no session`, {
        node: connection.node,
        expected: 'a token, and its time to live in 4 bytes',
      });
    }
    return { token, ttl: ttl?.readUInt32BE() ?? 0 };
  }

  /**
   * Shows the token of a session on a new connection.
   *
   * @returns whether the node accepts it
   * @throws AsbError `NETWORK`, `PROTOCOL`
   */
  async show(connection: Connection, token: Uint8Array): Promise<boolean> {
    const fields = this.#userField();
    fields.set(AdminField.SESSION_TOKEN, token);
    const request = encodeAdminRequest(AdminCommand.AUTHENTICATE, fields);
    const { result } = await this.#exchange(connection, request);
    return result === ResultCode.OK || NEEDLESS.includes(result);
  }

  async #exchange(connection: Connection, request: Uint8Array) {
    const body = await connection.exchange(request, this.#options.timeout);
    try {
      return decodeAdminMessage(body);
    } catch (error) {
      throw atNode(error, connection.node);
    }
  }

  async #request(): Promise<Buffer> {
    const { credentials } = this.#options;
    const fields = this.#userField();
    if (credentials.auth !== 'PKI') {
      fields.set(AdminField.CREDENTIAL, await (this.#hash ??= hashPassword(credentials.password)));
      if (credentials.auth !== 'INTERNAL') {
        fields.set(AdminField.CLEAR_PASSWORD, credentials.password);
      }
    }
    return encodeAdminRequest(AdminCommand.LOGIN, fields);
  }

  #userField(): Map<number, Uint8Array | string> {
    const { credentials } = this.#options;
    return new Map(credentials.auth === 'PKI' ? [] : [[AdminField.USER, credentials.user]]);
  }

  #tellNeedless(result: number): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.onNotice?.(`the cluster wants no login: ${describeResult(result)}`);
  }

  #refused(node: string, result: number): AsbError {
    const { credentials } = this.#options;
    const who = credentials.auth === 'PKI' ? 'by certificate' : `as ${credentials.user}`;
    const advice = WRONG.includes(result) ? '; check the user, the password and --auth' : '';
    return new AsbError(
      'AUTH',
      `${node}: login ${who} refused: ${describeResult(result)}${advice}`,
      { node, resultCode: result },
    );
  }
}
