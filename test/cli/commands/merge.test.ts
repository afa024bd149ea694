import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { PlainRecord } from '../../../lib/record/builder.ts';
import { namesIn, startPlain } from '../../faults/processes.ts';
import { outcomeOf, run, shell } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { manifestTextOf } from '../../helpers/manifests.ts';
import { indexOf, textOf, udfOf } from '../../helpers/text-of.ts';

const versions = (version: number, keys: readonly number[], size = 0): PlainRecord[] =>
  keys.map((key) => ({
    set: 'people',
    key,
    generation: version,
    bins: { version, ...(size > 0 ? { blob: randomBytes(size) } : {}) },
  }));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, key) => key);

const FULL = textOf(versions(1, upTo(50)), [indexOf('by-age'), udfOf('module')]);
const INCREMENTAL = textOf(versions(2, [3, 4, 60]), [udfOf('module', 'return 2')]);
/** About 6 MB. */
const LARGE = textOf(versions(1, upTo(5000), 800));

const files = (text: Buffer, day: number) => ({
  'a.asb': text,
  'a.manifest.json': manifestTextOf({ 'a.asb': text }, { begun: new Date(day * 86_400_000) }),
});
const chain = { full: files(FULL, 1), monday: files(INCREMENTAL, 2) };

t.test('a full backup and an incremental one', async (t) => {
  const cwd = t.testdir(chain);
  const merged = await run(['merge', 'full', 'monday', '-d', 'out'], { cwd });
  t.match(merged, { code: 0, stdout: Buffer.alloc(0) });
  t.match(
    merged.stderr,
    /^merged 53 records of 2 backups to 51 records \(2 older versions left out\), 1 secondary index and 1 UDF module, in 1 file, .* in .* s\n$/,
  );
  const verified = await run(['verify', '--json', 'out'], { cwd });
  t.match(JSON.parse(verified.stdout.toString()), {
    records: 51,
    indexes: 1,
    udfs: 1,
    failures: [],
  });
});

t.test('by pipes, compressed and encrypted', async (t) => {
  const cwd = t.testdir({ ...chain, 'full.asb': FULL, 'monday.asb': INCREMENTAL });
  const env = { KEY: Buffer.from('a key of these bytes').toString('base64') };
  const key = '-y aes128 --encryption-key-env KEY';
  const out = await shell(
    `asb merge ${key} - monday.asb -z zstd -o packed.asb <full.asb 2>/dev/null &&
     asb merge ${key} packed.asb monday | asb verify --json -`,
    { cwd, env },
  );
  t.match({ ...out, stderr: '' }, { code: 0 });
  t.match(JSON.parse(out.stdout.toString()), { records: 51, indexes: 1, udfs: 1, failures: [] });
  t.equal(out.stderr, '', 'a pipe says nothing');
  const plain = await run(['verify', 'packed.asb'], { cwd });
  t.equal(plain.code, 1, 'what was read with a key is written with it');
});

t.test('NDJSON, and other namespaces', async (t) => {
  const lines = '{"set":"people","key":70,"generation":1,"voidTime":0,"bins":{"version":3}}\n';
  const cwd = t.testdir({ ...chain, 'more.ndjson': lines });
  const [full, more] = [join(cwd, 'full'), join(cwd, 'more.ndjson')];
  t.match((await runHere(['merge', more])).error, { code: 'USAGE' }, 'nothing says a namespace');
  for (const words of [
    [full, '-n', 'other'],
    [full, more, '-n', 'other'],
  ]) {
    const { error, written } = await runHere(['merge', ...words]);
    t.equal(error, undefined);
    t.match(written.toString(), '+ n other\n');
    t.notMatch(written.toString(), '+ n test\n');
  }
});

t.test('what has expired is counted', async (t) => {
  const expired = textOf([{ key: 1, voidTime: 1000, bins: {} }, ...versions(1, [2])]);
  const cwd = t.testdir({ 'a.asb': expired });
  const place = ['-o', join(cwd, 'b.asb')];
  const { said } = await runHere(['merge', join(cwd, 'a.asb'), '--drop-expired', ...place]);
  t.match(
    said.at(-1),
    /^merged 2 records of 1 backup to 1 record \(0 older versions left out, 1 expired record left out\)/,
  );
});

t.test('a chain with a gap', async (t) => {
  const begun = new Date(3 * 86_400_000);
  const options = { modifiedAfter: new Date(2 * 86_400_000).toISOString() };
  const manifest = manifestTextOf({ 'a.asb': INCREMENTAL }, { begun, options });
  const cwd = t.testdir({
    ...chain,
    tuesday: { 'a.asb': INCREMENTAL, 'a.manifest.json': manifest },
  });
  const paths = ['full', 'tuesday'].map((name) => join(cwd, name));
  const { said } = await runHere(['merge', ...paths, '-d', join(cwd, 'out')]);
  t.match(said, [/^warning: .*tuesday.* in none$/, /^merged 53 records/]);
});

t.test('what has no meaning', async (t) => {
  const cwd = t.testdir(chain);
  const [full, monday] = [join(cwd, 'full'), join(cwd, 'monday')];
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[], 'USAGE'],
    [[monday, full], 'USAGE'],
    [['-', '-'], 'USAGE'],
    [[full, '--memory', '0'], 'USAGE'],
    [[full, '-r'], 'USAGE'],
    [[full, join(cwd, 'none')], 'NOT_FOUND'],
    [[full, '-d', monday], 'EXISTS'],
  ];
  for (const [words, code] of rows) {
    t.match((await runHere(['merge', ...words])).error, { code }, words.join(' '));
  }
  t.equal((await runHere(['merge', monday, full, '--as-given'])).error, undefined);
});

t.test('a disk that is full leaves nothing', async (t) => {
  const cwd = t.testdir({ 'large.asb': LARGE, temp: {} });
  const [source, temp, out] = ['large.asb', 'temp', 'out'].map((name) => join(cwd, name));
  const words = ['merge', source!, '--memory', '1', '--temp-dir', temp!, '-d', out!];
  const { code, stderr } = await outcomeOf(startPlain(words, { limit: 1000 }));
  t.equal(code, 1);
  t.match(
    stderr,
    /^asb merge: cannot write .*run-0: the file is larger than allowed here \(EFBIG\)/,
  );
  t.strictSame([...namesIn(temp!), ...namesIn(out!)], []);
});

t.test('a signal leaves nothing', async (t) => {
  const cwd = t.testdir({ 'large.asb': LARGE, temp: {} });
  const [source, temp, out] = ['large.asb', 'temp', 'out'].map((name) => join(cwd, name));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const words = ['merge', source!, '-', '--memory', '1', '--temp-dir', temp!, '-d', out!];
    const child = startPlain(words);
    const outcome = outcomeOf(child);
    // The second source begins, and never ends: the first has runs on disk by then.
    child.stdin.write(INCREMENTAL);
    while (namesIn(temp!).length === 0) await new Promise(setImmediate);
    child.kill(signal);
    const { code, stderr } = await outcome;
    t.equal(code, signal === 'SIGTERM' ? 143 : 130);
    t.match(stderr, new RegExp(`^asb merge: merge stopped by ${signal}\n$`));
    t.strictSame([...readdirSync(temp!), ...namesIn(out!)], []);
  }
});

t.test('a reader that goes away leaves nothing', async (t) => {
  const cwd = t.testdir({ 'large.asb': LARGE, temp: {} });
  const [source, temp] = ['large.asb', 'temp'].map((name) => join(cwd, name));
  const child = startPlain(['merge', source!, '--memory', '1', '--temp-dir', temp!]);
  const outcome = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  t.strictSame(await outcome, [1, null]);
  t.strictSame(readdirSync(temp!), []);
});
