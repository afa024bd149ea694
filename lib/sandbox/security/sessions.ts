import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Result } from '../result.ts';
import type { User } from './users.ts';

/** ms for which the server lets a token stand if nothing else is configured. */
export const DEFAULT_SESSION_TTL = 24 * 3600 * 1000;

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

  /** @param ttl ms */
  constructor(clock: Clock, ttl: number) {
    this.#clock = clock;
    this.#ttl = ttl;
  }

  /** Begins a session. */
  open(user: User): { readonly token: Buffer; readonly ttlSeconds: number } {
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
