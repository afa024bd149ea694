import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import {
  type KeyForm,
  keyFromFile,
  keyFromText,
  keyFromVariable,
  MAX_KEY_FILE_SIZE,
} from '../../lib/crypto/key-source.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const PEM = RSA.export({ type: 'pkcs8', format: 'pem' }).toString();
const PKCS1 = RSA.export({ type: 'pkcs1', format: 'der' });
const PKCS8 = RSA.export({ type: 'pkcs8', format: 'der' });

const digestOf = (key: EncryptionKey): string => key.forMode('aes256').export().toString('hex');
const RSA_DIGEST = digestOf(EncryptionKey.fromPem(PEM));
const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');

t.test('a key in a file, or in a pipe', async (t) => {
  const directory = t.testdir({ 'key.pem': PEM });
  t.equal(digestOf(await keyFromFile(join(directory, 'key.pem'))), RSA_DIGEST);
  const pipe = join(directory, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const written = promisify(execFile)('/bin/sh', ['-c', `cat '${directory}/key.pem' > '${pipe}'`]);
  t.equal(digestOf(await keyFromFile(pipe)), RSA_DIGEST);
  await written;
});

t.test('files without a key', async (t) => {
  const directory = t.testdir({ 'no.pem': 'a secret', 'empty.pem': '' });
  const most = join(directory, 'most.pem');
  writeFileSync(most, `${PEM}${' '.repeat(MAX_KEY_FILE_SIZE - PEM.length)}`);
  t.equal(digestOf(await keyFromFile(most)), RSA_DIGEST, 'the largest file');
  writeFileSync(join(directory, 'large.pem'), `${PEM}${' '.repeat(MAX_KEY_FILE_SIZE)}`);
  for (const name of ['no.pem', 'empty.pem', 'large.pem', 'none.pem', '.']) {
    const file = join(directory, name);
    await t.rejects(keyFromFile(file), { code: 'KEY', facts: { file } }, name);
  }
  await t.rejects(keyFromFile('/dev/zero'), { code: 'KEY' }, 'one without an end');
});

t.test('a key in a text', (t) => {
  t.equal(digestOf(keyFromText(`words\n${PEM}`)), RSA_DIGEST);
  for (const text of ['', 'hunter2', PEM.replace('MII', 'hunter2')]) {
    t.throws(() => keyFromText(text), { code: 'KEY', message: /^(?!.*hunter2)/ });
  }
  t.end();
});

const wrapped = base64(PKCS1).replace(/.{76}/g, '$&\n');

for (const [what, value, form, digest] of [
  ['base64 of bytes', base64('abc'), 'raw', digestOf(new EncryptionKey(Buffer.from('abc')))],
  ['base64 of PKCS#1', base64(PKCS1), 'raw', RSA_DIGEST],
  ['base64 in lines', `${wrapped}\n`, 'raw', RSA_DIGEST],
  ['base64 of PEM', base64(PEM), 'raw', digestOf(new EncryptionKey(Buffer.from(PEM)))],
  ['base64 of PKCS#1', base64(PKCS1), 'pem', RSA_DIGEST],
  ['base64 of PKCS#8', base64(PKCS8), 'pem', RSA_DIGEST],
  ['base64 in lines', wrapped, 'pem', RSA_DIGEST],
  ['base64 of base64', base64(base64(PKCS8)), 'pem', RSA_DIGEST],
  ['base64 of PEM', base64(PEM), 'pem', RSA_DIGEST],
  ['PEM', PEM, 'pem', RSA_DIGEST],
  ['PEM on one line', PEM.replaceAll('\n', ' '), 'pem', RSA_DIGEST],
] as const) {
  t.test(`a variable that holds ${what}, as ${form}`, async (t) => {
    t.equal(digestOf(keyFromVariable('KEY', value, form)), digest);
  });
}

t.test('raw is the form that is taken if none is named, as asbackup does', async (t) => {
  const key = keyFromVariable('KEY', base64(PKCS8));
  t.equal(digestOf(key), digestOf(new EncryptionKey(PKCS8)));
});

t.test('variables without a key name the variable and show nothing', async (t) => {
  const cases: [string | undefined, KeyForm][] = [
    [undefined, 'raw'],
    [undefined, 'pem'],
    ['', 'raw'],
    ['', 'pem'],
    ['c2VjcmV0=', 'raw'],
    ['se-cret', 'raw'],
    [PEM, 'raw'],
    ['se-cret', 'pem'],
    [base64('secret bytes'), 'pem'],
  ];
  for (const [value, form] of cases) {
    const read = () => keyFromVariable('MY_KEY', value, form);
    t.throws(read, { code: 'KEY', message: /variable MY_KEY/ }, `${form} ${value}`);
    try {
      read();
    } catch (error) {
      t.notMatch(String(error), /secret|c2Vj|se-c|MII/);
    }
  }
});
