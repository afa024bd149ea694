import { createHash, timingSafeEqual } from 'node:crypto';
import { AsbError } from '../../errors.ts';
import { hashPassword } from '../../wire/security/password-hash.ts';
import { Result } from '../result.ts';
import { type Permission, permissionsOf } from './roles.ts';

/** Somebody who may log in. */
export interface SandboxUser {
  readonly name: string;
  /** Left out: the user has no password, and logs in with a certificate (PKI). */
  readonly password?: string;
  /** The server's own roles: `read`, `read-write`, `data-admin` … */
  readonly roles: readonly string[];
  /** The user stands for one of LDAP, whose client sends the password itself. Default false. */
  readonly external?: boolean;
}

/** What a client shows to log in. */
export interface Credentials {
  readonly name: string;
  /** bcrypt hash of the password. */
  readonly credential?: Uint8Array | undefined;
  /** The password itself. */
  readonly clearPassword?: Uint8Array | undefined;
}

/** A user, and whether somebody is it. */
export class User {
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<Permission>;
  readonly #password: string | undefined;
  readonly #external: boolean;
  #hash: Promise<string> | undefined;

  /** @throws AsbError `USAGE` for a role that the server does not have */
  constructor(options: SandboxUser) {
    this.name = options.name;
    this.roles = options.roles;
    this.permissions = permissionsOf(options.roles);
    this.#password = options.password;
    this.#external = options.external ?? false;
  }

  /** `OK`, or the result code of a login that is refused. */
  async check({ credential, clearPassword }: Credentials): Promise<number> {
    // The server takes an external login for external users only, and their hash for nothing.
    if (this.#external !== (clearPassword !== undefined)) return Result.INVALID_CREDENTIAL;
    if (this.#password === undefined) return Result.INVALID_CREDENTIAL;
    if (clearPassword !== undefined) {
      return isSame(clearPassword, this.#password) ? Result.OK : Result.LDAP_AUTHENTICATION;
    }
    this.#hash ??= hashPassword(this.#password); // slow on purpose: once, when it is needed
    const isRight = credential !== undefined && isSame(credential, await this.#hash);
    return isRight ? Result.OK : Result.INVALID_CREDENTIAL;
  }
}

/** In a time that does not tell where they differ. */
const isSame = (given: Uint8Array, right: string): boolean =>
  timingSafeEqual(sha256(given), sha256(right));

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/**
 * The users by name.
 * @throws AsbError `USAGE` for a name that is empty or there twice, or a role that there is not
 */
export const makeUsers = (options: readonly SandboxUser[]): ReadonlyMap<string, User> => {
  const users = new Map<string, User>();
  for (const user of options) {
    if (user.name === '' || users.has(user.name)) {
      throw new AsbError('USAGE', `a user's name "${user.name}" is empty or there twice`, {
        expected: 'a name for each user',
      });
    }
    users.set(user.name, new User(user));
  }
  return users;
};
