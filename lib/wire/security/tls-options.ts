/** How connections are encrypted, as the peers' `--tls-…` options say it. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { AsbError, messageOf } from '../../errors.ts';
import { type PemFile, pemName, readPem, readPemDirectory } from './pem.ts';
import { parseProtocols } from './tls-protocols.ts';

export interface TlsOptions {
  /**
   * The name that a node's certificate must have, where neither the seed (`host:name:port`) nor the
   * cluster says one. Default: the host, as it was given.
   */
  readonly name?: string | undefined;
  /** PEM file with the CAs that are trusted, or its text. Default: those that Node brings. */
  readonly cafile?: string | undefined;
  /** Directory of such files; their names do not matter. */
  readonly capath?: string | undefined;
  /** PEM file with the client's certificate, and those between it and the CA; or its text. */
  readonly certfile?: string | undefined;
  /** PEM file with the certificate's private key, or its text. */
  readonly keyfile?: string | undefined;
  readonly keyfilePassword?: string | undefined;
  /** As Apache's SSLProtocol: `-all +TLSv1.2`. Default: TLS 1.2 and 1.3. */
  readonly protocols?: string | undefined;
  /** OpenSSL's list of ciphers, with colons between. One of TLS 1.2 alone rules out TLS 1.3. */
  readonly cipherSuite?: string | undefined;
  /**
   * Refuses a certificate that a revocation list in `cafile` or `capath` has. Each CA of the chain must
   * have one: OpenSSL as Node has it always looks at the whole chain.
   */
  readonly crlCheck?: boolean | undefined;
  /** The same as `crlCheck`, see there; for the peers, which look at the last certificate only. */
  readonly crlCheckAll?: boolean | undefined;
  /** Tells each connection's version of TLS and cipher as a notice. */
  readonly logSessionInfo?: boolean | undefined;
}

/**
 * Reads the files, and makes what connections share.
 *
 * @throws AsbError `KEY`, with the file, for one that can't be had, is none, or does not fit another;
 *   `USAGE` for protocols and ciphers that are none, and options that do not go together
 */
export const readSecureContext = async (options: TlsOptions): Promise<SecureContext> => {
  const { cipherSuite } = options;
  return createSecureContext({
    ...parseProtocols(options.protocols),
    ...(await readAuthorities(options)),
    ...(await readIdentity(options)),
    ...(cipherSuite === undefined ? {} : ciphersOf(cipherSuite)),
  });
};

const ciphersOf = (ciphers: string): SecureContextOptions => {
  try {
    createSecureContext({ ciphers });
    return { ciphers };
  } catch (cause) {
    throw new AsbError('USAGE', `--tls-cipher-suite: "${ciphers}" names no known cipher`, {
      expected: "OpenSSL's names of ciphers, with colons between",
      cause,
    });
  }
};

const readAuthorities = async ({
  cafile,
  capath,
  crlCheck = false,
  crlCheckAll = false,
}: TlsOptions): Promise<SecureContextOptions> => {
  const checksCrl = crlCheck || crlCheckAll;
  const sources = [
    ...(cafile === undefined ? [] : [await readPem(cafile, '--tls-cafile')]),
    ...(capath === undefined ? [] : await readPemDirectory(capath, '--tls-capath')),
  ];
  const ca = [...new Set(sources.flatMap(({ certificates }) => certificates))];
  const crl = [...new Set(sources.flatMap(({ crls }) => crls))];
  for (const source of sources) {
    checkCertificates(source);
    if (checksCrl) checkCrls(source);
  }
  if ((cafile !== undefined || capath !== undefined) && ca.length === 0) {
    throw noneIn('a certificate', cafile, capath);
  }
  if (checksCrl && crl.length === 0) throw noneIn('a revocation list', cafile, capath);
  return { ...(ca.length === 0 ? {} : { ca }), ...(checksCrl ? { crl } : {}) };
};

const readIdentity = async ({
  certfile,
  keyfile,
  keyfilePassword,
}: TlsOptions): Promise<SecureContextOptions> => {
  if (certfile === undefined && keyfile === undefined && keyfilePassword === undefined) return {};
  if (certfile === undefined || keyfile === undefined) {
    throw new AsbError('USAGE', '--tls-certfile and --tls-keyfile need each other', {
      expected: 'both, or none',
    });
  }
  const source = await readPem(certfile, '--tls-certfile');
  checkCertificates(source);
  const [certificate] = source.certificates;
  if (certificate === undefined) throw noneIn('a certificate', certfile, undefined);
  const key = await readKey(keyfile, keyfilePassword);
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    const file = pemName(keyfile);
    throw new AsbError(
      'KEY',
      `--tls-keyfile: ${file} is not the key of the first certificate in ${source.file}`,
      { file },
    );
  }
  const identity = {
    cert: source.certificates.join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }),
  };
  try {
    createSecureContext(identity);
    return identity;
  } catch (cause) {
    // Its key is too short, say.
    const { file } = source;
    throw new AsbError('KEY', `--tls-certfile: ${file} is refused: ${messageOf(cause)}`, {
      file,
      cause,
    });
  }
};

const readKey = async (keyfile: string, password: string | undefined): Promise<KeyObject> => {
  const { file, text } = await readPem(keyfile, '--tls-keyfile');
  try {
    return createPrivateKey({
      key: text,
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch (cause) {
    const isLocked = /ENCRYPTED/.test(text);
    const needs =
      password === undefined ? 'needs a password: --tls-keyfile-password' : 'refused the password';
    const what = isLocked ? needs : 'has no private key in PEM form';
    throw new AsbError('KEY', `--tls-keyfile: ${file} ${what}`, { file, cause });
  }
};

/** Node passes over what is no certificate. */
const checkCertificates = ({ file, certificates }: PemFile): void => {
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new AsbError('KEY', `${file}: certificate ${index + 1} in it is none`, { file, cause });
    }
  }
};

const checkCrls = ({ file, crls }: PemFile): void => {
  for (const [index, crl] of crls.entries()) {
    try {
      createSecureContext({ crl });
    } catch (cause) {
      throw new AsbError('KEY', `${file}: revocation list ${index + 1} in it is none`, {
        file,
        cause,
      });
    }
  }
};

const noneIn = (what: string, cafile: string | undefined, capath: string | undefined): AsbError => {
  const places = [cafile, capath].filter((place) => place !== undefined).map(pemName);
  const where = places.length === 0 ? '--tls-cafile or --tls-capath' : places.join(' or ');
  const [file] = places;
  return new AsbError('KEY', `there is no ${what.replace(/^a /, '')} in ${where}; expected PEM`, {
    expected: what,
    ...(file === undefined ? {} : { file }),
  });
};
