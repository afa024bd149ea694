import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { codeOf } from '../../../lib/errors.ts';
import { backup } from '../../../lib/jobs/backup.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { outcomeOf, run, shell, start } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { differences, scanFacts } from '../../helpers/facts.ts';
import { startFakeNode, until } from '../../helpers/fake-node.ts';
import { runHere } from '../../helpers/in-process.ts';

const RECORDS = 2000;
const sandbox = await startSandbox({ records: RECORDS });
const seeds = sandbox.seeds.join();
const before = await scanFacts(seeds, 'test');
const OUT = join(t.testdir(), 'out');
await backup({ seeds, namespace: 'test', directory: OUT, fileLimit: 100_000, compress: 'zstd' })
  .done;
t.teardown(() => sandbox.close());

/** An empty cluster to restore to. */
const withEmpty = async (act: (seeds: string) => Promise<void>): Promise<void> => {
  const empty = await startSandbox({ nodes: 2 });
  await act(empty.seeds.join()).finally(() => empty.close());
};

t.test('a directory, a file, standard input', async (t) => {
  const one = join(t.testdir(), 'one.asb');
  await backup({ seeds, namespace: 'test', outputFile: one }).done;
  for (const args of [
    ['-d', OUT, '-z', 'zstd', '-t', '3', '--wait', '--workers', '2'],
    ['-i', one, '-n', 'test,copy'],
    ['--directory-list', 'out', '--parent-directory', join(OUT, '..'), '-L'],
  ]) {
    await withEmpty(async (to) => {
      const namespaces = args.includes('-n') ? [] : ['-n', 'test,copy'];
      const outcome = await run(['restore', '-h', to, ...namespaces, ...args]);
      t.match(outcome, { code: 0, stdout: Buffer.alloc(0) }, args.join(' '));
      t.match(outcome.stderr.split('\n').slice(-5), [
        /^restored 2,000 records from \d+ files?, .* to namespace copy in/,
        /^records: 2,000 read, 2,000 inserted, /,
        /^secondary indexes: 9 created, /,
        /^UDF modules: 2 created, /,
        '',
      ]);
      t.strictSame(differences(before, await scanFacts(to, 'copy')), []);
    });
  }
  await withEmpty(async (to) => {
    const line = `asb backup -h ${seeds} -n test -o - -z zstd | asb restore -h ${to} -i -`;
    t.match(await shell(line), { code: 0, stderr: /^restored 2,000 records from 1 file/m });
    t.strictSame(differences(before, await scanFacts(to, 'test')), [], 'where it was');
  });
});

t.test('what is there already', (t) =>
  withEmpty(async (to) => {
    const rows: readonly [readonly string[], RegExp][] = [
      [[], /2,000 inserted/],
      [['-u'], /0 inserted, 2,000 existed/],
      [['-g', '-l', '60'], /2,000 inserted/],
      [['-r', '-g', '--disable-batch-writes', '--batch-size', '50'], /2,000 inserted/],
      [['-s', 'nope'], /2,000 read, 0 inserted.* 2,000 skipped.*9 skipped/],
      [['-R', '-F'], /records: 0 read.*9 there already.*UDF modules: 0 created.* 0 there/],
    ];
    for (const [args, words] of rows) {
      const { error, said } = await runHere(['restore', '-h', to, '-d', OUT, ...args]);
      t.equal(error, undefined);
      t.match(said.join(' '), words, args.join(' '));
    }
  }),
);

t.test('validation needs no cluster', async (t) => {
  const damaged = join(t.testdir(), 'damaged.asb');
  writeFileSync(damaged, Buffer.concat([HEADER, ...manyRecords(5)]).subarray(0, -1));
  const rows: readonly [readonly string[], RegExp, string?][] = [
    [['-d', OUT], /records +2,?000/],
    [['--directory-list', 'out', '--parent-directory', join(OUT, '..')], /records +2,?000/],
    [['--directory-list', OUT], /records +2,?000/],
    [['-i', damaged], /records +4/, 'FORMAT'],
    [['-i', '-'], /records +0/],
  ];
  for (const [args, words, code] of rows) {
    const ran = await runHere(['restore', '--validate', ...args], HEADER.toString());
    t.match(ran.written.toString(), words, args.join(' '));
    t.equal(codeOf(ran.error), code);
  }
});

t.test('a manifest, and none', async (t) => {
  const place = join(t.testdir(), 'out');
  cpSync(OUT, place, { recursive: true });
  const [first = ''] = readdirSync(place).filter((name) => name.endsWith('.asb'));
  const stranger = join(place, `other_${first}`);
  cpSync(join(place, first), stranger);
  await withEmpty(async (to) => {
    const args = ['-h', to, '-n', 'test,copy', '-d', place];
    const foreign = { code: 'FORMAT', facts: { file: stranger } };
    t.match(await runHere(['restore', ...args]), { error: foreign, said: [] });
    const all = await runHere(['restore', ...args, '--no-manifest']);
    t.match(all.said[0], /^restored [\d,]+ records/);
    t.notMatch(all.said.join('\n'), /manifest/);
    t.match(await run(['restore', ...args, '--no-manifest', '-v']), {
      code: 0,
      stderr: /^note: not held against a manifest: .*out; /m,
    });
    t.match(await run(['restore', ...args, '-v']), { code: 1, stderr: /FORMAT/ });
    t.match(await runHere(['restore', '--validate', '-d', place]), { error: { code: 'FORMAT' } });
    const validated = await runHere(['restore', '--validate', '--no-manifest', '-d', place]);
    t.equal(validated.error, undefined);
    t.match(await run(['restore', '-h', to, '-d', OUT, '-v']), { code: 0, stderr: /^(?!.*held)/s });
  });
});

t.test('one that failed tells how it could go on', async (t) => {
  const place = t.testdir({ 'a.asb': Buffer.concat([HEADER, ...manyRecords(3)]).subarray(0, -1) });
  const args = ['restore', '-h', seeds, '-n', 'test,copy', '--ignore-record-error'];
  const hint = /--state-file-dst FILE, --continue FILE/;
  const failed = await runHere([...args, '-d', place]);
  t.match(failed, { error: { code: 'TRUNCATED' }, said: [hint] });
  const state = join(place, 'one.state');
  const kept = await runHere([...args, '-d', place, '--state-file-dst', state]);
  t.match(kept, { error: { code: 'TRUNCATED', facts: { state } }, said: [] });
  t.match(await runHere([...args, '-d', place, '-c', state]), { error: { facts: { state } } });
  const text = readFileSync(join(place, 'a.asb'), 'latin1');
  t.match(await runHere([...args, '-i', '-'], text), { error: { code: 'TRUNCATED' }, said: [] });
});

t.test('an encrypted backup', async (t) => {
  const env = { KEY: Buffer.from('secret').toString('base64') };
  const key = ['--encrypt', 'aes128', '--encryption-key-env', 'KEY'];
  const place = join(t.testdir(), 'secret');
  const made = await run(['backup', '-h', seeds, '-n', 'test', '-d', place, ...key], { env });
  t.equal(made.code, 0);
  await withEmpty(async (to) => {
    const without = await runHere(['restore', '-h', to, '-d', place]);
    t.match(without.error, { code: 'FORMAT', message: /encrypted/ });
    t.match(await run(['restore', '-h', to, '-d', place, ...key], { env }), { code: 0 });
    t.match(await run(['restore', '--validate', '-d', place, ...key], { env }), { code: 0 });
  });
});

t.test('what is wrong is told', async (t) => {
  const place = t.testdir({ empty: {}, 'bad.asb': 'Version 9.9\n', 'other.asb': HEADER });
  const rows: readonly [readonly string[], string, RegExp][] = [
    [[], 'USAGE', /--directory.*--input-file.*--directory-list/],
    [['-d', 'a', '-i', 'b'], 'USAGE', /--directory.*--input-file/],
    [['-d', 'a', '--directory-list', 'b'], 'USAGE', /--directory.*--directory-list/],
    [['-i', 'a', '--directory-list', 'b'], 'USAGE', /--input-file.*--directory-list/],
    [['-d', 'a', '--parent-directory', 'b'], 'USAGE', /--directory-list/],
    [['-d', 'a', '-n', 'a,b,c'], 'USAGE', /--namespace/],
    [['-d', 'a', '-u', '-r'], 'USAGE', /--unique.*--replace/],
    [['-d', 'a', '-t', '0'], 'USAGE', /4096/],
    [['-d', 'a', '--s3-profile', 'x'], 'USAGE', /--s3-profile.*s3:/],
    [['-d', 's3:///a'], 'USAGE', /no bucket/],
    [['-d', 'a', '-c', 'x', '--state-file-dst', 'x'], 'USAGE', /--state-file-dst.*--continue/],
    [['-d', 'a', '-c', 'x', '--validate'], 'USAGE', /--continue.*--validate/],
    [['-d', 'a', '--state-file-dst', 'x', '-R'], 'USAGE', /--state-file-dst.*--no-records/],
    [['-i', '-', '--state-file-dst', 'x'], 'USAGE', /--state-file-dst.*standard input/],
    [['-i', '-', '-c', 'x'], 'USAGE', /--continue.*standard input/],
    [['-d', OUT, '-c', join(place, 'x')], 'NOT_FOUND', /no state/],
    [['-d', join(place, 'nope')], 'NOT_FOUND', /nope/],
    [['-d', join(place, 'empty')], 'EMPTY', /empty/],
    [['-i', join(place, 'bad.asb')], 'FORMAT', /bad\.asb: line 1/],
    [['-i', join(place, 'other.asb'), '-n', 'copy'], 'FORMAT', /other\.asb.*"test".*"copy"/],
    [['-i', join(place, 'other.asb'), '-n', 'test,nope'], 'NO_NAMESPACE', /"nope".*copy, test/],
  ];
  for (const [args, code, message] of rows) {
    const { error, said } = await runHere(['restore', '-h', seeds, ...args]);
    t.match(error, { code, message }, args.join(' '));
    t.strictSame(said, []);
  }
  const outcome = await run(['restore', '-h', seeds, '-i', join(place, 'bad.asb')]);
  t.match(outcome, { code: 1, stdout: Buffer.alloc(0), stderr: /^asb restore: [^\n]*\n$/ });
});

t.test('records that are refused, and ignored', async (t) => {
  const inputFile = join(t.testdir(), 'one.asb');
  writeFileSync(inputFile, Buffer.concat([HEADER, ...manyRecords(3)]));
  const args = ['restore', '-h', seeds, '-i', inputFile, '-n', 'test,copy', '-l', '315360000'];
  t.match((await runHere(args)).error, { code: 'RANGE' });
  const { error, said } = await runHere([...args, '--ignore-record-error']);
  t.equal(error, undefined);
  t.match(said.join('\n'), /3 ignored.*^warning: 3 records could not/ms);
});

t.test('a signal ends it', async (t) => {
  const silent = await startFakeNode({
    info: (one) => (one === 'features' ? 'batch-any' : undefined),
  });
  const inputFile = join(t.testdir(), 'one.asb');
  writeFileSync(
    inputFile,
    Buffer.concat([HEADER, ...manyRecords(3)])
      .toString()
      .replaceAll('+ t 4294967295', '+ t 0'),
  );
  const child = start(['restore', '-h', `127.0.0.1:${silent.port}`, '-i', inputFile]);
  const outcome = outcomeOf(child);
  await until(() => silent.sockets.size > 1);
  child.kill('SIGTERM');
  t.match(await outcome, { code: 143, stderr: /stopped by SIGTERM/ });
  await silent.close();
});

t.test('for programs: a line of numbers, and JSON', (t) =>
  withEmpty(async (to) => {
    const lines = join(t.testdir(), 'lines');
    const job = ['restore', '-h', to, '-n', 'test,copy', '-d', OUT, '-m', lines, '--log-json'];
    const outcome = await run(job);
    t.equal(outcome.code, 0);
    t.match(
      readFileSync(lines, 'utf8'),
      /^(?:PROGRESS:.*\n|REMAINING:.*\n)*SUMMARY:2:9:2000:0:0:0 :2000:0:0\n$/,
    );
    const said = outcome.stderr.trim().split('\n');
    const summary = said.map((line) => JSON.parse(line)).find(({ event }) => event === 'summary');
    t.match(summary, { level: 'info', command: 'restore', inserted: 2000, namespace: 'copy' });
    t.match(await runHere(['restore', '--validate', '-d', OUT, '-m', lines]), {
      error: { code: 'USAGE' },
    });
  }),
);

t.test('options of others that have no effect, and their words', (t) =>
  withEmpty(async (to) => {
    const others = ['--event-loops', '4', '--warm-up=3', '--encrypt', 'NONE', '-z', 'ZSTD', '-v'];
    const outcome = await run(['restore', '-h', to, '-n', 'test,copy', '-d', OUT, ...others]);
    t.match(outcome, { code: 0, stderr: /^note: --event-loops: [\s\S]*^note: --warm-up: /m });
    t.match(outcome.stderr, /^restored 2,000 records/m);
  }),
);
