import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { Output } from '../../lib/cli/output.ts';
import { runProfiled } from '../../lib/cli/profiled.ts';
import type { Shell } from '../../lib/cli/shell.ts';
import { Encryptor } from '../../lib/crypto/ctr.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import { runHere } from '../helpers/in-process.ts';
import { RAW, RAW_KEY } from '../helpers/keys.ts';

const sandbox = await startSandbox({ records: 50 });
t.teardown(() => sandbox.close());
const host = sandbox.seeds.join(',');

const LINE = '{"key":1,"bins":{"a":1}}\n';
const TEXT = 'Version 3.1\n# namespace test\n# first-file\n';
const KEY = ['--mode', 'aes128', '--encryption-key-env', 'ASB_TEST_PROFILE_KEY'];
process.env.ASB_TEST_PROFILE_KEY = RAW;

/** The names in the rows of a table. */
const rowsIn = (said: readonly string[]): string[] => {
  const head = said.findIndex((line) => /^stage +items/.test(line));
  const end = said.findIndex((line) => line.startsWith('limited by '));
  return said.slice(head + 1, end).map((line) => line.split(' ')[0] ?? '');
};

t.test('every command that runs a pipeline tells of its stages', async (t) => {
  const place = t.testdir();
  const directory = join(place, 'out');
  const frames = (await runHere(['compress'], TEXT)).written.toString('latin1');
  const encryptor = new Encryptor({ mode: 'aes128', key: RAW_KEY });
  const encrypted = encryptor.push(Buffer.from(TEXT)).toString('latin1');
  const cases: readonly (readonly [args: string[], rows: string[], input?: string])[] = [
    [
      ['backup', '-h', host, '-n', 'test', '-d', directory, '-z', 'zstd'],
      ['scan', 'serialize', 'compress', 'rotate'],
    ],
    [
      ['verify', directory],
      ['read', 'unpack', 'parse', 'count'],
    ],
    [
      ['restore', '-h', host, '-n', 'test,copy', '-d', directory],
      ['read', 'unpack', 'parse', 'load'],
    ],
    [
      ['scan', '-h', host, '-n', 'test'],
      ['scan', 'toNdjson', 'output'],
    ],
    [['serialize', '-n', 'test'], ['input', 'fromNdjson', 'serialize', 'output'], LINE],
    [['parse'], ['input', 'unpack', 'parse', 'toNdjson', 'output'], TEXT],
    [['compress'], ['input', 'units', 'compress', 'output'], TEXT],
    [['decompress'], ['input', 'decompress', 'output'], frames],
    [['encrypt', ...KEY], ['input', 'encrypt'], TEXT],
    [['decrypt', ...KEY], ['input', 'decrypt', 'output'], encrypted],
    [['rotate', '-d', join(place, 'rotated')], ['input', 'units', 'rotate'], TEXT],
    [
      ['cat', directory],
      ['cat', 'output'],
    ],
    [['load', '-h', host, '-n', 'copy'], ['input', 'fromNdjson', 'load'], LINE],
    [
      ['convert', directory, '--to', 'ndjson'],
      ['read', 'unpack', 'parse', 'filter', 'toNdjson', 'output'],
    ],
    [['convert', '--to', 'ndjson'], ['read', 'fromNdjson', 'filter', 'toNdjson', 'output'], LINE],
    [
      ['filter', directory, '--where', 'record.key > 3', '-d', join(place, 'filtered')],
      ['read', 'unpack', 'parse', 'filter', 'serialize', 'compress', 'rotate'],
    ],
    [
      ['recompress', directory, '-o', join(place, 'one.asb')],
      ['read', 'unpack', 'parse', 'serialize', 'compress', 'file'],
    ],
  ];
  for (const [args, rows, input] of cases) {
    const { said, error } = await runHere([...args, '--profile'], input);
    const words = args.slice(0, 2).join(' ');
    t.equal(error, undefined, words);
    t.strictSame(rowsIn(said), rows, words);
  }
});

t.test('as JSON, with what it says beside it', async (t) => {
  const file = join(t.testdir(), 'new', 'profile.json');
  const { said, error } = await runHere(['serialize', '-n', 'test', `--profile=${file}`], LINE);
  t.equal(error, undefined);
  t.match(rowsIn(said), ['input']);
  t.match(JSON.parse(readFileSync(file, 'utf8')), {
    format: 'asb-profile',
    version: 1,
    title: 'asb serialize',
    failure: null,
    stages: [{ name: 'input' }, { name: 'fromNdjson', itemsOut: 1 }, { name: 'serialize' }, {}],
    limit: {},
    samples: { stages: [{ name: 'input' }, {}, {}, {}] },
  });
});

t.test('as a page', async (t) => {
  const file = join(t.testdir(), 'profile.html');
  const { error } = await runHere(['serialize', '-n', 'test', `--profile=${file}`], LINE);
  t.equal(error, undefined);
  t.match(readFileSync(file, 'utf8'), /^<!doctype html>.*<title>asb serialize: profile<\/title>/s);
});

t.test('of what fails up to there', async (t) => {
  const file = join(t.testdir(), 'profile.json');
  const { said, error } = await runHere(
    ['serialize', '-n', 'test', `--profile=${file}`],
    `${LINE}no line\n`,
  );
  t.match(error, { code: 'FORMAT' });
  t.match(rowsIn(said), ['input', 'fromNdjson', 'serialize', 'output']);
  t.match(JSON.parse(readFileSync(file, 'utf8')), { failure: { code: 'FORMAT' } });
});

t.test('a profile that cannot be written', async (t) => {
  const place = t.testdir({ 'is.json': {} });
  const option = `--profile=${join(place, 'is.json')}`;
  const done = await runHere(['serialize', '-n', 'test', option], LINE);
  t.match(done.error, { code: 'USAGE' }, 'is the failure where there is no other');
  const failed = await runHere(['serialize', '-n', 'test', option], 'no line\n');
  t.match(failed.error, { code: 'FORMAT' });
  t.match(failed.said.at(-1), /^warning: no profile was written: .*is\.json/);
});

t.test('where no stage has run there is nothing to tell', async (t) => {
  const place = t.testdir();
  mkdirSync(join(place, 'out'));
  const file = join(place, 'profile.json');
  const args = ['backup', '-n', 'test', '--remove-artifacts', '-d', join(place, 'out')];
  const { said, error } = await runHere([...args, `--profile=${file}`]);
  t.equal(error, undefined);
  t.match(said, [/^note: .*no stage has run/]);
  t.notOk(existsSync(file));
});

t.test('between lines on the same terminal it draws nothing', async (t) => {
  for (const [isSeen, times] of [
    [true, 1],
    [false, 2],
  ] as const) {
    const drawn: string[] = [];
    const shell: Shell = {
      signal: new AbortController().signal,
      verbose: false,
      columns: 80,
      input: () => Readable.from([]),
      output: () => new Output(new PassThrough()),
      say: () => {},
      draw: (text) => void drawn.push(text),
      answer: () => {},
    };
    const writing = async ({ output, draw }: Shell): Promise<void> => {
      output('ndjson');
      draw('\rbar');
    };
    await runProfiled('asb scan', {}, shell, writing, () => isSeen);
    t.equal(drawn.length, times);
  }
});

t.test('in a process of its own; the next word is no value', async (t) => {
  const { code, stdout, stderr } = await run(['serialize', '--profile', '-n', 'test'], {
    input: LINE,
  });
  t.equal(code, 0);
  t.match(stdout.toString(), /^Version 3\.1\n/);
  t.match(stderr, /^stage +items.*\ninput .*\nlimited by /s);
  const wrong = await run(['cat', '--profile', 'nowhere']);
  t.match(wrong.stderr, /nowhere/, 'it is an operand');
  const json = await run(['serialize', '-n', 'test', '--profile', '--log-json'], { input: LINE });
  const entries = json.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(entries, [
    { event: 'profile', elapsed: Number, thread: Number },
    { event: 'profile', stage: { name: 'input' } },
    {},
    {},
    { stage: { name: 'output' } },
    { event: 'profile', limit: { by: String } },
  ]);
});
