import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ED = generateKeyPairSync('ed25519').privateKey;
const X = generateKeyPairSync('x25519').privateKey;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const digestOf = (key: EncryptionKey): string => key.forMode('aes256').export().toString('hex');
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): string =>
  key.export({ type, format: 'pem' }).toString();

t.test('AES takes the first bytes of the SHA-256', async (t) => {
  const key = new EncryptionKey(Buffer.from('abc'));
  // FIPS 180-2, B.1
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  t.equal(digestOf(key), digest);
  t.equal(key.forMode('aes128').export().toString('hex'), digest.slice(0, 32));
  t.throws(() => new EncryptionKey(Buffer.alloc(0)), { code: 'KEY' });
});

for (const [name, key, own] of [
  ['RSA', RSA, 'pkcs1'],
  ['EC', EC, 'sec1'],
  ['Ed25519', ED, 'pkcs8'],
] as const) {
  t.test(`${name}: one key, however it is kept`, async (t) => {
    const digest = hashOf(key.export({ type: own, format: 'der' }));
    for (const type of new Set([own, 'pkcs8'] as const)) {
      const pem = pemOf(key, type);
      const forms: [string, string][] = [
        ['as it is', pem],
        ['with CR LF', pem.replaceAll('\n', '\r\n')],
        ['on one line', pem.replaceAll('\n', ' ')],
        ['without any break', pem.replaceAll('\n', '')],
        ['behind words and other blocks', `key\n-----BEGIN X-----\nAA==\n-----END X-----\n${pem}`],
      ];
      for (const [form, text] of forms) {
        t.equal(digestOf(EncryptionKey.fromPem(text)), digest, `${type} ${form}`);
      }
      t.equal(digestOf(EncryptionKey.fromDer(key.export({ type, format: 'der' }))), digest);
    }
  });
}

t.test('what is no key is refused, and not shown', async (t) => {
  const cipher = { cipher: 'aes-128-cbc', passphrase: 'secret' };
  const locked = RSA.export({ type: 'pkcs8', format: 'der', ...cipher });
  const pem = pemOf(RSA, 'pkcs8');
  const body = pem.split('\n')[1]!;
  const cases: [string, () => EncryptionKey, RegExp][] = [
    ['words', () => EncryptionKey.fromPem('a secret'), /PEM/],
    ['a public key', () => EncryptionKey.fromPem(pem.replaceAll('PRIVATE', 'PUBLIC')), /PEM/],
    ['half a key', () => EncryptionKey.fromPem(pem.slice(0, -20)), /PEM/],
    ['a damaged key', () => EncryptionKey.fromPem(pem.replace(body, '')), /no private key/],
    ['another kind', () => EncryptionKey.fromPem(pemOf(X, 'pkcs8')), /x25519/],
    ['no DER', () => EncryptionKey.fromDer(Buffer.from(body)), /no private key/],
    ['a locked DER', () => EncryptionKey.fromDer(locked), /password/],
    ...(['pkcs1', 'pkcs8'] as const).map((type): [string, () => EncryptionKey, RegExp] => {
      const text = RSA.export({ type, format: 'pem', ...cipher }).toString();
      return [`a locked ${type}`, () => EncryptionKey.fromPem(text), /password/];
    }),
  ];
  for (const [what, read, words] of cases) {
    t.throws(read, { code: 'KEY', message: words }, what);
    try {
      read();
    } catch (error) {
      t.notOk(inspect(error, { showHidden: true }).includes(body), `${what} stays secret`);
    }
  }
});

t.test('a key is not shown', async (t) => {
  const key = new EncryptionKey(Buffer.from('abc'));
  t.equal(inspect({ key }, { showHidden: true, depth: 9 }), '{ key: EncryptionKey {} }');
  t.equal(JSON.stringify({ key }), '{"key":{}}');
});

t.test('a key goes to another thread, and is not shown on the way', async (t) => {
  const key = new EncryptionKey(Buffer.from('abc'));
  const { port1, port2 } = new MessageChannel();
  const arrived = once(port2, 'message');
  port1.postMessage({ key: key.forThread() });
  const [copied]: readonly { readonly key: KeyObject }[] = await arrived;
  port1.close();
  const copy = EncryptionKey.fromThread(copied!.key);
  t.equal(digestOf(copy), digestOf(key));
  t.equal(copy.forMode('aes128').export().toString('hex'), digestOf(key).slice(0, 32));
  const digest = Buffer.from(digestOf(key), 'hex');
  for (const shown of [key.forThread(), copied, copy]) {
    const texts = [inspect(shown, { depth: null, showHidden: true }), JSON.stringify(shown)];
    for (const text of texts) {
      t.notMatch(text, digest.toString('hex'));
      t.notMatch(text, digest.toString('base64'));
      t.notMatch(text, `${digest[0]},${digest[1]}`);
    }
  }
});
