import { AsbError } from '../../errors.ts';
import {
  AUTH_MODES,
  type CredentialOptions,
  credentialsOf,
} from '../../wire/security/credentials.ts';
import type { TlsOptions } from '../../wire/security/tls-options.ts';
import type { Given } from '../given.ts';
import { choice, flag, namesOf, type Option, secret, text } from '../option.ts';
import { type AskSecret, readSecret } from '../secret.ts';

const login = 'Login:';
const tls = 'TLS:';

export const user = text({
  name: 'user',
  alias: ['U'],
  group: login,
  describe: 'Who logs in; nobody, if left out',
  expected: 'the name of a user',
});

export const password = secret({
  name: 'password',
  alias: ['P'],
  group: login,
  describe: "The user's password",
});

export const auth = choice({
  name: 'auth',
  alias: ['A'],
  group: login,
  describe:
    'INTERNAL: the cluster knows the password (default); EXTERNAL: it asks LDAP, over TLS; ' +
    'EXTERNAL_INSECURE: also without; PKI: the client certificate says who logs in',
  words: AUTH_MODES,
  ignoreCase: true,
});

export const tlsEnable = flag({
  name: 'tls-enable',
  group: tls,
  describe: 'Speak TLS with all nodes',
});

export const tlsName = text({
  name: 'tls-name',
  group: tls,
  describe: 'Name in the certificates of hosts that name none (default: the host)',
  expected: 'the name in a certificate',
});

export const tlsCafile = text({
  name: 'tls-cafile',
  group: tls,
  isPemFile: true,
  describe: 'PEM file with the CAs that are trusted (default: those that Node brings)',
  expected: 'a PEM file',
});

export const tlsCapath = text({
  name: 'tls-capath',
  group: tls,
  describe: 'Directory of such files',
  expected: 'a directory',
});

export const tlsCertfile = text({
  name: 'tls-certfile',
  group: tls,
  isPemFile: true,
  describe: "PEM file with the client's certificate, and those above it",
  expected: 'a PEM file',
});

export const tlsKeyfile = text({
  name: 'tls-keyfile',
  group: tls,
  isPemFile: true,
  describe: 'PEM file with the private key of that certificate',
  expected: 'a PEM file',
});

export const tlsKeyfilePassword = secret({
  name: 'tls-keyfile-password',
  group: tls,
  describe: 'Password of the private key',
});

export const tlsProtocols = text({
  name: 'tls-protocols',
  group: tls,
  describe:
    'Versions as Apache has them, "-all +TLSv1.2" or "TLSv1.3" (default: TLSv1.2 and TLSv1.3)',
  expected: 'versions of TLS',
});

export const tlsCipherSuite = text({
  name: 'tls-cipher-suite',
  group: tls,
  describe: 'Ciphers by their OpenSSL names, with colons between',
  expected: 'names of ciphers, with colons between',
});

export const tlsCrlCheck = flag({
  name: 'tls-crl-check',
  group: tls,
  describe: 'Refuse certificates that a revocation list has, in --tls-cafile or --tls-capath',
});

export const tlsCrlCheckAll = flag({
  name: 'tls-crl-checkall',
  alias: ['tls-crl-check-all'],
  group: tls,
  describe: 'The same: all certificates up to the CA are looked at in any case',
});

export const tlsCertBlacklist = text({
  name: 'tls-cert-blacklist',
  group: tls,
  describe: 'Not supported, and deprecated by asbackup: use --tls-crl-check',
  expected: 'nothing: use --tls-crl-check',
});

export const tlsLogSessionInfo = flag({
  name: 'tls-log-session-info',
  group: tls,
  describe: 'Tell the version and the cipher of each connection',
});

const tlsOptions: readonly Option<unknown>[] = [
  tlsName,
  tlsCafile,
  tlsCapath,
  tlsCertfile,
  tlsKeyfile,
  tlsKeyfilePassword,
  tlsProtocols,
  tlsCipherSuite,
  tlsCrlCheck,
  tlsCrlCheckAll,
  tlsCertBlacklist,
  tlsLogSessionInfo,
];

export const securityOptions: readonly Option<unknown>[] = [
  user,
  password,
  auth,
  tlsEnable,
  ...tlsOptions,
];

/**
 * What the command line says of login and TLS. Passwords are read now, and asked for; that of a user
 * who gives none is asked for, too, as asbackup does.
 *
 * @throws AsbError `USAGE` for options that do not go together, and passwords that can't be had
 */
export const securityOf = async (given: Given, ask: AskSecret) => {
  checkTogether(given);
  return { ...(await loginOf(given, ask)), ...(await tlsOf(given, ask)) };
};

/** Before anybody is asked anything. */
const checkTogether = (given: Given): void => {
  for (const option of tlsOptions) given.needs(option, tlsEnable);
  given.needs(tlsKeyfilePassword, tlsKeyfile);
  given.needs(tlsKeyfile, tlsCertfile);
  given.needs(tlsCertfile, tlsKeyfile);
  if (given.has(tlsCertBlacklist)) {
    const names = namesOf(tlsCertBlacklist);
    const expected = namesOf(tlsCrlCheck);
    throw new AsbError('USAGE', `${names} is not supported; revoke them, and use ${expected}`, {
      expected,
    });
  }
  const hasPassword = given.has(password) || given.has(user);
  credentialsOf(
    { user: given.value(user), auth: given.value(auth), password: hasPassword ? '' : undefined },
    given.has(tlsEnable) ? { hasCertificate: given.has(tlsCertfile) } : undefined,
  );
};

const loginOf = async (given: Given, ask: AskSecret): Promise<CredentialOptions> => {
  const name = given.value(user);
  const mode = given.value(auth);
  if (name === undefined) return { auth: mode };
  const read = await passwordOf(given, password, `password of ${name}`, ask);
  return { auth: mode, user: name, password: read };
};

/** What the Secret Agent gave is the password itself, also if it begins as `env:` does. */
const passwordOf = async (
  given: Given,
  option: typeof password,
  question: string,
  ask: AskSecret,
): Promise<string> => {
  const source = given.value(option) ?? '';
  return given.isSecret(option) ? source : readSecret(option, source, question, ask);
};

const tlsOf = async (given: Given, ask: AskSecret): Promise<{ readonly tls?: TlsOptions }> => {
  if (!given.has(tlsEnable)) return {};
  const keyfile = given.isSecret(tlsKeyfile) ? 'the private key' : given.value(tlsKeyfile);
  const keyfilePassword = given.has(tlsKeyfilePassword)
    ? await passwordOf(given, tlsKeyfilePassword, `password of ${keyfile}`, ask)
    : undefined;
  return {
    tls: {
      name: given.value(tlsName),
      cafile: given.value(tlsCafile),
      capath: given.value(tlsCapath),
      certfile: given.value(tlsCertfile),
      keyfile: given.value(tlsKeyfile),
      keyfilePassword,
      protocols: given.value(tlsProtocols),
      cipherSuite: given.value(tlsCipherSuite),
      crlCheck: given.value(tlsCrlCheck),
      crlCheckAll: given.value(tlsCrlCheckAll),
      logSessionInfo: given.value(tlsLogSessionInfo),
    },
  };
};
