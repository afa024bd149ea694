import t from 'tap';
import { explainTls } from '../../../lib/wire/security/tls-failure.ts';

const failure = (code: string, message = 'x', facts: object = {}): Error =>
  Object.assign(new Error(message), { code, ...facts });

/** Codes of Node and OpenSSL, of several versions, and a word of what they mean. */
t.test('what each failure means', async (t) => {
  const rows: readonly [string, RegExp][] = [
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /--tls-cafile/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /--tls-cafile/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /--tls-cafile/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /--tls-cafile/],
    ['CERT_NOT_YET_VALID', /not valid yet/],
    ['CERT_REVOKED', /revoked/],
    ['INVALID_PURPOSE', /not for servers/],
    ['UNABLE_TO_GET_CRL', /revocation list/],
    ['CRL_HAS_EXPIRED', /out of date/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /wants a client certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /refused the client certificate/],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', /refused the client certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', /refused the client certificate/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /--tls-protocols/],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', /--tls-protocols/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /--tls-cipher-suite/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', /does not speak TLS/],
  ];
  for (const [code, what] of rows) {
    t.match(explainTls(failure(code), 'name'), { what, expected: String }, code);
  }
});

t.test('names, and what is not known', async (t) => {
  const name = failure('ERR_TLS_CERT_ALTNAME_INVALID', 'long', { reason: 'short' });
  t.match(explainTls(name, 'sandbox'), { what: /"sandbox": short/, expected: /sandbox/ });
  t.match(explainTls(failure('ERR_SSL_ODD', 'words'), 'x'), { what: /words/ });
  t.match(explainTls(failure('ERR_SSL_ODD', 'words', { reason: 7 }), 'x'), { what: /words/ });
  const early = 'Client network socket disconnected before secure TLS connection was established';
  t.match(explainTls(failure('ECONNRESET', early), 'x'), { what: /closed/ });
  t.equal(explainTls(failure('ECONNRESET', 'read ECONNRESET'), 'x'), undefined);
  t.equal(explainTls('words', 'x'), undefined);
});
