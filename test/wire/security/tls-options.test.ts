import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { readSecureContext, type TlsOptions } from '../../../lib/wire/security/tls-options.ts';
import { CLIENT, tlsPath, tlsText } from '../../helpers/tls.ts';

const WEAK = tlsPath('weak.pem');
const LOCKED = tlsPath('client-encrypted.key');

t.test('what fits together', async (t) => {
  const directory = t.testdir({
    path: {
      'ca.pem': tlsText('ca.pem'),
      'crl.pem': tlsText('crl.pem'),
      'copy.0': tlsText('ca.pem'),
    },
    'both.pem': `${tlsText('ca.pem')}${tlsText('crl.pem')}`,
  });
  const capath = join(directory, 'path');
  const rows: readonly TlsOptions[] = [
    {},
    { cafile: CLIENT.cafile },
    { capath },
    { cafile: CLIENT.cafile, capath, crlCheck: true },
    { cafile: join(directory, 'both.pem'), crlCheckAll: true },
    CLIENT,
    { ...CLIENT, keyfilePassword: 'not needed' },
    { ...CLIENT, keyfile: LOCKED, keyfilePassword: 'open-sesame' },
    { protocols: 'TLSv1.2', cipherSuite: 'ECDHE-ECDSA-AES128-GCM-SHA256:AES256-SHA' },
  ];
  for (const options of rows) {
    t.ok((await readSecureContext(options)).context, JSON.stringify(options));
  }
});

t.test('what does not', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const directory = t.testdir({
    empty: {},
    'broken.pem': tlsText('ca.pem').replace('MII', 'AAA'),
    'locked.key': privateKey,
    'list.pem': tlsText('ca.pem') + tlsText('crl.pem').replace('\nM', '\nA'),
  });
  const broken = join(directory, 'broken.pem');
  const locked = join(directory, 'locked.key');
  const rows: readonly [TlsOptions, string, string?][] = [
    [{ cafile: tlsPath('crl.pem') }, 'KEY', tlsPath('crl.pem')],
    [{ capath: join(directory, 'empty') }, 'KEY', join(directory, 'empty')],
    [{ cafile: broken }, 'KEY', broken],
    [{ ...CLIENT, crlCheck: true }, 'KEY', CLIENT.cafile],
    [{ crlCheckAll: true }, 'KEY'],
    [{ cafile: join(directory, 'list.pem'), crlCheck: true }, 'KEY', join(directory, 'list.pem')],
    [{ certfile: WEAK, keyfile: tlsPath('weak.key') }, 'KEY', WEAK],
    [{ certfile: CLIENT.certfile }, 'USAGE'],
    [{ keyfile: CLIENT.keyfile }, 'USAGE'],
    [{ keyfilePassword: 'secret' }, 'USAGE'],
    [{ ...CLIENT, certfile: CLIENT.keyfile }, 'KEY', CLIENT.keyfile],
    [{ ...CLIENT, certfile: broken }, 'KEY', broken],
    [{ ...CLIENT, keyfile: CLIENT.certfile }, 'KEY', CLIENT.certfile],
    [{ ...CLIENT, keyfile: tlsPath('server.key') }, 'KEY', tlsPath('server.key')],
    [{ ...CLIENT, keyfile: LOCKED }, 'KEY', LOCKED],
    [{ ...CLIENT, keyfile: LOCKED, keyfilePassword: 'secret' }, 'KEY', LOCKED],
    [{ ...CLIENT, keyfile: locked }, 'KEY', locked],
    [{ cipherSuite: 'rot13' }, 'USAGE'],
    [{ protocols: 'SSLv3' }, 'USAGE'],
  ];
  for (const [options, code, file] of rows) {
    const error = {
      code,
      message: /^(?!.*secret)/,
      ...(file === undefined ? {} : { facts: { file } }),
    };
    await t.rejects(readSecureContext(options), error, JSON.stringify(options));
  }
});

t.test('texts in the place of files, which no message shows', async (t) => {
  const texts = {
    cafile: tlsText('ca.pem'),
    certfile: tlsText('client.pem'),
    keyfile: tlsText('client.key'),
  };
  t.ok((await readSecureContext(texts)).context);
  const locked = { keyfile: tlsText('client-encrypted.key'), keyfilePassword: 'open-sesame' };
  t.ok((await readSecureContext({ ...texts, ...locked })).context);
  const rows: readonly TlsOptions[] = [
    { cafile: texts.keyfile },
    { cafile: texts.cafile.replace('MII', 'AAA') },
    { cafile: texts.cafile, crlCheck: true },
    { ...texts, certfile: texts.keyfile },
    { ...texts, keyfile: tlsText('server.key') },
    { ...texts, keyfile: texts.certfile },
    { ...texts, keyfile: locked.keyfile },
    { certfile: tlsText('weak.pem'), keyfile: tlsText('weak.key') },
  ];
  for (const options of rows) {
    const message = /^(?![\s\S]*(?:BEGIN|MI))/;
    const facts = { file: 'the PEM text given' };
    await t.rejects(readSecureContext(options), { code: 'KEY', message, facts });
  }
});
