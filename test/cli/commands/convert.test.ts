import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { run, shell } from '../../helpers/asb.ts';
import { readCsv } from '../../helpers/csv.ts';
import { runHere } from '../../helpers/in-process.ts';
import { writeKey } from '../../helpers/keys.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/${name}`, import.meta.url));
const RECORDS = fixture('records.asb');
const NDJSON = readFileSync(fixture('records.ndjson'));

const LINES = `{"set":"users","key":"ada","voidTime":1,"bins":{"name":"Ada","age":36,"score":{"$double":"5"}}}
{"set":"users","key":7,"bins":{"name":"Grace, \\"Amazing\\"","age":85,"tags":["x",{"a":1}]}}
{"set":"games","key":"x","bins":{"name":{"$string":"/w=="}}}
`;

t.test('a table, its columns found', async (t) => {
  const cwd = t.testdir({ 'lines.ndjson': LINES });
  const outcome = await run(['convert', 'lines.ndjson', '--to', 'csv'], { cwd });
  t.match(outcome, {
    code: 0,
    stderr: /^note: all is read twice.*\nwarning: 1 string is no UTF-8, and in base64\n$/,
  });
  const [names, ...rows] = readCsv(outcome.stdout.toString());
  t.same(names, [
    ...['set', 'key', 'digest', 'generation', 'expires'],
    ...['age:integer', 'name:string', 'score:double', 'tags:list'],
  ]);
  t.same(
    rows.map(([set, key, , ...rest]) => [set, key, ...rest]),
    [
      ['users', 'ada', '1', '2010-01-01T00:00:01Z', '36', 'Ada', '5.0', undefined],
      ['users', '7', '1', undefined, '85', 'Grace, "Amazing"', undefined, '["x",{"a":1}]'],
      ['games', 'x', '1', undefined, undefined, '/w==', undefined, undefined],
    ],
  );
});

t.test('in a pipe, its columns chosen, in their order', async (t) => {
  const cases: readonly (readonly [string[], string])[] = [
    [['--bins', 'name,age', '--columns', 'key'], 'key,name,age\nada,Ada,36\n'],
    [['--bins', 'age:integer', '--columns', 'none'], 'age:integer\n36\n'],
    [
      [
        '--bins',
        'score,age',
        '--columns',
        'set,generation',
        '--header',
        'plain',
        '--delimiter',
        'tab',
      ],
      'set\tgeneration\tscore\tage\nusers\t1\t5.0\t36\n',
    ],
    [['-B', 'name', '--columns', 'none', '--header', 'none'], 'Ada\n'],
    [['--no-bins', '--columns', 'key,set'], 'key,set\nada,users\n'],
  ];
  for (const [args, expected] of cases) {
    const ran = await runHere(['convert', '--to', 'csv', '--key', 'ada', ...args], LINES);
    t.match(ran, { error: undefined, said: [], written: Buffer.from(expected) }, args.join(' '));
  }
});

t.test('types of chosen columns are found where none is said', async (t) => {
  const path = join(t.testdir({ 'lines.ndjson': LINES }), 'lines.ndjson');
  const header = async (...args: string[]) => {
    const { written, said } = await runHere([
      'convert',
      path,
      '--to',
      'csv',
      '--columns',
      'none',
      ...args,
    ]);
    return [written.toString().split('\n')[0], said.some((line) => line.includes('twice'))];
  };
  t.same(await header('-B', 'name,age'), ['name:string,age:integer', true]);
  t.same(await header('-B', 'name:string,age:any'), ['name:string,age:any', false]);
  t.same(await header('-B', 'name,age', '--header', 'plain'), ['name,age', false]);
  t.same(await header('--header', 'plain', '--drop-bins', 'tags'), ['age,name,score', true]);
  t.same(await header('--set', 'games'), ['name:string', true]);
});

t.test('what can be read only once is read once, though a backup is read twice', async (t) => {
  const cwd = t.testdir({ 'lines.ndjson': LINES });
  writeKey(join(cwd, 'key.pem'));
  const line =
    `asb encrypt --mode aes128 --encryption-key-file key.pem < ${RECORDS} > sealed && cat key.pem | ` +
    'asb convert sealed --to csv -y aes128 --encryption-key-file /dev/stdin --key i_max --columns key';
  const sealed = await shell(line, { cwd });
  t.match(sealed, {
    code: 0,
    stdout: Buffer.from('key,i_max:integer\ni_max,9223372036854775807\n'),
  });
  const keys = 'asb convert lines.ndjson --to csv --columns key --keys-from /dev/stdin';
  const named = await shell(`echo ada | ${keys}`, { cwd });
  t.equal(named.stdout.toString(), 'key,age:integer,name:string,score:double\nada,36,Ada,5.0\n');
});

t.test('what an expression fails on is counted once, however often all is read', async (t) => {
  const path = join(t.testdir({ 'lines.ndjson': LINES }), 'lines.ndjson');
  const args = ['convert', path, '--to', 'csv', '--where', 'record.x.y', '--where-errors', 'skip'];
  for (const more of [[], ['-B', 'age:integer']]) {
    const { said } = await runHere([...args, ...more]);
    t.match(said.at(-1), /^warning: left out 3 records /, more.join(' '));
  }
});

t.test('what there is to say of the files is said once', async (t) => {
  const file = (bin: string) =>
    `Version 3.1\n# namespace test\n* i test users i N 1 ${bin} N\n+ n test\n+ d ${'A'.repeat(27)}=\n+ g 1\n+ t 0\n+ b 1\n- I a 1\n`;
  const cwd = t.testdir({ 'a.asb': file('a'), 'b.asb': file('b') });
  const { said, error } = await runHere(['convert', cwd, '--to', 'csv', '--columns', 'none']);
  t.equal(error, undefined);
  t.match(said, [/another secondary index "i"/, /read twice/, /left out 1 index/]);
});

t.test('columns that stay empty are told: a name or a type may be mistyped', async (t) => {
  const cwd = t.testdir({ 'lines.ndjson': LINES });
  const said = async (...args: string[]) => {
    const { said } = await runHere(['convert', ...args, join(cwd, 'lines.ndjson'), '--to', 'csv']);
    return said.filter((line) => line.startsWith('warning: no record'));
  };
  t.match(await said('--bins', 'naem,age:interger,name:string'), [
    /^warning: no record has a bin "naem" or "age:interger"$/,
  ]);
  t.same(await said('--bins', 'age,tags'), []);
  t.same(await said('--bins', 'naem', '--set', 'nobody'), []);
});

t.test('into a file, which is there when it is whole; all that is left out is told', async (t) => {
  const cwd = t.testdir();
  const args = ['convert', RECORDS, '--to', 'csv', '-o', 'all.csv'];
  t.match(await run(args, { cwd }), {
    code: 0,
    stderr: /\nnote: left out 11 indexes and UDF modules\nwarning: 2 strings are no UTF-8/,
  });
  const rows = readCsv(readFileSync(join(cwd, 'all.csv'), 'utf8'));
  t.equal(rows.length, 81);
  t.equal(new Set(rows.map((row) => row.length)).size, 1);
  t.match(await run(args, { cwd }), { code: 1, stderr: /all\.csv/ });
  t.match(await run([...args, '-r'], { cwd }), { code: 0 });
});

t.test('NDJSON, and a backup', async (t) => {
  const cwd = t.testdir({ 'lines.ndjson': NDJSON });
  t.match(
    await run(['convert', 'lines.ndjson', '--to', 'asb', '-n', 'test', '-d', 'out'], { cwd }),
    {
      code: 0,
      stderr: /^wrote 80 records, 9 secondary indexes, 2 UDF modules to 1 file/,
    },
  );
  t.same(readFileSync(join(cwd, 'out', 'test_00000.asb')), readFileSync(RECORDS));
  const back = await run(['convert', 'out', '--to', 'ndjson'], { cwd });
  t.match(back, { code: 0, stderr: '', stdout: NDJSON });
  const typed = await runHere(
    ['convert', '--to', 'ndjson', '-B', 'age:integer', '--key', '7'],
    LINES,
  );
  t.match(
    typed.written.toString(),
    /"bins":\{"age":85\}\}\n$/,
    'in a line, a type is none of its own',
  );
  for (const language of ['csv', 'ndjson', 'asb']) {
    const { said } = await runHere(['convert', RECORDS, '--to', language, '--drop-bins', 'emial']);
    t.equal(said.at(-1), 'warning: no record has a bin "emial"', language);
  }
  const skipping = ['--where', 'record.x.y', '--where-errors', 'skip', '--to', 'asb'];
  const skipped = await runHere(['convert', RECORDS, ...skipping]);
  t.match(skipped.said, [/^warning: left out 80 /]);
});

t.test('a failure ends the table with a cell that has no end', async (t) => {
  const early = await run(['convert', '--to', 'csv', '-B', 'name'], { input: '{"key":1}\n' });
  t.match(early, { code: 1, stderr: /line 1/ });
  t.match(early.stdout.toString(), /^"asb failed: [^\n"]*$/);
  const many = Array.from({ length: 20_000 }, (_, key) => `{"key":${key},"bins":{}}\n`).join('');
  const bad = `${many}{"key":1}\n`;
  const outcome = await run(['convert', '--to', 'csv', '-B', 'name'], { input: bad });
  t.match(outcome, { code: 1, stderr: /line 20001/ });
  t.match(outcome.stdout.toString(), /\n"asb failed: [^\n"]*$/);
  const wrong = await runHere(['convert', '--to', 'csv', '-B', 'age:string'], LINES);
  t.match(wrong.error, { code: 'FORMAT', message: /digest [0-9a-f]{40}.*integer/ });
});

t.test('a reader may take a part and go', async (t) => {
  const many = Array.from({ length: 20_000 }, (_, key) => `{"key":${key},"bins":{"a":1}}\n`).join(
    '',
  );
  const line = '{ asb convert --to csv -B a; echo "status $?" >&2; } | head -n 1';
  t.match(await shell(line, { input: many }), { code: 0, stderr: 'status 0\n' });
});

t.test('what has no meaning', async (t) => {
  const cases: readonly (readonly [string[], object])[] = [
    [[], { code: 'USAGE', message: /--to/ }],
    [['--to', 'csv'], { code: 'USAGE', message: /--bins/ }],
    [['--to', 'csv', '-B', 'a', '-d', 'out'], { code: 'USAGE', message: /--directory/ }],
    [['--to', 'csv', '-B', 'a', '--columns', 'key,name'], { code: 'USAGE', message: /"name"/ }],
    [['--to', 'csv', '-B', 'a,a:string'], { code: 'USAGE', message: /"a"/ }],
    [['--to', 'csv', '-B', 'a', '--drop-bins', 'b'], { code: 'USAGE' }],
    [['--to', 'csv', '-x', '--columns', 'none'], { code: 'USAGE' }],
    [['--to', 'ndjson', '--header', 'plain'], { code: 'USAGE', message: /--header/ }],
    [['--to', 'asb'], { code: 'USAGE', message: /--namespace/ }],
  ];
  for (const [args, expected] of cases) {
    t.match((await runHere(['convert', ...args], LINES)).error, expected, args.join(' '));
  }
  for (const language of ['csv', 'ndjson', 'asb']) {
    const { error } = await runHere(['convert', RECORDS, '--to', language, '-n', 'other']);
    t.match(error, { code: 'FORMAT', message: /"test"/ }, language);
  }
  const early = await runHere(['convert', RECORDS, '--to', 'csv', '-d', 'out']);
  t.match(early, { error: { code: 'USAGE' }, said: [] }, 'told before all is read');
});
