import t from 'tap';
import {
  type CredentialOptions,
  credentialsOf,
  MAX_USER_SIZE,
} from '../../../lib/wire/security/credentials.ts';

const PLAIN = undefined;
const TLS = { hasCertificate: false };
const MUTUAL = { hasCertificate: true };
const ANN = { user: 'ann', password: 'secret' };

t.test('who logs in', async (t) => {
  const rows: readonly [CredentialOptions, typeof TLS | undefined, object | undefined][] = [
    [{}, PLAIN, undefined],
    [{ auth: 'INTERNAL' }, TLS, undefined],
    [ANN, PLAIN, { ...ANN, auth: 'INTERNAL' }],
    [{ ...ANN, password: '' }, PLAIN, { user: 'ann', password: '', auth: 'INTERNAL' }],
    [{ ...ANN, auth: 'EXTERNAL' }, TLS, { ...ANN, auth: 'EXTERNAL' }],
    [{ ...ANN, auth: 'EXTERNAL_INSECURE' }, PLAIN, { ...ANN, auth: 'EXTERNAL_INSECURE' }],
    [{ auth: 'PKI' }, MUTUAL, { auth: 'PKI' }],
  ];
  for (const [options, tls, expected] of rows) {
    t.strictSame(credentialsOf(options, tls), expected, JSON.stringify(options));
  }
});

t.test('what does not go together', async (t) => {
  const rows: readonly [CredentialOptions, typeof TLS | undefined][] = [
    [{ user: 'ann' }, TLS],
    [{ password: 'secret' }, TLS],
    [{ auth: 'EXTERNAL' }, TLS],
    [{ ...ANN, user: '' }, TLS],
    [{ ...ANN, user: 'ü'.repeat(MAX_USER_SIZE) }, TLS],
    [{ ...ANN, auth: 'EXTERNAL' }, PLAIN],
    [{ auth: 'PKI' }, PLAIN],
    [{ auth: 'PKI' }, TLS],
    [{ auth: 'PKI', user: 'ann' }, MUTUAL],
    [{ auth: 'PKI', password: 'secret' }, MUTUAL],
  ];
  for (const [options, tls] of rows) {
    const message = /^(?!.*secret)/; // a password is never shown
    t.throws(() => credentialsOf(options, tls), { code: 'USAGE', message });
  }
});
