/** Who logs in, and how. */
import { AsbError } from '../../errors.ts';

/**
 * `INTERNAL`: the server knows the password's hash. `EXTERNAL`: it asks another (LDAP), and gets the
 * password itself, so only over TLS; `EXTERNAL_INSECURE`: also without. `PKI`: the client's
 * certificate says who it is.
 */
export const AUTH_MODES = ['INTERNAL', 'EXTERNAL', 'EXTERNAL_INSECURE', 'PKI'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** Longest name of a user, in bytes, as the server has it. */
export const MAX_USER_SIZE = 63;

export interface CredentialOptions {
  /** Name of the user. No login if left out, but with `auth: 'PKI'`. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Default `INTERNAL`. */
  readonly auth?: AuthMode | undefined;
}

export interface PasswordCredentials {
  readonly auth: Exclude<AuthMode, 'PKI'>;
  readonly user: string;
  readonly password: string;
}

export type Credentials = PasswordCredentials | { readonly auth: 'PKI' };

/** What is known of TLS, as far as credentials depend on it. */
export interface TlsFacts {
  /** Whether there is a client certificate. */
  readonly hasCertificate: boolean;
}

/**
 * Looks whether the options go together.
 *
 * @param tls `undefined` if connections are plain
 * @returns `undefined` if there is nobody to log in
 * @throws AsbError `USAGE`
 */
export const credentialsOf = (
  { user, password, auth = 'INTERNAL' }: CredentialOptions,
  tls: TlsFacts | undefined,
): Credentials | undefined => {
  if (auth === 'PKI') {
    if (user !== undefined || password !== undefined) {
      throw usage('PKI takes no user and no password: the certificate says who logs in');
    }
    if (tls?.hasCertificate !== true) {
      throw usage('PKI needs TLS with a certificate: --tls-enable, --tls-certfile, --tls-keyfile');
    }
    return { auth };
  }
  if (user === undefined) {
    if (password !== undefined) throw usage('a password needs a user: --user');
    if (auth !== 'INTERNAL') throw usage(`login ${auth} needs a user: --user`);
    return undefined;
  }
  if (user === '' || Buffer.byteLength(user) > MAX_USER_SIZE) {
    throw usage(`a user's name has 1 to ${MAX_USER_SIZE} bytes`);
  }
  if (password === undefined) throw usage(`user ${user} needs a password: --password`);
  if (auth === 'EXTERNAL' && tls === undefined) {
    throw usage(
      'EXTERNAL sends the password itself, so it needs TLS (--tls-enable); EXTERNAL_INSECURE sends it in the open',
    );
  }
  return { auth, user, password };
};

const usage = (message: string): AsbError => new AsbError('USAGE', message);
