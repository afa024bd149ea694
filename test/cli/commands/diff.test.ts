import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startPlain } from '../../faults/processes.ts';
import { outcomeOf, run, shell } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { indexOf, textOf } from '../../helpers/text-of.ts';

const records = (from: number, to: number, version = 1) =>
  Array.from({ length: to - from }, (_, index) => ({
    set: 'people',
    key: from + index,
    generation: version,
    voidTime: 1000 + version,
    bins: { version, other: 'same' },
  }));

const FILES = {
  'a.asb': textOf(records(0, 200), [indexOf('by-age')]),
  'b.asb': textOf([...records(0, 50), ...records(50, 200, 3)], [indexOf('by-age')]),
  'few.asb': textOf(records(0, 2), [], 'copy'),
  'other.asb': textOf([...records(1, 2, 2), ...records(2, 3)]),
};

t.test('the exit status is the answer', async (t) => {
  const cwd = t.testdir(FILES);
  const rows: readonly (readonly [string, number, RegExp, RegExp])[] = [
    [
      'a.asb a.asb',
      0,
      /^$/,
      /^records: 200 the same, 0 only in A, 0 only in B, 0 differ\n.*: 1 the same/,
    ],
    [
      'few.asb other.asb',
      1,
      /^([-+~] set people.*\n( .*\n)*){3}$/,
      /1 only in A, 1 only in B, 1 differs\nnote: A is of namespace copy, and B of test\n$/,
    ],
    ['a.asb none.asb', 2, /^$/, /^asb diff: there is no none\.asb\n$/],
    ['a.asb', 2, /^$/, /^asb diff: PATH is needed: two backups/],
  ];
  for (const [words, code, stdout, stderr] of rows) {
    const outcome = await run(['diff', ...words.split(' ')], { cwd });
    t.equal(outcome.code, code, words);
    t.match(outcome.stdout.toString(), stdout, words);
    t.match(outcome.stderr, stderr, words);
  }
});

t.test('on a terminal, no bar stands between the lines', async (t) => {
  const cwd = t.testdir(FILES);
  const line = `export A="$ASB_NODE $ASB_MAIN"; script -qec '$A diff few.asb other.asb' /dev/null`;
  const { stdout } = await shell(line, { cwd });
  t.match(stdout.toString(), /^- set people/m);
  t.notMatch(stdout.toString(), '\u001b[K');
});

t.test('by a pipe', async (t) => {
  const cwd = t.testdir(FILES);
  const line = 'asb compress <a.asb | asb diff a.asb - && ! asb diff - b.asb <a.asb >/dev/null';
  t.match(await shell(line, { cwd }), { code: 0 });
  const cut = await run(['diff', 'a.asb', '-'], { cwd, input: FILES['a.asb'].subarray(0, 5000) });
  t.match(cut, { code: 2, stderr: /^asb diff: -: line \d+/ });
  t.match(cut.stdout.toString(), /^\{"failed":"-: line \d+/);
});

t.test('forms and limits', async (t) => {
  const cwd = t.testdir(FILES);
  const diff = (...words: readonly string[]) =>
    runHere(['diff', join(cwd, 'a.asb'), join(cwd, 'b.asb'), ...words]);
  const linesOf = (written: Buffer): string[] => written.toString().split('\n').slice(0, -1);

  const plain = await diff();
  t.equal(plain.answer, 1);
  t.equal(linesOf(plain.written).filter((line) => line.startsWith('~')).length, 100);
  t.equal(linesOf(plain.written).at(-1), '… and 50 more');
  const exact = await diff('--limit', '150');
  t.equal(linesOf(exact.written).length, 4 * 150);
  t.strictSame(linesOf((await diff('--limit', '0')).written), ['… and 150 more']);

  const each = linesOf((await diff('--ndjson')).written);
  t.equal(each.length, 150);
  t.match(JSON.parse(each[0]!), { kind: 'changed', bins: { version: { before: 1, after: 3 } } });
  t.equal(linesOf((await diff('--ndjson', '--limit', '7')).written).length, 7);

  const [whole = ''] = linesOf((await diff('--json')).written);
  const report = JSON.parse(whole);
  t.match(report, { isSame: false, records: { same: 50, changed: 150 }, globals: { same: 1 } });
  t.equal(report.differences.length, 100);
  const same = await runHere(['diff', '--json', join(cwd, 'a.asb'), join(cwd, 'a.asb')]);
  t.match(JSON.parse(same.written.toString()), { isSame: true, differences: [] });
});

t.test('what is compared', async (t) => {
  const cwd = t.testdir(FILES);
  const rows: readonly (readonly [string, number])[] = [
    ['', 1],
    ['--bins other', 1],
    ['--bins other --ignore-generation', 1],
    ['--bins other --ignore-generation --ignore-void-time', 0],
    ['--bins other --ignore-generation --void-time-tolerance 1', 1],
    ['--bins other --ignore-generation --void-time-tolerance 2', 0],
    ['--bins version,other --ignore-generation --ignore-void-time', 1],
  ];
  const paths = [join(cwd, 'a.asb'), join(cwd, 'b.asb')];
  for (const [words, answer] of rows) {
    const ran = await runHere([
      'diff',
      ...paths,
      ...words.split(' ').filter((word) => word !== ''),
    ]);
    t.match(ran, { answer, error: undefined }, words);
  }
  for (const words of [
    '--json --ndjson',
    '--ignore-void-time --void-time-tolerance 1',
    '--limit -1',
  ]) {
    t.match(
      (await runHere(['diff', ...paths, ...words.split(' ')])).error,
      { code: 'USAGE' },
      words,
    );
  }
});

t.test('a bin that no record has is told, whatever else is the same', async (t) => {
  const cwd = t.testdir(FILES);
  const same = ['diff', 'a.asb', 'a.asb', '--bins'];
  t.match(await run([...same, 'vresion'], { cwd }), { code: 0, stderr: /bin "vresion"/ });
  t.notMatch((await run([...same, 'version'], { cwd })).stderr, /bin "/);
});

t.test('a signal leaves nothing, and is no answer', async (t) => {
  const blob = Buffer.alloc(100_000);
  const large = Array.from({ length: 30 }, (_, key) => ({ key, bins: { blob } }));
  const cwd = t.testdir({ 'large.asb': textOf(large), temp: {} });
  const temp = join(cwd, 'temp');
  const words = ['diff', join(cwd, 'large.asb'), '-', '--memory', '1', '--temp-dir', temp];
  const child = startPlain(words);
  const outcome = outcomeOf(child);
  child.stdin.write(textOf(records(0, 1)));
  while (readdirSync(temp).length === 0) await new Promise(setImmediate);
  child.kill('SIGTERM');
  t.match(await outcome, { code: 143, stderr: 'asb diff: diff stopped by SIGTERM\n' });
  t.strictSame(readdirSync(temp), []);
});
