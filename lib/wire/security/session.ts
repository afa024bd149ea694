import { codeOf } from '../../errors.ts';
import type { Connection } from '../connection.ts';

/** A session as a node grants it. */
export interface SessionGrant {
  readonly token: Uint8Array;
  /** Seconds until the token expires; 0: never, or not told. */
  readonly ttl: number;
}

/** Asks a node for sessions, and shows it their tokens; see {@link Login}. */
export interface SessionSource {
  ask(connection: Connection): Promise<SessionGrant | undefined>;
  show(connection: Connection, token: Uint8Array): Promise<boolean>;
}

/** A token is renewed so long before it expires, in seconds, as the C client does. */
const RENEW_EARLY = 60;

/**
 * The session with one node. The first connection logs in, the others show the token; when it is
 * about to expire, or the node does not accept it any more, the next connection logs in anew. So
 * no timer is needed.
 */
export class Session {
  readonly #source: SessionSource;
  readonly #now: () => number;
  #token: Uint8Array | undefined;
  /** By the clock. */
  #renewAt = 0;
  /** The node knows no users. */
  #needless = false;
  /** The login under way: others wait for its token. */
  #asking: Promise<void> | undefined;

  /** @param now a clock that never goes back, in ms */
  constructor(source: SessionSource, now: () => number = () => performance.now()) {
    this.#source = source;
    this.#now = now;
  }

  /**
   * Makes a new connection the user's.
   * @throws AsbError `AUTH` if the node refuses the login; `NETWORK`, `PROTOCOL`
   */
  async begin(connection: Connection): Promise<void> {
    while (this.#asking !== undefined) await this.#othersAsk(this.#asking);
    if (this.#needless) return;
    const token = this.#now() < this.#renewAt ? this.#token : undefined;
    if (token !== undefined && (await this.#source.show(connection, token))) return;
    const asking = this.#ask(connection);
    this.#asking = asking;
    try {
      await asking;
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /**
   * What the network did to another connection need not happen to this one; but one refusal is
   * enough: many in a row could lock the user out.
   */
  async #othersAsk(asking: Promise<void>): Promise<void> {
    try {
      await asking;
    } catch (error) {
      if (codeOf(error) === 'AUTH') throw error;
    }
  }

  async #ask(connection: Connection): Promise<void> {
    const grant = await this.#source.ask(connection);
    this.#needless = grant === undefined;
    if (grant === undefined) return;
    const { token, ttl } = grant;
    const validFor = Math.max(ttl - RENEW_EARLY, ttl / 2);
    this.#token = token;
    this.#renewAt = ttl === 0 ? Number.POSITIVE_INFINITY : this.#now() + validFor * 1000;
  }
}
