import { once } from 'node:events';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { textFailure } from '../../../lib/asb/failure.ts';
import { decrypt } from '../../../lib/stages/decrypt.ts';
import { framesFailure } from '../../../lib/zstd/failure.ts';
import { outcomeOf, run, shell, start } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { PEM_KEY, RAW, RAW_KEY, writeKey } from '../../helpers/keys.ts';
import { through } from '../../helpers/streams.ts';

const directory = t.testdir();
const file = writeKey(join(directory, 'key.pem'));
const TEXT = Buffer.concat([HEADER, ...manyRecords(3000)]);
const env = { KEY: RAW };
const WITH_KEY = ['--mode', 'aes128', '--encryption-key-env', 'KEY'];
const AES128 = { mode: 'aes128', key: RAW_KEY } as const;

const decrypted = async (bytes: Buffer, encryption = AES128): Promise<Buffer> =>
  Buffer.concat(await through([bytes], decrypt(encryption)));

t.test('text and frames come in, random bytes go out', async (t) => {
  for (const input of [TEXT, zstdCompressSync(TEXT)]) {
    const args = ['encrypt', '--mode', 'aes256', '--encryption-key-file', file];
    const { code, stdout, stderr } = await run(args, { input });
    t.equal(code, 0, stderr);
    t.equal(stderr, '');
    t.equal(stdout.length, input.length + 16);
    const plain = await through([stdout], decrypt({ mode: 'aes256', key: PEM_KEY }));
    t.ok(Buffer.concat(plain).equals(input));
  }
  const { stdout } = await run(['encrypt', ...WITH_KEY], { input: TEXT, env });
  t.ok((await decrypted(stdout)).equals(TEXT));
});

t.test('what is wrong is said, and what was written does not look whole', async (t) => {
  const frames = zstdCompressSync(TEXT);
  const cases: [Buffer | string, Buffer][] = [
    ['', textFailure('')],
    ['{"key":1}\n', textFailure('')],
    [Buffer.concat([TEXT, textFailure('upstream')]), textFailure('an earlier stage')],
    [Buffer.concat([frames, framesFailure('upstream')]), framesFailure('').subarray(0, 4)],
  ];
  for (const [input, last] of cases) {
    const outcome = await run(['encrypt', ...WITH_KEY], { input, env });
    t.match(outcome, { code: 1, stderr: /^asb encrypt: [^\n]*\n$/ });
    t.ok((await decrypted(outcome.stdout)).subarray(-200).includes(last), 'encrypted last words');
  }
});

t.test('without a key: the failure is told in the open', async (t) => {
  for (const [args, code] of [
    [[], 2],
    [['--mode', 'aes128'], 2],
    [['--mode', 'des', '--encryption-key-file', file], 2],
    [['--mode', 'aes128', '--encryption-key-file', `${file}x`], 1],
    [['--mode', 'aes128', '--encryption-key-env', 'NO_SUCH_KEY'], 1],
  ] as const) {
    const outcome = await run(['encrypt', ...args], { input: TEXT });
    t.match(outcome, { code, stderr: /^asb encrypt: / });
    t.ok(outcome.stdout.toString().startsWith(`${textFailure('')}`), `${args}`);
  }
  const line = 'asb encrypt --mode aes128 | asb decrypt --mode aes128 --encryption-key-env KEY';
  const next = await shell(line, { input: TEXT, env });
  t.match(next, { code: 1, stderr: /^asb decrypt: an earlier stage failed: .*key/m });
});

t.test('a signal in the middle: the last words can be decrypted', async (t) => {
  const child = start(['encrypt', ...WITH_KEY], { env });
  const outcome = outcomeOf(child);
  child.stdin.on('error', () => {});
  child.stdin.write(TEXT);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await outcome;
  t.equal(code, 143);
  t.match(stderr, /^asb encrypt: stopped by SIGTERM/);
  t.match((await decrypted(stdout)).toString().slice(-200), /! asb: stopped by SIGTERM$/);
});

t.test('a terminal gets nothing', async (t) => {
  const input = join(t.testdir({ 'a.asb': HEADER }), 'a.asb');
  const line = `$A encrypt --mode aes128 --encryption-key-file ${file} < ${input}`;
  const outcome = await shell(`export A="$ASB_NODE $ASB_MAIN"; script -qec '${line}' /dev/null`);
  t.equal(outcome.code, 1);
  t.match(outcome.stdout.toString(), /^asb encrypt: writes an encrypted backup[^\n]*\r\n$/);
});
