import { join } from 'node:path';
import t from 'tap';
import { textFailure } from '../../../lib/asb/failure.ts';
import { Encryptor } from '../../../lib/crypto/ctr.ts';
import { run, shell } from '../../helpers/asb.ts';
import { GLOBALS, HEADER, manyRecords, NEXT_HEADER } from '../../helpers/asb-text.ts';
import { frame } from '../../helpers/frames.ts';
import { RAW, RAW_KEY } from '../../helpers/keys.ts';
import { manifestTextOf } from '../../helpers/manifests.ts';

const [ONE, TWO, THREE] = manyRecords(3);
const GLOBAL = GLOBALS[6]!;
const FILES = {
  'test_00001.asb': frame(Buffer.concat([NEXT_HEADER, TWO!])),
  'test_00000.asb': Buffer.concat([HEADER, ONE!]),
  'metadata_test_0.asb': Buffer.concat([NEXT_HEADER, GLOBAL]),
};
const JOINED = Buffer.concat([HEADER, GLOBAL, ONE!, TWO!]);

t.test('files and directories become one text', async (t) => {
  const more = Buffer.concat([NEXT_HEADER, GLOBAL, THREE!]);
  const directory = t.testdir({ out: FILES, more, 'cut.asb': more.subarray(0, -1) });
  const [out, file] = [join(directory, 'out'), join(directory, 'more')];
  const one = await run(['cat', out]);
  t.match(one, { code: 0, stderr: '', stdout: JOINED });
  const several = await run(['cat', '-v', file, out]);
  t.match(several, { code: 0, stderr: /read 3 records in 4 files/ });
  t.same(several.stdout, Buffer.concat([HEADER, GLOBAL, THREE!, ONE!, TWO!]));

  const broken = await run(['cat', out, join(directory, 'cut.asb')]);
  t.match(broken, { code: 1, stderr: /^asb cat: .*cut\.asb: line \d+/ });
  const last = broken.stdout.subarray(JOINED.length);
  t.match(last.toString(), textFailure(broken.stderr.slice('asb cat: '.length, -1)).toString());
});

t.test('standard input, and pipes as paths', async (t) => {
  const cwd = t.testdir(FILES);
  for (const [line, text] of [
    ['asb cat - < test_00000.asb', [HEADER, ONE!]],
    ['asb cat /dev/stdin < test_00000.asb', [HEADER, ONE!]],
    ['cat test_00000.asb | asb cat -', [HEADER, ONE!]],
    ['mkfifo pipe; cat test_00000.asb > pipe & asb cat pipe test_00001.asb', [HEADER, ONE!, TWO!]],
  ] as const) {
    const outcome = await shell(line, { cwd });
    t.match(outcome, { code: 0, stderr: '' }, line);
    t.same(outcome.stdout, Buffer.concat([...text]), line);
  }
  t.match(await run(['cat', '-', 'test_00000.asb'], { cwd }), { code: 2, stderr: /alone/ });
});

t.test('a look into a backup', async (t) => {
  const directory = t.testdir({ out: FILES });
  const parsed = await shell(`asb cat ${join(directory, 'out')} | asb parse`);
  t.match(parsed, { code: 0, stderr: '' });
  t.same(
    parsed.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).key),
    [undefined, 0, 1],
  );
});

t.test('what is wrong is said', async (t) => {
  const directory = t.testdir({ empty: {}, 'a.asb': JOINED });
  for (const [args, code, words] of [
    [[], 2, /PATH/],
    [[join(directory, 'nothing')], 1, /there is no .*nothing/],
    [[join(directory, 'empty')], 1, /it is empty/],
    [[join(directory, 'a.asb'), '--frobnicate'], 2, /--frobnicate/],
    [[join(directory, 'a.asb'), '--s3-region', 'x'], 2, /--s3-region.*s3:/],
  ] as const) {
    t.match(await run(['cat', ...args]), { code, stderr: words }, `${words}`);
  }
});

t.test('a backup is held against its manifest', async (t) => {
  const one = { 'a.asb': Buffer.concat([HEADER, ONE!]) };
  const two = { ...one, 'b.asb': Buffer.concat([NEXT_HEADER, TWO!]) };
  const cwd = t.testdir({
    whole: { ...two, 'test.manifest.json': manifestTextOf(two) },
    missing: { ...one, 'test.manifest.json': manifestTextOf(two) },
    stranger: { ...two, 'test.manifest.json': manifestTextOf(one) },
    cut: { ...two, 'a.asb': HEADER, 'test.manifest.json': manifestTextOf(two) },
  });
  t.match(await run(['cat', 'whole'], { cwd }), { code: 0, stderr: '' });
  for (const [place, file] of [
    ['missing', 'b.asb'],
    ['stranger', 'b.asb'],
    ['cut', 'a.asb'],
  ] as const) {
    const { code, stderr, stdout } = await run(['cat', place], { cwd });
    t.match(code, 1, place);
    t.match(stderr, file, place);
    t.notMatch(stdout.toString(), 'Version', 'nothing that looks like a backup');
    t.match(await run(['cat', '--no-manifest', place], { cwd }), { code: 0, stderr: '' });
  }
});

t.test('encrypted files, and plain ones beside them', async (t) => {
  const encryption = { mode: 'aes128', key: RAW_KEY } as const;
  const sealed = (bytes: Buffer): Buffer => new Encryptor(encryption).push(bytes);
  const out = t.testdir({ ...FILES, 'test_00000.asb': sealed(FILES['test_00000.asb']) });
  const args = ['-y', 'aes128', '--encryption-key-env', 'KEY'];
  const read = await run(['cat', out, ...args], { env: { KEY: RAW } });
  t.match(read, { code: 0, stderr: '', stdout: JOINED });
  for (const [options, words] of [
    [[], /test_00000\.asb: .*--encrypt and --encryption-key-file/],
    [['-y', 'aes256', ...args.slice(2)], /test_00000\.asb: .*key or mode/],
  ] as const) {
    const outcome = await run(['cat', out, ...options], { env: { KEY: RAW } });
    t.match(outcome, { code: 1, stderr: words });
  }
});
