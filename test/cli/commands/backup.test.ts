import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { countsOf } from '../../../lib/cli/commands/backup.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { unpack } from '../../../lib/stages/unpack.ts';
import { EXECUTABLE, outcomeOf, run, shell, start } from '../../helpers/asb.ts';
import { PEM_KEY, writeKey } from '../../helpers/keys.ts';
import { through } from '../../helpers/streams.ts';

const RECORDS = 3000;
const sandbox = await startSandbox({ records: RECORDS });
const cluster = ['-h', sandbox.seeds.join(','), '-n', 'test'];
t.teardown(() => sandbox.close());

/** Digests in .asb text, in order of their bytes: backups differ in the order of records. */
const digestsIn = (text: Buffer): string[] =>
  [...text.toString('latin1').matchAll(/^\+ d (\S{28})$/gm)].map((match) => match[1]!).sort();

const filesIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.endsWith('.asb'));
const contentOf = (directory: string): Buffer =>
  Buffer.concat(filesIn(directory).map((name) => readFileSync(join(directory, name))));

t.test('a namespace goes to a directory, a file, or standard output', async (t) => {
  const directory = t.testdir();
  const out = join(directory, 'out');
  const outcome = await run(['backup', ...cluster, '-d', out, '-F', '1', '-w', '2']);
  t.match(outcome, {
    code: 0,
    stdout: Buffer.alloc(0),
    stderr: /^backed up 3,000 records, 9 .* 2 files/,
  });
  t.match(outcome.stderr, /^warning: .*vector/m);
  t.same(readdirSync(out), ['test.manifest.json', 'test_00000.asb', 'test_00001.asb']);
  const digests = digestsIn(contentOf(out));
  t.equal(new Set(digests).size, RECORDS);

  const file = join(directory, 'one.asb');
  t.match(await run(['backup', ...cluster, '-o', file, '-C']), { code: 0 });
  t.same(digestsIn(readFileSync(file)), digests);

  const plain = await run(['backup', ...cluster, '-o', '-']);
  t.match(plain, { code: 0, stderr: /to 1 file/ });
  t.same(digestsIn(plain.stdout), digests);

  const packed = await run(['backup', ...cluster, '-o-', '-zzstd', '--compression-level', '9']);
  t.equal(packed.code, 0);
  t.same(digestsIn(zstdDecompressSync(packed.stdout)), digests);
});

t.test('encrypted, wherever it goes', async (t) => {
  const directory = t.testdir();
  const key = ['--encryption-key-file', writeKey(join(directory, 'key.pem'))];
  const encryption = { mode: 'aes256', key: PEM_KEY } as const;
  const plainOf = async (bytes: Buffer): Promise<Buffer> =>
    Buffer.concat(await through([bytes], unpack({ encryption })));
  const out = join(directory, 'out');
  const files = ['backup', ...cluster, '-d', out, '-z', 'zstd', '-y', 'aes256', ...key];
  t.match(await run(files), { code: 0 });
  const digests = digestsIn(await plainOf(contentOf(out)));
  t.equal(new Set(digests).size, RECORDS);
  const output = await run(['backup', ...cluster, '-o', '-', '-y', 'aes256', ...key]);
  t.same(digestsIn(await plainOf(output.stdout)), digests);

  const empty = ['-h', sandbox.seeds.join(','), '-n', 'copy', '-o', '-'];
  const failed = await run(['backup', ...empty, '-y', 'aes256', ...key]);
  t.match(failed, { code: 1, stderr: /^asb backup: / });
  t.match((await plainOf(failed.stdout)).toString(), /! asb: /, 'last words are encrypted too');
  const keyless = await run(['backup', ...cluster, '-d', out, '-r', '-y', 'aes256']);
  t.match(keyless, { code: 2, stderr: /--encryption-key-file/ });
  t.not(contentOf(out).length, 0, 'found out before anything was removed');
});

t.test('prefix, selection, and an older backup', async (t) => {
  const out = t.testdir({ 'test_00000.asb': 'older' });
  const refused = await run(['backup', ...cluster, '-d', out]);
  t.match(refused, { code: 1, stderr: /^asb backup: [^\n]*test_00000\.asb[^\n]*\n$/ });
  t.equal(contentOf(out).toString(), 'older');
  const anew = await run([
    'backup',
    ...cluster,
    '-d',
    out,
    '-r',
    '-q',
    'new',
    '-RIu',
    '--allow-empty',
  ]);
  t.match(anew, { code: 0, stderr: /^backed up 0 records, 0 secondary indexes, 0 UDF modules/ });
  t.same(readdirSync(out), ['new.manifest.json', 'new_00000.asb']);
});

t.test('what is wrong is said, and nothing is left that looks whole', async (t) => {
  const directory = t.testdir({ 'old.asb': 'older', file: '' });
  const out = join(directory, 'out');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const closed = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  server.close();
  await once(server, 'close');
  const seeds = sandbox.seeds.join(',');
  const cases: [string[], number, RegExp][] = [
    [['-n', 'test', '-d', out, '-o', 'x'], 2, /--directory.*--output-file/],
    [['-n', 'test'], 2, /--directory.*--output-file/],
    [['-h', seeds, '-d', out], 2, /--namespace/],
    [['-n', 'test', '-o', '-', '-F', '5'], 2, /--file-limit/],
    [['-n', 'test', '-o', 'x', '-q', 'y'], 2, /prefix/],
    [['-n', 'test', '-d', out, '-q', '.x'], 2, /prefix.*dot/],
    [['-n', 'test', '-d', out, '--compression-level', '5'], 2, /--compress/],
    [['-n', 'test', '-d', out, '-z', 'gzip'], 2, /zstd/],
    [['-n', 'test', '-d', out, '-w', '101'], 2, /100/],
    [['-n', 'test', '-d', out, '-p', '0'], 2, /65535/],
    [['-n', 'test', '-d', out, '--s3-region', 'x'], 2, /--s3-region.*s3:/],
    [['-n', 'test', '-d', 's3://b', '--s3-chunk-size', '4'], 2, /--s3-min-part-size.*5120 MiB/],
    [['-n', 'test', '-d', 's3://b', '--s3-tier', 'Bulk'], 2, /no option/],
    [['-h', seeds, '-n', 'test', '-d', 's3://'], 2, /no bucket/],
    [['-h', seeds, '-n', 'test', '-o', 's3://b/'], 2, /no object/],
    [['--remove-artifacts'], 2, /--directory.*--output-file/],
    [['--remove-artifacts', '-o', '-'], 2, /--remove-artifacts/],
    ...[
      ['-d', out],
      ['-o', '-'],
      ['-c', out],
      ['-r'],
      ['-R'],
      ['-F', '9'],
      ['--remove-artifacts'],
    ].map((args): [string[], number, RegExp] => [['-n', 'test', '-e', ...args], 2, /--estimate/]),
    [['-n', 'test', '-d', out, '--estimate-samples', '9'], 2, /--estimate/],
    [['-h', seeds, '-n', 'copy', '-e'], 1, /copy/],
    [['-h', closed, '-n', 'test', '-d', out], 1, /127\.0\.0\.1:\d+/],
    [['-h', seeds, '-n', 'nope', '-d', out], 1, /copy, test/],
    [['-h', seeds, '-n', 'copy', '-d', out], 1, /copy/],
    [['-h', seeds, '-n', 'test', '-o', join(directory, 'old.asb')], 1, /old\.asb/],
    [['-h', seeds, '-n', 'test', '-d', join(directory, 'file')], 1, /file/],
  ];
  for (const [args, code, words] of cases) {
    const outcome = await run(['backup', ...args]);
    t.match(outcome, { code, stdout: Buffer.alloc(0), stderr: words }, args.join(' '));
    t.match(outcome.stderr, /^asb backup: [^\n]*\n$/);
  }
  const left = readdirSync(directory, { recursive: true }).map(String).sort();
  t.same(
    left.filter((name) => name.endsWith('.asb')),
    ['old.asb'],
  );
  t.equal(readFileSync(join(directory, 'old.asb'), 'utf8'), 'older');
});

t.test(
  'a signal in the middle leaves what can be gone on with, and nothing that looks whole',
  async (t) => {
    const out = join(t.testdir(), 'out');
    let reached = (): void => {};
    const scanning = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    sandbox.nodes[0]?.faults.slow(() => {
      reached();
      return released;
    });
    const child = start(['backup', ...cluster, '-d', out]);
    const outcome = outcomeOf(child);
    await scanning;
    child.kill('SIGINT');
    const { code, stderr } = await outcome;
    release();
    sandbox.nodes[0]?.faults.clear();
    t.equal(code, 130);
    t.match(stderr, /^asb backup: .*stopped by SIGINT; .*--continue \S+test\.asb\.state\n$/);
    const unfinished = ['test.asb.state', 'test.manifest.json', 'test_00000.asb'];
    t.same(readdirSync(out), unfinished);
    t.match(readFileSync(join(out, 'test.manifest.json'), 'utf8'), /"complete": false/);

    const again = ['backup', ...cluster, '-d', out];
    t.match(await run(again), { code: 1, stderr: /--continue/ });
    t.match(await run([...again, '-C', '-c', out]), { code: 2, stderr: /other options: compact/ });
    t.match(await run([...again, '-c', out]), { code: 0, stderr: /^backed up 3,000 records/ });
    t.same(readdirSync(out), ['test.manifest.json', 'test_00000.asb', 'test_00001.asb']);
    t.equal(new Set(digestsIn(contentOf(out))).size, RECORDS);
    t.match(await run([...again, '-c', out]), { code: 1, stderr: /no state/ });
  },
);

t.test('how far it is, also without a partition to read', async (t) => {
  const counts = { records: 0, bytes: 0, estimatedRecords: 0, retries: 0 };
  const whole = 'the partitions';
  for (const [partitionsDone, partitions, share] of [
    [1024, 4096, 0.25],
    [0, 0, undefined],
  ] as const) {
    const found = countsOf({ ...counts, partitionsDone, partitions });
    t.strictSame(found, { ...counts, share, whole });
  }
});

t.test('standard output is gone on with by >>', async (t) => {
  const directory = t.testdir();
  const out = join(directory, 'out.asb');
  const state = join(directory, 'state');
  const line = [EXECUTABLE, 'backup', ...cluster, '-o', '-'];
  const append = async (args: readonly string[], file = out): Promise<string> => {
    const fd = openSync(file, 'a');
    const child = spawn(process.execPath, [...line, ...args], { stdio: ['ignore', fd, 'pipe'] });
    closeSync(fd);
    running = child;
    const stderr: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    await once(child, 'close');
    return `${child.exitCode} ${Buffer.concat(stderr)}`;
  };
  let running: ChildProcess | undefined;
  let protos = 0;
  sandbox.nodes[0]?.faults.slow(async () => {
    if (++protos === 2) running?.kill('SIGINT');
    if (protos >= 2) await once(running!, 'exit');
  });
  t.match(await append(['--state-file-dst', state]), /^130 .*--continue/);
  sandbox.nodes[0]?.faults.clear();
  const [begun, rest] = [readFileSync(out), join(directory, 'rest.asb')];
  t.ok(digestsIn(begun).length < RECORDS);
  writeFileSync(out, Buffer.concat([begun, Buffer.from('x')]));
  t.match(await append(['-c', state]), /^1 .*truncate/);
  writeFileSync(out, begun);
  sandbox.nodes[0]?.faults.answer('scan', 4);
  t.match(await append(['-c', state]), /^1 .*parameter/i);
  t.ok(readFileSync(out).equals(begun), 'nothing is written behind what can be gone on with');
  copyFileSync(state, join(directory, 'copy'));
  t.match(await append(['-c', state]), /^0 backed up 3,000 records/);
  t.equal(new Set(digestsIn(readFileSync(out))).size, RECORDS);
  // To a file of its own, to be joined later; and to a pipe, which nobody can look at.
  copyFileSync(join(directory, 'copy'), state);
  t.match(await append(['-c', state], rest), /^0 /);
  t.equal(digestsIn(Buffer.concat([begun, readFileSync(rest)])).length, RECORDS);
  copyFileSync(join(directory, 'copy'), state);
  const piped = await run([...line.slice(1), '-c', state]);
  t.equal(digestsIn(Buffer.concat([begun, piped.stdout])).length, RECORDS);
});

t.test('artifacts are removed, and nothing else is done', async (t) => {
  const part = '.test_00001.asb.part';
  const place = t.testdir({ 'test_00000.asb': 'old', [part]: 'cut off', 'notes.txt': 'x' });
  const line = ['backup', '--remove-artifacts', '-d', place];
  t.match(await run([...line, '-v']), { code: 0, stderr: /^removed 1 file, .* at \S+\n$/ });
  t.same(readdirSync(place), ['notes.txt']);
  t.match(await run(line), { code: 0, stderr: '', stdout: Buffer.alloc(0) });
  writeFileSync(join(place, 'one.asb'), 'old');
  const one = ['backup', '--remove-artifacts', '-o', join(place, 'one.asb')];
  t.match(await run(one), { code: 0, stderr: '' });
  t.same(readdirSync(place), ['notes.txt']);
});

t.test('standard output that fails is a failure', async (t) => {
  const args = cluster.join(' ');
  const full = await shell(`asb backup ${args} -o - > /dev/full`);
  t.match(full, { code: 1, stderr: /^asb backup: [^\n]*ENOSPC[^\n]*\n$/ });
  const directory = t.testdir();
  const line = `(asb backup ${args} -o - ; echo $? > ${directory}/code) | head -c 1`;
  t.match(await shell(line), { stderr: /EPIPE/ }, 'a backup is not whole if its reader goes');
  t.equal(readFileSync(join(directory, 'code'), 'utf8'), '1\n');
});

t.test('on a terminal: a bar while it runs, no text', async (t) => {
  const directory = t.testdir();
  const script = join(directory, 'script.sh');
  const args = cluster.join(' ');
  writeFileSync(script, `"$ASB_NODE" "$ASB_MAIN" backup ${args} -d ${directory}/out`);
  const bar = await shell(`export ASB_NODE ASB_MAIN; script -qec 'sh ${script}' /dev/null`);
  t.equal(bar.code, 0);
  t.ok(bar.stdout.includes('\r\u001b[Kbacked up 3,000 records'));
  writeFileSync(script, `"$ASB_NODE" "$ASB_MAIN" backup ${args} -o -`);
  const text = await shell(`export ASB_NODE ASB_MAIN; script -qec 'sh ${script}' /dev/null`);
  t.equal(text.code, 1);
  t.match(text.stdout.toString(), /^asb backup: [^\n]*terminal[^\n]*\n$/);
});

t.test('for programs: lines in a FIFO, and JSON', async (t) => {
  const directory = t.testdir();
  const args = cluster.join(' ');
  const job = `asb backup ${args} -d out -m fifo --log-json`;
  const line = `mkfifo fifo; cat fifo > lines & ${job}; code=$?; wait; exit $code`;
  const outcome = await shell(line, { cwd: directory });
  t.equal(outcome.code, 0);
  const lines = readFileSync(join(directory, 'lines'), 'utf8');
  t.match(lines, /^(?:PROGRESS:.*\n|REMAINING:.*\n)*SUMMARY:3000:9:2:\d+:\d+\n$/);
  const said = outcome.stderr.trim().split('\n');
  const summary = said.map((line) => JSON.parse(line)).find(({ event }) => event === 'summary');
  t.match(summary, { level: 'info', command: 'backup', records: RECORDS, indexes: 9, udfs: 2 });
});

t.test('how much it would be, and nothing written', async (t) => {
  const cwd = t.testdir();
  const whole = await run(['backup', ...cluster, '-d', 'out'], { cwd });
  const size = /to 1 file, ([\d.]+ \w+),/.exec(whole.stderr)?.[1];
  const outcome = await run(['backup', ...cluster, '-e', '-m', 'lines'], { cwd });
  t.match(outcome, { code: 0, stdout: Buffer.alloc(0) });
  t.equal(outcome.stderr, `estimated 3,000 records, ${size}; from 3,000 samples\n`);
  t.match(readFileSync(join(cwd, 'lines'), 'utf8'), /^ESTIMATE:3000:\d{3,4}\n$/);
  const args = ['-e', '-z', 'zstd', '--estimate-samples', '200', '-L', '9000', '--log-json'];
  const sample = await run(['backup', ...cluster, ...args], { cwd });
  const said = sample.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const facts = said.find(({ event }) => event === 'estimate');
  t.match(facts, { records: { value: 3000, least: 3000, most: 3000 } });
  t.ok(facts.bytes.least < facts.bytes.most && facts.compressedBytes < facts.bytes.value);
  t.same(readdirSync(cwd).sort(), ['lines', 'out']);
});

t.test('a reader of the lines that goes away does not stop a backup', async (t) => {
  const directory = t.testdir();
  // head begins to read, takes nothing, and goes.
  const job = `asb backup ${cluster.join(' ')} -d out -m fifo`;
  const line = `mkfifo fifo; head -c 0 fifo & ${job}; code=$?; wait; exit $code`;
  t.match(await shell(line, { cwd: directory }), { code: 0, stderr: /^backed up 3,000 /m });
  const missing = await run(['backup', ...cluster, '-d', 'out', '-m', 'no/fifo'], {
    cwd: directory,
  });
  t.match(missing, { code: 1, stderr: /^asb backup: --machine: [^\n]*no\/fifo[^\n]*\n$/ });
});
