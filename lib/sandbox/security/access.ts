import { Result } from '../result.ts';
import type { Permission } from './roles.ts';
import type { User } from './users.ts';

/** What one connection may do. */
export class Access {
  readonly #secured: boolean;
  /** The common name of the client's certificate, if it showed one. */
  readonly clientName: string | undefined;
  /** Who has logged in. */
  user: User | undefined;

  /** @param secured false: everybody may do everything */
  constructor(secured: boolean, clientName?: string) {
    this.#secured = secured;
    this.clientName = clientName;
  }

  /** `OK`, or the result code for somebody who has not logged in. */
  get result(): number {
    return this.#secured && this.user === undefined ? Result.NOT_AUTHENTICATED : Result.OK;
  }

  /** `OK`, or the result code of a refusal. */
  resultFor(needed: readonly Permission[]): number {
    const { user } = this;
    if (this.result !== Result.OK || user === undefined) return this.result;
    const has = needed.every((permission) => user.permissions.has(permission));
    return has ? Result.OK : Result.ROLE_VIOLATION;
  }
}

/** Of a node without security. */
export const FULL_ACCESS: Access = new Access(false);
