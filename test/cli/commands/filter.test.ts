import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { run, shell } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/${name}`, import.meta.url));
const RECORDS = fixture('records.asb');
const TEXT = readFileSync(RECORDS);
const NDJSON = readFileSync(fixture('records.ndjson'));

const LINES = NDJSON.toString().trimEnd().split('\n');
const lines = (wanted: (line: Record<string, unknown>) => boolean): string =>
  LINES.filter((line) => wanted(JSON.parse(line)))
    .map((line) => `${line}\n`)
    .join('');

/** Records of a set, with the indexes that belong to it and all UDF modules. */
const ofSet = (name: string): string =>
  lines(({ set, index, udf }) => {
    if (typeof index === 'object' && index !== null && 'set' in index) return index.set === name;
    return udf !== undefined || set === name;
  });

t.test('records of a set, in every packing, as what was read or as the other', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT, 'packed.asb': zstdCompressSync(TEXT) });
  const expected = ofSet('types');
  for (const line of [
    'asb filter test.asb -s types | asb parse',
    'asb filter packed.asb -s types | asb parse',
    'asb filter - -s types < test.asb | asb parse',
    'asb filter --set types --to ndjson test.asb',
    `asb filter --set types < ${fixture('records.ndjson')}`,
    `asb filter --set types --to asb -n test < ${fixture('records.ndjson')} | asb parse`,
  ]) {
    t.match(
      await shell(line, { cwd }),
      { code: 0, stderr: '', stdout: Buffer.from(expected) },
      line,
    );
  }
});

t.test('records by an expression, keys, and all others', async (t) => {
  const cases: readonly (readonly [string[], (line: Record<string, unknown>) => boolean])[] = [
    [
      ['--where', "record.key === 'geo_point' || record.bins.int > 0"],
      ({ key, bins }) => key === 'geo_point' || /^\{"int":[1-9]/.test(JSON.stringify(bins)),
    ],
    [['--key', 'geo_point,i_max'], ({ key }) => key === 'geo_point' || key === 'i_max'],
    [['--set', 'types,odd', '--invert'], ({ set }) => set !== 'types' && set !== 'odd'],
  ];
  for (const [args, wanted] of cases) {
    const { error, written, said } = await runHere([
      'filter',
      RECORDS,
      '--to',
      'ndjson',
      '-I',
      '-u',
      ...args,
    ]);
    t.equal(error, undefined);
    t.same(said, []);
    t.equal(
      written.toString(),
      lines((line) => 'bins' in line && wanted(line)),
    );
  }
});

t.test('bins', async (t) => {
  const args = ['filter', RECORDS, '-s', 's1', '-I', '-u', '--to', 'ndjson'];
  const binsOf = async (...more: string[]): Promise<string[]> => {
    const { written } = await runHere([...args, ...more]);
    return Object.keys(JSON.parse(written.toString()).bins);
  };
  const all = await binsOf();
  t.same(
    await binsOf('-B', 'str,int'),
    all.filter((name) => name === 'int' || name === 'str'),
  );
  t.same(
    await binsOf('--drop-bins', 'int'),
    all.filter((name) => name !== 'int'),
  );
  t.same(await binsOf('-x'), []);
  for (const option of ['-B', '--drop-bins']) {
    const { said } = await runHere([...args, option, 'str,emial,nmae']);
    t.same(said, ['warning: no record has a bin "emial" or "nmae"'], option);
  }
  t.same(
    (await runHere([...args, '-B', 'nmae', '--key', 'nobody'])).said.length,
    1,
    'once is enough',
  );
});

t.test('a directory comes out whole, with its manifest, and says what was left out', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT });
  const outcome = await run(['filter', 'test.asb', '-s', 'types', '-d', 'out'], { cwd });
  t.match(outcome, {
    code: 0,
    stderr:
      /^kept 51 records, 0 secondary indexes, 2 UDF modules to 1 file, .*\nleft out 29 records, 9 secondary indexes, 0 UDF modules\n$/,
  });
  t.same(readdirSync(join(cwd, 'out')).sort(), ['test.manifest.json', 'test_00000.asb']);
  t.match(await run(['verify', 'out'], { cwd }), { code: 0, stderr: '' });
  const lines = await run(['filter', 'out', '--to', 'ndjson', '-o', 'lines'], { cwd });
  t.match(lines, { code: 0, stderr: /^left out 0 records/ });
  t.equal(readFileSync(join(cwd, 'lines'), 'utf8'), ofSet('types'));
});

t.test('what an expression fails on ends it, with half a unit', async (t) => {
  const args = ['--where', 'record.bins.int.x.y'];
  const text = await run(['filter', RECORDS, ...args]);
  t.match(text, { code: 1, stderr: /digest [0-9a-f]{40}.*\(where:1:\d+\)/ });
  const cwd = t.testdir();
  const parsed = await shell(`asb filter ${RECORDS} --where 'record.bins.int.x.y' | asb parse`, {
    cwd,
  });
  t.match(parsed, { code: 1, stderr: /asb parse: .*an earlier stage failed.*digest/s });
  const ndjson = await run(['filter', RECORDS, '--to', 'ndjson', ...args]);
  t.match(ndjson.stdout.toString(), /\{"failed":"[^\n]*$/);
  const early = await run(['filter'], { input: '{"key":1}\n' });
  t.match(early, { code: 1, stderr: /line 1/ });
  t.match(early.stdout.toString(), /^\{"failed":"[^\n]*$/);
  const skipping = ['--where-errors', 'skip', '-s', 's1,types'];
  const skipped = await runHere(['filter', RECORDS, '--to', 'ndjson', ...args, ...skipping]);
  t.equal(skipped.error, undefined);
  t.match(skipped.said, [/^warning: left out 52 /, /^warning: none of 80 records/]);
});

t.test('nothing is wanted, and there is nothing', async (t) => {
  const header = 'Version 3.1\n# namespace test\n# first-file\n';
  const none = await runHere(['filter', RECORDS, '-R', '-I', '-u']);
  t.match(none, { error: undefined, said: [], written: Buffer.from(header) });
  const empty = await runHere(['filter', '-s', 'x'], header);
  t.match(empty, { error: undefined, said: [], written: Buffer.from(header) });
});

t.test('a reader may take a part and go', async (t) => {
  const many = Array.from({ length: 20_000 }, (_, key) => `{"key":${key},"bins":{"a":1}}\n`).join(
    '',
  );
  const outcome = await shell('{ asb filter; echo "status $?" >&2; } | head -n 1', { input: many });
  t.match(outcome, { code: 0, stderr: 'status 0\n' });
});

t.test('what has no meaning', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT, 'lines.ndjson': NDJSON });
  const cases: readonly (readonly [string[], object])[] = [
    [['--to', 'ndjson', '-d', 'out'], { code: 'USAGE', message: /--directory/ }],
    [['--to', 'ndjson', '-C'], { code: 'USAGE', message: /--compact/ }],
    [['--to', 'ndjson', '-r'], { code: 'USAGE', message: /--remove-files/ }],
    [['--to', 'ndjson', '-o', RECORDS], { code: 'USAGE', message: /being read/ }],
    [['--to', 'ndjson', '-o', join(cwd, 'lines.ndjson')], { code: 'EXISTS' }],
    [['-n', 'other'], { code: 'FORMAT', message: /"test"/ }],
    [['-n', 'other', '--to', 'ndjson'], { code: 'FORMAT', message: /"test"/ }],
    [['--where', 'record.'], { code: 'USAGE' }],
    [['--where', '(record) => true'], { code: 'USAGE' }],
  ];
  for (const [args, expected] of cases) {
    t.match((await runHere(['filter', RECORDS, ...args])).error, expected, args.join(' '));
  }
  const unnamed = await runHere(['filter', '--to', 'asb'], NDJSON.toString('latin1'));
  t.match(unnamed.error, { code: 'USAGE', message: /--namespace/ });
});
