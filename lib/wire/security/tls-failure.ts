/** What Node and OpenSSL say when TLS fails, for people: what is wrong, and which option mends it. */
import { codeOf, messageOf } from '../../errors.ts';

export interface TlsFailure {
  readonly what: string;
  /** What would have been right. */
  readonly expected: string;
}

const UNTRUSTED = {
  what: 'no trusted CA signed its certificate; give the CA with --tls-cafile or --tls-capath',
  expected: 'a certificate of a trusted CA',
};

const NO_TLS = {
  what: 'it does not speak TLS at this port; leave out --tls-enable, or give the port that does',
  expected: 'a port with TLS',
};

const NO_VERSION = {
  what: 'it speaks none of the allowed versions of TLS; see --tls-protocols',
  expected: 'TLSv1.2 or TLSv1.3',
};

const NO_CERTIFICATE = {
  what: 'it wants a client certificate; give --tls-certfile and --tls-keyfile',
  expected: 'a client certificate',
};

const REFUSED_CERTIFICATE = {
  what: 'it refused the client certificate; see --tls-certfile',
  expected: 'a client certificate that the server trusts',
};

const NO_CRL = {
  what: 'there is no revocation list of every CA above its certificate; add them to --tls-capath or --tls-cafile',
  expected: 'a revocation list of each CA',
};

/** By the end of the code: Node gives OpenSSL's words, which differ in what comes before. */
const FAILURES: readonly (readonly [RegExp, TlsFailure])[] = [
  [/^UNABLE_TO_VERIFY_LEAF|SELF_SIGNED|^UNABLE_TO_GET_ISSUER|^CERT_UNTRUSTED/, UNTRUSTED],
  [
    /^CERT_HAS_EXPIRED|^CERT_NOT_YET_VALID/,
    {
      what: 'its certificate has expired, or is not valid yet; look at the clocks',
      expected: 'a certificate that is valid now',
    },
  ],
  [
    /^INVALID_PURPOSE/,
    { what: 'its certificate is not for servers', expected: 'a certificate for servers' },
  ],
  [/^CERT_REVOKED/, { what: 'its certificate is revoked', expected: 'one that is not' }],
  [/^UNABLE_TO_GET_CRL/, NO_CRL],
  [
    /^CRL_/,
    {
      what: 'a revocation list in --tls-capath or --tls-cafile is out of date, or damaged',
      expected: 'a revocation list that is valid now',
    },
  ],
  [/CERTIFICATE_REQUIRED$/, NO_CERTIFICATE],
  [
    /ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)$/,
    REFUSED_CERTIFICATE,
  ],
  [/PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL$|NO_PROTOCOLS_AVAILABLE$/, NO_VERSION],
  [
    /HANDSHAKE_FAILURE$|INSUFFICIENT_SECURITY$/,
    {
      what:
        'it found no version and cipher in common, or wants a client certificate; ' +
        'see --tls-protocols, --tls-cipher-suite and --tls-certfile',
      expected: 'a version and a cipher in common',
    },
  ],
  [/WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|UNEXPECTED_MESSAGE$/, NO_TLS],
];

/** Node's words for a connection that ends while TLS is set up; there is no code of its own. */
const EARLY_END = /before secure TLS connection/;

/**
 * Explains an error of a TLS socket.
 *
 * @param name that the certificate had to have
 * @returns `undefined` if TLS was not the reason
 */
export const explainTls = (error: unknown, name: string): TlsFailure | undefined => {
  const code = codeOf(error) ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const expected = `a certificate for ${name}`;
    const what = `its certificate is not for "${name}": ${reasonOf(error)}; see --tls-name`;
    return { what, expected };
  }
  const known = FAILURES.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return known[1];
  if (EARLY_END.test(messageOf(error))) {
    return {
      what: 'it closed the connection while TLS was set up; does it speak TLS at this port?',
      expected: NO_TLS.expected,
    };
  }
  if (!code.startsWith('ERR_SSL_')) return undefined;
  return { what: `TLS failed: ${reasonOf(error)}`, expected: 'a TLS connection' };
};

/** OpenSSL's messages have places in its source around what they say. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && 'reason' in error && typeof error.reason === 'string'
    ? error.reason
    : messageOf(error);
