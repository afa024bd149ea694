import { join } from 'node:path';
import t from 'tap';
import { Encryptor } from '../../../lib/crypto/ctr.ts';
import { failureIn } from '../../../lib/ndjson/failure.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { run, shell } from '../../helpers/asb.ts';
import { HEADER, manyRecords, TEXT } from '../../helpers/asb-text.ts';
import { checkedFrame, frame } from '../../helpers/frames.ts';
import { RAW, RAW_KEY } from '../../helpers/keys.ts';

const RECORDS = manyRecords(3);
const WHOLE = Buffer.concat([HEADER, ...RECORDS]);

const keysOf = (stdout: Buffer): unknown[] =>
  stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).key);

t.test('.asb text comes in, or frames of it, and NDJSON goes out', async (t) => {
  const frames = Buffer.concat([frame(WHOLE.subarray(0, 99)), frame(WHOLE.subarray(99))]);
  for (const input of [WHOLE, frames]) {
    const { code, stdout, stderr } = await run(['parse'], { input });
    t.equal(code, 0, stderr);
    t.equal(stderr, '');
    t.same(keysOf(stdout), [0, 1, 2]);
  }
  t.match(await run(['parse', '-v'], { input: WHOLE }), { code: 0, stderr: /read 3 records\n/ });
});

t.test('an encrypted backup', async (t) => {
  const input = new Encryptor({ mode: 'aes128', key: RAW_KEY }).push(frame(WHOLE));
  const args = ['parse', '-y', 'aes128', '--encryption-key-env', 'KEY'];
  const { code, stdout, stderr } = await run(args, { input, env: { KEY: RAW } });
  t.equal(code, 0, stderr);
  t.same(keysOf(stdout), [0, 1, 2]);
  t.match(await run(['parse'], { input }), { code: 1, stderr: /--encryption-key-file/ });
});

t.test('every form of the format', async (t) => {
  const { code, stderr, stdout } = await run(['parse'], { input: TEXT });
  t.equal(code, 0, stderr);
  t.equal(keysOf(stdout).length, 14);
});

t.test('what is wrong is said, with the place, and the output says that it failed', async (t) => {
  const damaged = Buffer.concat([HEADER, RECORDS[0]!, Buffer.from('damage\n'), RECORDS[1]!]);
  for (const [input, words] of [
    ['', /no input/],
    [damaged, /line 13, column 1, byte \d+: .*expected/],
    [WHOLE.subarray(0, -1), /line 30/],
    [frame(WHOLE).subarray(0, -1), /zstd/],
    ['{"key":1,"bins":{}}\n', /asb serialize/],
  ] as const) {
    const { code, stdout, stderr } = await run(['parse'], { input });
    t.equal(code, 1);
    t.match(stderr, words);
    t.match(failureIn(stdout.toString().split('\n').at(-1) ?? ''), words);
  }
});

t.test('--salvage saves the rest, says what was lost, and fails all the same', async (t) => {
  const [one, two, three] = RECORDS;
  const damaged = Buffer.concat([
    HEADER,
    one!,
    Buffer.from('damage\n'),
    two!,
    three!.subarray(0, -20),
  ]);
  const { code, stdout, stderr } = await run(['parse', '--salvage'], { input: damaged });
  t.equal(code, 1);
  t.same(keysOf(stdout), [0, 1], 'every line is whole');
  const lines = stderr.trim().split('\n');
  const first = HEADER.length + one!.length;
  t.match(lines, [
    new RegExp(`^gap at byte ${first}, 7 bytes: line 13, column 1`),
    new RegExp(`^gap at byte ${first + 7 + two!.length}, ${three!.length - 20} bytes: line`),
    /^asb parse: saved 2 records; lost what was in 2 gaps of \d+ bytes of text$/,
  ]);
  t.equal(lines.length, 3);
  const whole = await run(['parse', '--salvage'], { input: WHOLE });
  t.match(whole, { code: 0, stderr: '' });
});

t.test('--salvage goes on at the next frame behind damage', async (t) => {
  const frames = [Buffer.concat([HEADER, RECORDS[0]!]), RECORDS[1]!, RECORDS[2]!].map(checkedFrame);
  const damaged = Buffer.concat(frames);
  const at = damaged.length - frames[2]!.length - 1; // in the checksum of the second frame
  damaged[at] = damaged[at]! ^ 1;
  const { code, stdout, stderr } = await run(['parse', '--salvage'], { input: damaged });
  t.equal(code, 1);
  t.match(keysOf(stdout).at(0), 0);
  t.match(keysOf(stdout).at(-1), 2);
  t.match(stderr, /^damaged zstd frames: byte \d+.*\nasb parse: saved \d records; .* 1 place/);
  const cut = await run(['parse', '--salvage'], { input: frames[0]!.subarray(0, -1) });
  t.match(cut, { code: 1, stderr: /^damaged zstd frames: byte \d+.*\nasb parse: saved 1 record;/ });
});

t.test('what was scanned, serialized, packed and read back is the same NDJSON', async (t) => {
  const sandbox = await startSandbox({ records: 500 });
  t.teardown(() => sandbox.close());
  const file = join(t.testdir(), 'test.ndjson');
  const scanned = await shell(`asb scan -h ${sandbox.seeds[0]} -n test > ${file}`);
  t.match(scanned, { code: 0, stderr: '' });
  for (const stages of ['asb parse', 'asb compress | asb parse']) {
    const line = `asb serialize -n test < ${file} | ${stages} | cmp - ${file}`;
    t.match(await shell(line), { code: 0, stderr: '', stdout: Buffer.alloc(0) }, stages);
  }
});

t.test('a reader that has enough ends it quietly', async (t) => {
  const file = join(t.testdir({ 'a.asb': WHOLE }), 'a.asb');
  const line = `yes "$(tail -n +4 ${file})" | (head -n 3 ${file}; cat) | asb parse | head -n 2`;
  const { code, stdout, stderr } = await shell(line);
  t.equal(code, 0);
  t.equal(stderr, '');
  t.same(keysOf(stdout), [0, 1]);
});
