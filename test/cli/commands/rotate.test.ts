import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { Serializer } from '../../../lib/asb/serializer.ts';
import { prefixFor } from '../../../lib/cli/commands/rotate.ts';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { unpack } from '../../../lib/stages/unpack.ts';
import { framesFailure } from '../../../lib/zstd/failure.ts';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { RAW, RAW_KEY } from '../../helpers/keys.ts';
import { through } from '../../helpers/streams.ts';

/** .asb text of a namespace with a few MB of records. */
const textOf = (namespace: string, records: number): Buffer => {
  const serializer = new Serializer({ namespace });
  const builder = new BatchBuilder(namespace);
  for (let key = 0; key < records; key++) {
    builder.add({ key, bins: { text: 'x'.repeat(1000) } });
  }
  return Buffer.concat([...serializer.push(builder.build()), ...serializer.end()]);
};
const TEXT = textOf('test', 2500);

t.test('text is cut into files', async (t) => {
  const out = join(t.testdir(), 'out');
  const outcome = await run(['rotate', '-d', out, '-F', '1', '-v'], { input: TEXT });
  t.match(outcome, { code: 0, stderr: /^wrote 3 files, 2\.\d MiB/, stdout: Buffer.alloc(0) });
  t.same(readdirSync(out), ['test_00000.asb', 'test_00001.asb', 'test_00002.asb']);
  const again = await run(['rotate', '-d', out], { input: TEXT });
  t.match(again, { code: 1, stderr: /test_00000\.asb/ }, 'a backup that is there is kept');
  const anew = await run(['rotate', '-d', out, '-r', '-q', 'new'], { input: TEXT });
  t.match(anew, { code: 0, stderr: '' });
  t.same(readdirSync(out), ['new_00000.asb'], 'unless it is to go');
  t.ok(readFileSync(join(out, 'new_00000.asb')).equals(TEXT));
});

t.test('names: the namespace, if it is fit for a file', (t) => {
  const cases: [string | undefined, string][] = [
    ['test', 'test'],
    ['shop.a-b', 'shop.a-b'],
    ['a/b', 'backup'],
    ['a\\ b', 'backup'],
    ['.x', 'backup'],
    ['', 'backup'],
    [undefined, 'backup'],
  ];
  for (const [escapedNamespace, name] of cases) {
    t.equal(prefixFor({ escapedNamespace }), name, `${escapedNamespace}`);
  }
  t.equal(prefixFor(undefined), 'backup');
  t.end();
});

t.test('frames are cut between frames', async (t) => {
  const out = t.testdir();
  const skippable = Buffer.from('5a2a4d1801000000ff', 'hex');
  const input = Buffer.concat([skippable, zstdCompressSync(TEXT)]);
  t.match(await run(['rotate', '-d', out], { input }), { code: 0, stderr: '' });
  t.same(readdirSync(out), ['test_00000.asb']);
  t.ok(readFileSync(join(out, 'test_00000.asb')).equals(input));
});

t.test('each file goes through a command', async (t) => {
  const out = t.testdir();
  const filter = 'cat > "$FILE.copy"; echo done';
  const good = await run(['rotate', '-d', out, '-F', '1', '--filter', filter], { input: TEXT });
  t.match(good, { code: 0, stdout: Buffer.from('done\ndone\ndone\n') });
  t.same(
    readdirSync(out),
    [0, 1, 2].map((index) => `test_0000${index}.asb.copy`),
  );
  const bad = await run(['rotate', '-d', t.testdir(), '--filter', 'exit 3'], { input: TEXT });
  t.match(bad, { code: 1, stderr: /^asb rotate: .*3/ });
});

t.test('each file is encrypted by itself', async (t) => {
  const out = t.testdir();
  const args = ['-F', '1', '-y', 'aes128', '--encryption-key-env', 'KEY'];
  const outcome = await run(['rotate', '-d', out, ...args], { input: TEXT, env: { KEY: RAW } });
  t.match(outcome, { code: 0, stderr: '' });
  const names = readdirSync(out);
  t.equal(names.length, 3);
  const stage = () => unpack({ encryption: { mode: 'aes128', key: RAW_KEY } });
  const texts: Buffer[] = [];
  for (const name of names)
    texts.push(...(await through([readFileSync(join(out, name))], stage())));
  const header = 'Version 3.1\n# namespace test\n'.length;
  const rest = texts.map((text, index) => (index === 0 ? text : text.subarray(header)));
  t.ok(Buffer.concat(rest).equals(TEXT));
  const keyless = await run(['rotate', '-d', out, '-r', '-y', 'aes128'], { input: TEXT });
  t.match(keyless, { code: 2, stderr: /--encryption-key-env/ });
  t.same(readdirSync(out), names, 'found out before anything was removed');
});

t.test('a failed upstream costs nothing that is there', async (t) => {
  for (const input of ['', 'Ver', framesFailure('the stage before'), TEXT.subarray(0, 30)]) {
    const out = t.testdir({ 'test_00000.asb': 'an older backup' });
    const outcome = await run(['rotate', '-d', out, '-r'], { input });
    t.match(outcome, { code: 1, stderr: /^asb rotate: / });
    t.same(readdirSync(out), ['test_00000.asb']);
  }
});

t.test('what is wrong is said', async (t) => {
  const out = t.testdir();
  const file = t.testdir({ file: '' });
  const cases: [string[], number, RegExp][] = [
    [[], 2, /--directory/],
    [['-d', out, '-F', '0'], 2, /MiB/],
    [['-d', out, '-q', 'a/b'], 2, /slash/],
    [['-d', out, '--s3-profile', 'x'], 2, /--s3-profile.*s3:/],
    [['-d', 's3://vault/x', '--filter', 'cat'], 2, /--filter.*s3:/],
    [['-d', join(file, 'file')], 1, /file/],
  ];
  for (const [args, code, words] of cases) {
    t.match(await run(['rotate', ...args], { input: TEXT }), { code, stderr: words }, `${args}`);
  }
});

t.test('a signal leaves no file that looks whole', async (t) => {
  const out = t.testdir();
  const child = start(['rotate', '-d', out, '-v']);
  const outcome = outcomeOf(child);
  child.stdin.on('error', () => {});
  // The pipe is full only when the command has read and written for a while.
  while (child.stdin.write(TEXT.subarray(0, 500_000))) await new Promise(setImmediate);
  await once(child.stdin, 'drain');
  child.kill('SIGTERM');
  t.match(await outcome, { code: 143, stderr: /^asb rotate: stopped by SIGTERM/ });
  t.same(readdirSync(out), []);
});
