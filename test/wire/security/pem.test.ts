import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import {
  MAX_PEM_FILES,
  MAX_PEM_SIZE,
  pemName,
  readPem,
  readPemDirectory,
} from '../../../lib/wire/security/pem.ts';
import { tlsPath, tlsText } from '../../helpers/tls.ts';

const run = promisify(execFile);
const CA = tlsText('ca.pem').trim();
const CRL = tlsText('crl.pem').trim();

t.test('what a file holds', async (t) => {
  const directory = t.testdir({
    'all.pem': `words\n${CA}\nmore words\r\n${tlsText('server.key')}${CRL}\n${CA}`,
    'none.txt': '-----BEGIN CERTIFICATE-----\nMIIB', // not ended
  });
  const all = await readPem(join(directory, 'all.pem'), '--tls-cafile');
  t.strictSame([all.certificates, all.crls], [[CA, CA], [CRL]]);
  const none = await readPem(join(directory, 'none.txt'), '--tls-cafile');
  t.strictSame([none.certificates, none.crls], [[], []]);
});

t.test('a text will do', async (t) => {
  const { file, certificates, text } = await readPem(`words\n${CA}`, '--tls-cafile');
  t.strictSame([certificates, text], [[CA], `words\n${CA}`]);
  t.equal(file, pemName(text));
  t.notMatch(file, 'BEGIN');
  t.equal(pemName('a.pem'), 'a.pem');
});

t.test('a pipe will do', async (t) => {
  const fifo = join(t.testdir(), 'pipe');
  await run('mkfifo', [fifo]);
  const [{ certificates }] = await Promise.all([
    readPem(fifo, '--tls-cafile'),
    run('cp', [tlsPath('ca.pem'), fifo]),
  ]);
  t.strictSame(certificates, [CA]);
});

t.test('all files of a directory, by their names', async (t) => {
  const directory = t.testdir({ 'b.pem': CRL, 'a.pem': CA, inner: { 'c.pem': CA } });
  symlinkSync('a.pem', join(directory, 'c.0'));
  symlinkSync('gone.pem', join(directory, 'd.0'));
  const files = await readPemDirectory(directory, '--tls-capath');
  t.strictSame(
    files.map(({ file }) => file),
    ['a.pem', 'b.pem', 'c.0'].map((name) => join(directory, name)),
  );
});

t.test('what can not be read', async (t) => {
  const directory = t.testdir({ many: {} });
  const large = join(directory, 'large.pem');
  writeFileSync(large, Buffer.alloc(MAX_PEM_SIZE + 1));
  const absent = join(directory, 'absent');
  const many = join(directory, 'many');
  for (let at = 0; at <= MAX_PEM_FILES; at++) mkdirSync(join(many, String(at)));
  const rows: readonly [() => Promise<unknown>, string][] = [
    [() => readPem(absent, '--tls-keyfile'), absent],
    [() => readPem(directory, '--tls-keyfile'), directory],
    [() => readPem(large, '--tls-keyfile'), large],
    [() => readPemDirectory(absent, '--tls-keyfile'), absent],
    [() => readPemDirectory(many, '--tls-keyfile'), many],
    [() => readPemDirectory(directory, '--tls-keyfile'), large],
  ];
  for (const [read, file] of rows) {
    await t.rejects(read(), { code: 'KEY', facts: { file }, message: /--tls-keyfile/ });
  }
});
