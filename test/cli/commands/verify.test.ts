import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { HEADER, manyRecords, NEXT_HEADER, TEXT } from '../../helpers/asb-text.ts';
import { frame } from '../../helpers/frames.ts';
import { manifestTextOf } from '../../helpers/manifests.ts';

const FILES = {
  'test_00000.asb': Buffer.concat([HEADER, ...manyRecords(3)]),
  'test_00001.asb': frame(Buffer.concat([NEXT_HEADER, ...manyRecords(4)])),
};

t.test('prints a table of what is in files and directories', async (t) => {
  const directory = t.testdir({ out: FILES, 'one.asb': TEXT });
  const outcome = await run(['verify', join(directory, 'out'), join(directory, 'one.asb')]);
  t.match(outcome, { code: 0, stderr: '' });
  t.match(outcome.stdout.toString(), /^files +3 .*\ndamaged +0\n(?:.*\n)*records +14\n/);
});

t.test('and of standard input, as JSON', async (t) => {
  const outcome = await run(['verify', '--json', '-'], { input: TEXT });
  t.match(outcome, { code: 0, stderr: '' });
  t.match(JSON.parse(outcome.stdout.toString()), { records: 7, files: [{ file: '-' }] });
});

t.test('damage is told with its place, and the table comes all the same', async (t) => {
  const directory = t.testdir({
    out: { ...FILES, 'test_00002.asb': TEXT.subarray(0, -1), 'test_00003.asb': `${HEADER}oops` },
  });
  const outcome = await run(['verify', 'out', 'missing'], { cwd: directory });
  t.match(outcome, { code: 1 });
  t.match(outcome.stdout.toString(), /^files +4 .*\ndamaged +2\n(?:.*\n)* *\(not stored\) +\d+\n$/);
  t.match(outcome.stderr.split('\n'), [
    /missing/,
    /^out\/test_00002\.asb: line \d+/,
    /^out\/test_00003\.asb: line 4, column 1/,
    /^asb verify: 3 failures, 4 files read/,
    /^$/,
  ]);
  const { stderr } = await run(['verify', 'out/test_00003.asb', '--log-json'], { cwd: directory });
  const [first = ''] = stderr.split('\n');
  const place = { file: 'out/test_00003.asb', line: 4, column: 1 };
  t.match(JSON.parse(first), { level: 'error', code: 'FORMAT', ...place }, 'for programs');
});

t.test('against a manifest, or not', async (t) => {
  const { 'test_00000.asb': first } = FILES;
  const manifest = manifestTextOf({ 'test_00000.asb': first, 'test_00001.asb': first });
  const place = t.testdir({ 'test_00000.asb': first, 'test.manifest.json': manifest });
  const outcome = await run(['verify', place]);
  t.match(outcome, { code: 1, stderr: /test_00001\.asb is missing/ });
  t.match(outcome.stdout.toString(), /^manifests\n.*test\.manifest\.json +complete +asb-streams/m);
  const unchecked = await run(['verify', '--no-manifest', place]);
  t.match(unchecked, { code: 0, stderr: '' });
  t.match(unchecked.stdout.toString(), /^manifests\n.* none /m);
});

t.test('encrypted files', async (t) => {
  const env = { KEY: Buffer.from('secret').toString('base64') };
  const key = ['--encryption-key-env', 'KEY'];
  const encrypted = await run(['encrypt', '--mode', 'aes256', ...key], { input: TEXT, env });
  const path = join(t.testdir({ 'a.asb': encrypted.stdout }), 'a.asb');
  t.match(await run(['verify', '--encrypt', 'aes256', ...key, path], { env }), { code: 0 });
  t.match(await run(['verify', path]), { code: 1, stderr: /encrypted/ });
});

t.test('a signal ends it', async (t) => {
  const child = start(['verify', '-']);
  const outcome = outcomeOf(child);
  child.stdin.on('error', () => {});
  // As much as no pipe holds: when it was written, the command is reading.
  child.stdin.write(Buffer.concat([HEADER, Buffer.alloc(1 << 20, manyRecords(1)[0]!)]));
  await once(child.stdin, 'drain');
  child.kill('SIGTERM');
  t.match(await outcome, { code: 143, stderr: /stopped by SIGTERM/ });
});

t.test('paths are needed', async (t) => {
  t.match(await run(['verify']), { code: 2, stderr: /PATH/ });
  const nowhere = await run(['verify', 'a.asb', '--s3-region', 'x']);
  t.match(nowhere, { code: 2, stderr: /--s3-region.*s3:/ });
});
