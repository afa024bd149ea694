import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { textFailure } from '../../../lib/asb/failure.ts';
import { Encryptor } from '../../../lib/crypto/ctr.ts';
import type { Encryption } from '../../../lib/crypto/key.ts';
import { run, shell } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { PEM_KEY, RAW, RAW_KEY, writeKey } from '../../helpers/keys.ts';

const file = writeKey(join(t.testdir(), 'key.pem'));
const TEXT = Buffer.concat([HEADER, ...manyRecords(3000)]);
const FRAMES = zstdCompressSync(TEXT);
const WITH_KEY = ['--mode', 'aes128', '--encryption-key-env', 'KEY'];
const env = { KEY: RAW };
const encrypted = (bytes: Uint8Array, encryption: Encryption = { mode: 'aes128', key: RAW_KEY }) =>
  new Encryptor(encryption).push(bytes);

t.test('an encrypted backup comes in, text or frames go out', async (t) => {
  for (const bytes of [TEXT, FRAMES]) {
    const outcome = await run(['decrypt', ...WITH_KEY], { input: encrypted(bytes), env });
    t.match(outcome, { code: 0, stderr: '' });
    t.ok(outcome.stdout.equals(bytes));
    const input = encrypted(bytes, { mode: 'aes256', key: PEM_KEY });
    const args = ['decrypt', '--mode', 'aes256', '--encryption-key-file', file];
    t.ok((await run(args, { input })).stdout.equals(bytes));
  }
});

t.test('what is wrong is said before anything is given out', async (t) => {
  const cases: [string[], Uint8Array | string, number, RegExp][] = [
    [[], encrypted(TEXT), 2, /--mode/],
    [['--mode', 'aes128'], encrypted(TEXT), 2, /--encryption-key-file or --encryption-key-env/],
    [['--mode', 'aes256', '--encryption-key-env', 'KEY'], encrypted(TEXT), 1, /key or mode/],
    [['--mode', 'aes128', '--encryption-key-file', file], encrypted(TEXT), 1, /key or mode/],
    [WITH_KEY, TEXT, 1, /not encrypted/],
    [WITH_KEY, '', 1, /no input/],
    [WITH_KEY, encrypted(TEXT).subarray(0, 17), 1, /17 bytes/],
    [WITH_KEY, textFailure('oops'), 1, /earlier stage failed: oops/],
  ];
  for (const [args, input, code, words] of cases) {
    const outcome = await run(['decrypt', ...args], { input, env });
    t.match(outcome, { code, stderr: words });
    t.match(outcome.stderr, /^asb decrypt: [^\n]*\n$/);
    t.notMatch(outcome.stderr, new RegExp(RAW), 'no key');
    t.ok(outcome.stdout.toString().startsWith(`${textFailure('')}`), 'nothing but last words');
  }
});

t.test('a failed stage before the encryption is told behind it', async (t) => {
  const key = WITH_KEY.join(' ');
  for (const [before, behind] of [
    ['cat', 'asb compress'],
    ['asb compress', 'asb decompress'],
  ]) {
    const line = `${before} | asb encrypt ${key} | asb decrypt ${key} | ${behind}`;
    const input = Buffer.concat([TEXT, textFailure('oops')]);
    const outcome = await shell(line, { input, env });
    t.equal(outcome.code, 1);
    t.match(outcome.stderr, /^asb (?:de)?compress: an earlier stage failed: [^\n]*oops/m);
    t.match(outcome.stderr, /^asb encrypt: an earlier stage failed/m);
  }
});

t.test('a pipe through all of them', async (t) => {
  const key = WITH_KEY.join(' ');
  const line = `asb compress | asb encrypt ${key} | asb decrypt ${key} | asb decompress`;
  const outcome = await shell(line, { input: TEXT, env });
  t.match(outcome, { code: 0, stderr: '' });
  t.ok(outcome.stdout.equals(TEXT));
});
