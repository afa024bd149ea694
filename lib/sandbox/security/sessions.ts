import { randomBytes } from 'node:crypto';
import { AsbError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { Result } from '../result.ts';
import type { User } from './users.ts';

/** ms for which the server lets a token stand if nothing else is configured. */
export const DEFAULT_SESSION_TTL = 24 * 3600 * 1000;
/** Sessions of a node; the oldest make room. */
export const MAX_SESSIONS = 10_000;

const MIN_SESSION_TTL = 1000;
/** What a u32 holds, in seconds. */
const MAX_SESSION_TTL = 0xffffffff * 1000;
/** Bytes. */
const TOKEN_SIZE = 64;

interface Session {
  readonly user: User;
  /** By the clock, in ms. */
  readonly end: number;
}

/** The tokens that one node gave out. They end with it, and with their time. */
export class Sessions {
  readonly #clock: Clock;
  readonly #ttl: number;
  readonly #sessions = new Map<string, Session>();

  /**
   * @param ttl ms
   * @throws AsbError `USAGE` for one below a second, or beyond what the wire can say
   */
  constructor(clock: Clock, ttl: number) {
    if (!(ttl >= MIN_SESSION_TTL && ttl <= MAX_SESSION_TTL)) {
      const expected = `${MIN_SESSION_TTL} ms or more`;
      throw new AsbError('USAGE', `a session lasts ${expected}, not ${ttl} ms`, { expected });
    }
    this.#clock = clock;
    this.#ttl = ttl;
  }

  /** Begins a session. */
  open(user: User): { readonly token: Buffer; readonly ttlSeconds: number } {
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= MAX_SESSIONS) this.#sessions.delete(oldest);
    const token = randomBytes(TOKEN_SIZE);
    this.#sessions.set(token.toString('hex'), { user, end: this.#clock.now() + this.#ttl });
    return { token, ttlSeconds: Math.floor(this.#ttl / 1000) };
  }

  /** Whose session it is, or the result code of a token that does not count (any more). */
  userOf(token: Uint8Array): User | number {
    const session = this.#sessions.get(Buffer.from(token).toString('hex'));
    if (session === undefined) return Result.INVALID_CREDENTIAL;
    return this.#clock.now() < session.end ? session.user : Result.EXPIRED_SESSION;
  }
}
