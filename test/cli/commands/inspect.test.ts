import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { run, shell } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { runHere } from '../../helpers/in-process.ts';
import { manifestTextOf } from '../../helpers/manifests.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/${name}`, import.meta.url));
const RECORDS = fixture('records.asb');
const LINES = readFileSync(fixture('records.ndjson'), 'utf8').trimEnd().split('\n');
const FIRST = LINES.find((line) => line.includes('"key":"geo_point"')) ?? '';
const DIGEST = Buffer.from(JSON.parse(FIRST).digest, 'base64').toString('hex');

t.test('what takes the space, for people and for programs', async (t) => {
  const outcome = await run(['inspect', RECORDS]);
  t.match(outcome, { code: 0, stderr: '' });
  const text = outcome.stdout.toString();
  t.match(text, /^namespace test: 80 records, 9 secondary indexes, 2 UDF modules in 1 file/);
  t.match(text, /^types +51 .* 64% █+/m);
  t.ok(text.split('\n').every((line) => line.length <= 100));
  const { written } = await runHere(['inspect', RECORDS, '--json', '--set', 's1', '-B', 'int']);
  t.match(JSON.parse(written.toString()), {
    namespace: 'test',
    files: 1,
    records: 1,
    sets: [{ set: 's1', records: 1, bins: [{ bin: 'int', types: { integer: 1 } }] }],
  });
});

t.test('NDJSON from a pipe', async (t) => {
  const { written, error } = await runHere(['inspect', '--json'], '{"key":1,"bins":{"a":1}}\n');
  t.equal(error, undefined);
  t.match(JSON.parse(written.toString()), { records: 1, sets: [{ set: '' }] });
});

t.test('single records, to read and as NDJSON', async (t) => {
  const named: readonly string[][] = [
    ['--key', 'geo_point'],
    ['--key', 'string:geo_point', '--set', 'types'],
    ['--digest', DIGEST],
    ['--digest', JSON.parse(FIRST).digest, '--head', '7'],
    ['--where', "record.key === 'geo_point'", '--head', '1'],
  ];
  for (const args of named) {
    const { written, error, answer } = await runHere(['inspect', RECORDS, ...args]);
    t.match({ error, answer }, { error: undefined, answer: 0 });
    t.match(
      written.toString(),
      /^set "types", key "geo_point"\n {2}digest .*\n(?:.*\n)* {4}geo_point {2}geojson {2}\{"type":"Point".*\n\n$/,
    );
    const json = await runHere(['inspect', RECORDS, '--json', ...args]);
    t.equal(json.written.toString(), `${FIRST}\n`);
  }
});

t.test('the first ones', async (t) => {
  const { written } = await runHere(['inspect', RECORDS, '--head', '3', '--json']);
  const wanted = LINES.filter((line) => line.includes('"bins"')).slice(0, 3);
  t.equal(written.toString(), `${wanted.join('\n')}\n`);
});

t.test('reading stops as soon as it can', async (t) => {
  const many = manyRecords(30_000);
  const cwd = t.testdir({
    'cut.asb': Buffer.concat([HEADER, ...many, Buffer.from('damage')]),
    'whole.asb': Buffer.concat([HEADER, ...many.slice(0, 2)]),
  });
  const cut = join(cwd, 'cut.asb');
  const stops: readonly (readonly [string[], boolean])[] = [
    [['--head', '2'], true],
    [['--key', 'int:0', '--set', 'people'], true],
    [['--key', 'int:0'], false],
    [['--key', 'int:0', '--set', 'people', '--invert'], false],
    [[], false],
  ];
  for (const [args, isEnough] of stops) {
    const { error } = await runHere(['inspect', cut, ...args]);
    t.match({ error }, { error: isEnough ? undefined : { code: 'FORMAT' } }, args.join(' '));
  }
  // Of several backups, each may have its own state of it.
  const several = ['inspect', join(cwd, 'whole.asb'), cut, '--key', 'int:0', '--set', 'people'];
  t.match((await runHere(several)).error, { code: 'FORMAT' });
});

t.test('a record that is not there is an answer', async (t) => {
  const outcome = await run(['inspect', RECORDS, '--key', 'nobody']);
  t.match(outcome, { code: 1, stderr: 'note: there is no such record\n' });
  t.equal(outcome.stdout.length, 0);
});

t.test('files are held against their manifest, or not', async (t) => {
  const file = Buffer.concat([HEADER, ...manyRecords(2)]);
  const other = Buffer.concat([HEADER, ...manyRecords(1), ...manyRecords(1)]);
  const cwd = t.testdir({
    'test_00000.asb': other,
    'test.manifest.json': manifestTextOf({ 'test_00000.asb': file }),
  });
  const changed = await runHere(['inspect', cwd]);
  t.type(changed.error, Error);
  t.equal((await runHere(['inspect', cwd, '--no-manifest'])).error, undefined);
});

t.test('on a terminal', async (t) => {
  const line = (args: string) =>
    `export A="$ASB_NODE $ASB_MAIN"; script -qec '$A ${args}' /dev/null`;
  const records = await shell(line(`inspect ${RECORDS} --key geo_point`));
  t.equal(records.code, 0);
  t.match(records.stdout.toString(), /^set "types", key "geo_point"\r\n/);
  // What is drawn while it reads is wiped away.
  const report = await shell(line(`inspect ${RECORDS} --set types`));
  t.equal(report.code, 0);
  t.match(report.stdout.toString(), /namespace test: 51 records/);
});

t.test('a reader may take a part and go', async (t) => {
  const line = `{ asb inspect ${RECORDS} --head 80; echo "status $?" >&2; } | head -n 1`;
  t.match(await shell(line), { code: 0, stderr: 'status 0\n' });
});

t.test('what has no meaning', async (t) => {
  for (const args of [
    ['--head', '0'],
    ['--key', 'int:x'],
    ['-n', 'x', 'missing'],
  ]) {
    t.type((await runHere(['inspect', RECORDS, ...args])).error, Error);
  }
  const skipped = await runHere([
    'inspect',
    RECORDS,
    '--where',
    'record.x.y',
    '--where-errors',
    'skip',
  ]);
  t.match(skipped.said, [/^warning: left out 80 /]);
});
