import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  constants as fsConstants,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { allCommands } from '../../lib/cli/commands.ts';
import { checkRuntime } from '../../lib/cli/main.ts';
import { codeOf } from '../../lib/errors.ts';
import { failureIn } from '../../lib/ndjson/failure.ts';
import { EXECUTABLE, outcomeOf, run, shell, start } from '../helpers/asb.ts';
import { OLDER_NODE } from '../helpers/older-node.ts';

const COMMANDS = await allCommands();

const HEADER = 'Version 3.1\n# namespace test\n# first-file\n';
/** One line of words, and nothing that looks like a stack trace. */
const ONE_LINE = /^asb[^\n]*\n$/;

t.test('it is told what is asked for', async (t) => {
  const bare = await run([]);
  t.match(bare, { code: 2, stdout: Buffer.alloc(0), stderr: /COMMAND/ });
  const help = await run(['--help']);
  t.match(help, { code: 0, stderr: '' });
  for (const { name } of COMMANDS) t.match(help.stdout.toString(), name);
  const version = await run(['--version']);
  t.match(version.stdout.toString(), /^\d+\.\d+\.\d+\n$/);
});

t.test('a wrong command line ends with 2 and one line', async (t) => {
  const cases = [
    ['bakcup'],
    ['backup', '-n', 'test', '--frobnicate'],
    ['backup', '-n', 'test', '-d', 'out', '-w', 'x'],
    ['scan'],
  ];
  for (const args of cases) {
    const outcome = await run(args);
    t.match(outcome, { code: 2, stderr: ONE_LINE }, args.join(' '));
  }
});

t.test('a command that nothing can wake up any more has failed', async (t) => {
  const deaf = ['--import', 'data:text/javascript,process.stdin.unref()'];
  const child = spawn(process.execPath, [...deaf, EXECUTABLE, 'compress']);
  const outcome = await outcomeOf(child);
  t.match(outcome, { code: 1, stderr: ONE_LINE });
  t.not(outcome.stdout.length, 0, 'and who reads it is told');
});

t.test('--verbose tells where a failure came from', async (t) => {
  const outcome = await run(['decompress', '-v'], { input: 'no zstd' });
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, /^asb decompress: .*\nFORMAT \{.*\n/);
});

t.test(
  '--log-json tells all in lines of JSON, also what is wrong with the command line',
  async (t) => {
    const file = join(t.testdir(), 'log');
    const cases: [string[], object][] = [
      [['decompress', '--log-json'], { command: 'decompress', code: 'FORMAT', offset: 0 }],
      [['decompress', '--log-json', '-v'], { code: 'FORMAT', details: /FORMAT .*\n/ }],
      [['decompress', '--log-json', '--log-file', file], { code: 'FORMAT' }],
      [['decompress', '--log-json', '--frobnicate'], { command: 'decompress', code: 'USAGE' }],
      [['bakcup', '--log-json'], { code: 'USAGE', expected: 'backup' }],
    ];
    for (const [args, facts] of cases) {
      const { stderr } = await run(args, { input: 'no zstd' });
      t.match(stderr, /^[^\n]+\n$/, 'one line');
      t.match(JSON.parse(stderr), { level: 'error', time: /^2/, msg: /^asb/, ...facts });
    }
    t.match(JSON.parse(readFileSync(file, 'utf8')), { code: 'FORMAT' });
  },
);

t.test('colours are forced, or not there', async (t) => {
  const { stderr } = await run(['bakcup'], { env: { FORCE_COLOR: '1', NO_COLOR: '' } });
  t.ok(stderr.startsWith('\u001b[31masb: '));
  const { stderr: plain } = await run(['bakcup']);
  t.match(plain, /^asb: /);
  const line = `export A="$ASB_NODE $ASB_MAIN"; script -qec '$A bakcup' /dev/null`;
  const env = { NO_COLOR: '', TERM: 'xterm' };
  t.ok((await shell(line, { env })).stdout.includes('\u001b[31masb: '), 'on a terminal');
  t.notOk((await shell(line, { env: { TERM: 'xterm' } })).stdout.includes('\u001b'), 'NO_COLOR');
});

t.test('a filter that fails says so in its output, even if it did not begin', async (t) => {
  const scan = await run(['scan', '-w', 'x']);
  t.type(failureIn(scan.stdout.toString()), 'string', 'NDJSON');
  const serialize = await run(['serialize', '-n', 'test'], { input: '{"key":1,"bins":{}}\nno\n' });
  t.equal(serialize.code, 1);
  t.match(serialize.stderr, /line 2/);
  t.ok(serialize.stdout.includes(textFailure('line 2')), 'text');
  const compress = await run(['compress'], { input: serialize.stdout });
  t.equal(compress.code, 1);
  t.match(compress.stderr, /line 2/, 'the next filter knows');
  const decompress = await run(['decompress'], { input: compress.stdout });
  t.equal(decompress.code, 1, 'and the one after it: frames');
  t.match(decompress.stderr, /line 2/);
});

t.test('a pipe with a failure at its head leaves nothing that looks whole', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  server.close();
  await once(server, 'close');
  const out = join(t.testdir(), 'out');
  const line = `asb scan -p ${port} -n test | asb serialize -n test | asb compress | asb rotate -d ${out}`;
  const outcome = await shell(line);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, /^asb scan: .*127\.0\.0\.1/m, 'the host is named');
  t.same(existsSync(out) ? readdirSync(out) : [], []);
});

t.test('a reader that has enough is no failure', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'large.zst');
  writeFileSync(file, zstdCompressSync(Buffer.alloc(4_000_000, 'asb ')));
  const line = `(asb decompress < ${file}; echo $? > ${directory}/code) | head -c 3`;
  const outcome = await shell(line);
  t.match(outcome, { code: 0, stderr: '', stdout: Buffer.from('asb') });
  t.equal(readFileSync(join(directory, 'code'), 'utf8'), '0\n');
});

t.test('a full disk is a failure, also for help', async (t) => {
  const frame = zstdCompressSync(HEADER);
  for (const [line, input] of [
    ['asb decompress > /dev/full', frame],
    ['asb scan --help > /dev/full', ''],
  ] as const) {
    t.match(await shell(line, { input }), { code: 1, stderr: ONE_LINE }, line);
  }
});

t.test('words that nobody can read do not stop the bytes', async (t) => {
  const child = start(['decompress', '-v']);
  child.stderr.destroy();
  child.stdin.end('no zstd');
  const output = await text(child.stdout);
  await once(child, 'close');
  t.ok(output.startsWith(`${textFailure('')}`));
  t.equal(child.exitCode, 1);
});

t.test('a command that is over does not wait for its input to end', async (t) => {
  const record = '+ k S 1 a\n+ n test\n+ d AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n+ g 1\n+ t 0\n+ b 0\n';
  const cases = [
    [['inspect', '--head', '1'], 0],
    [['diff', '-', 'not-there'], 2],
    [['recompress', '--file-limit', '1'], 2],
  ] as const;
  for (const [args, code] of cases) {
    const child = start(args);
    child.stdin.write(`${HEADER}${record.repeat(2)}`);
    t.equal((await outcomeOf(child)).code, code, args.join(' '));
  }
});

t.test('signals end a filter in order, with their status', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const child = start(['decompress']);
    const outcome = outcomeOf(child);
    child.stdin.write(zstdCompressSync(HEADER));
    await once(child.stdout, 'data');
    child.kill(signal);
    const { code, stdout, stderr } = await outcome;
    t.equal(code, 128 + constants.signals[signal], signal);
    t.match(stderr, ONE_LINE);
    t.ok(stdout.includes(`${HEADER}${textFailure('')}`), 'the next filter will know');
  }
});

/** Whether there was something to read. */
const tryRead = (pipe: number, room: Buffer): boolean => {
  try {
    return readSync(pipe, room) > 0;
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
    return false;
  }
};

/** Writes until the pipe takes no more. */
const fill = (pipe: number): void => {
  try {
    while (true) writeSync(pipe, Buffer.alloc(4096));
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
  }
};

t.test('a second signal ends a filter whose reader stalls', async (t) => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const pipe = openSync(path, fsConstants.O_RDWR | fsConstants.O_NONBLOCK);
  const output = openSync(path, 'w');
  const child = spawn(process.execPath, [EXECUTABLE, 'decompress'], {
    stdio: ['pipe', output, 'pipe'],
  });
  closeSync(output);
  child.stdin!.write(zstdCompressSync(Buffer.alloc(4_000_000)));
  // It has begun to write when there is a byte; then nobody reads, and there is no room.
  const byte = Buffer.alloc(1);
  while (!tryRead(pipe, byte)) await new Promise(setImmediate);
  fill(pipe);
  child.kill('SIGTERM');
  const [words] = await once(child.stderr!, 'data');
  t.match(`${words}`, /asb decompress: .*SIGTERM/, 'the first one was heard');
  child.kill('SIGTERM');
  child.stdin!.destroy();
  await once(child, 'exit');
  t.equal(child.signalCode, 'SIGTERM');
  closeSync(pipe);
});

t.test('terminals: nothing binary goes to one, nothing is read from one', async (t) => {
  const file = join(t.testdir({ 'a.asb': HEADER }), 'a.asb');
  const terminal = (line: string) =>
    shell(`export A="$ASB_NODE $ASB_MAIN"; script -qec '${line}' /dev/null`);
  const written = await terminal(`$A compress < ${file}`);
  t.equal(written.code, 1);
  t.match(
    written.stdout.toString(),
    /^asb compress: [^\n]*terminal[^\n]*\r\n$/,
    'no poison either',
  );
  const read = await terminal('$A compress > /dev/null');
  t.equal(read.code, 2);
  t.match(
    read.stdout.toString(),
    /asb serialize -n test \| asb compress/,
    'the error shows what to type',
  );
});

t.test('an older Node is told apart', async (t) => {
  const manifest = new URL('../../package.json', import.meta.url);
  t.match(readFileSync(manifest, 'utf8'), /"node": ">=22\.21"/, 'as package.json has it');
  for (const version of ['20.19.0', '22.20.0', '18.0.0']) {
    t.throws(() => checkRuntime(version), { code: 'USAGE' }, version);
  }
  for (const version of ['22.21.0', '22.22.1', '24.0.0', '100.0.0']) {
    t.doesNotThrow(() => checkRuntime(version), version);
  }
  const older = spawn(process.execPath, ['--import', OLDER_NODE, EXECUTABLE, '--version']);
  t.match(await outcomeOf(older), { code: 2, stderr: /^asb: this is Node 20\.19\.0; [^\n]*\n$/ });
});
