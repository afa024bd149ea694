import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import {
  MAX_CONFIG_FILES,
  MAX_CONFIG_SIZE,
  MAX_INCLUDE_DEPTH,
  readConfigFiles,
} from '../../../lib/cli/config/files.ts';

const run = promisify(execFile);
const required = (file: string) => ({ file, isOptional: false });
const optional = (file: string) => ({ file, isOptional: true });

/** Names of the files that are read, below a directory. */
const readBelow = async (directory: string, ...names: string[]): Promise<string[]> => {
  const files = await readConfigFiles(names.map((name) => required(join(directory, name))));
  return files.map(({ file }) => relative(directory, file));
};

t.test('files in their order, and what they include behind them', async (t) => {
  const directory = t.testdir({
    'a.conf': '',
    'b.conf': '',
    deep: {
      '1.conf': '',
      '2.conf': '',
      '2.conf~': 'what an editor leaves',
      '.2.conf.swp': 'what another does',
      '.hidden': { 'x.conf': 'what git leaves' },
      inner: { '3.conf': '' },
    },
  });
  const path = (name: string) => JSON.stringify(join(directory, name));
  writeFileSync(join(directory, 'a.conf'), `[include]\nfile = ${path('b.conf')}\n`);
  writeFileSync(
    join(directory, 'b.conf'),
    `[include]\ndirectory = ${path('deep')}\nfile = ${path('gone.conf')}\n`,
  );
  symlinkSync('1.conf', join(directory, 'deep', 'link.conf'));
  symlinkSync('gone.conf', join(directory, 'deep', 'stale.conf'));
  const deep = ['1.conf', '2.conf', 'inner/3.conf', 'link.conf'].map((name) => `deep/${name}`);
  t.strictSame(await readBelow(directory, 'a.conf'), ['a.conf', 'b.conf', ...deep]);
  t.strictSame(await readBelow(directory, 'deep/2.conf', 'deep/1.conf'), [deep[1], deep[0]]);
  const absent = ['gone', 'a.conf/gone'].map((name) => optional(join(directory, name)));
  t.strictSame(await readConfigFiles(absent), []);
});

t.test('a pipe will do', async (t) => {
  const fifo = join(t.testdir({ 'a.conf': '[cluster]\nhost = "x"\n' }), 'pipe');
  await run('mkfifo', [fifo]);
  const [[toml]] = await Promise.all([
    readConfigFiles([required(fifo)]),
    run('cp', [join(fifo, '..', 'a.conf'), fifo]),
  ]);
  t.strictSame(toml?.sections.get('cluster'), [{ key: 'host', value: 'x', line: 2 }]);
});

t.test('files that can not be read', async (t) => {
  const directory = t.testdir({ 'not-utf8': Buffer.from('# \xff', 'latin1'), 'no-toml': 'what?' });
  const large = join(directory, 'large');
  writeFileSync(large, '#'.padEnd(MAX_CONFIG_SIZE + 1, ' '));
  writeFileSync(join(directory, 'largest'), '#'.padEnd(MAX_CONFIG_SIZE, ' '));
  t.strictSame(await readBelow(directory, 'largest'), ['largest']);
  const rows: readonly [string, string][] = [
    ['gone', 'NOT_FOUND'],
    ['no-toml/gone', 'NOT_FOUND'],
    ['.', 'STORAGE'],
    ['large', 'LIMIT'],
    ['not-utf8', 'FORMAT'],
    ['no-toml', 'FORMAT'],
  ];
  for (const [name, code] of rows) {
    const file = join(directory, name);
    await t.rejects(readConfigFiles([required(file)]), { code, facts: { file } }, name);
  }
  await t.rejects(readConfigFiles([optional(directory)]), { code: 'STORAGE' }, 'a default file');
});

t.test('includes that are wrong', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'a.conf');
  const rows: readonly [string, string][] = [
    ['files = "x"', 'USAGE'],
    ['file = 1', 'USAGE'],
    ['file = ""', 'USAGE'],
    ['directory = ["x"]', 'USAGE'],
    [`directory = "${join(directory, 'gone')}"`, 'NOT_FOUND'],
    [`directory = "${file}"`, 'STORAGE'],
    [`file = "${file}"`, 'LIMIT'],
    [`directory = "${directory}"`, 'LIMIT'],
  ];
  for (const [line, code] of rows) {
    writeFileSync(file, `[include]\n${line}\n`);
    await t.rejects(readConfigFiles([required(file)]), { code, facts: { file: String } }, line);
  }
});

t.test('as deep and as many as may be', async (t) => {
  const directory = t.testdir({ many: {} });
  const nameOf = (index: number): string => join(directory, `${index}.conf`);
  for (let at = 0; at <= MAX_INCLUDE_DEPTH; at++) {
    writeFileSync(nameOf(at), `[include]\nfile = "${nameOf(at + 1)}"\n`);
  }
  t.equal((await readConfigFiles([required(nameOf(0))])).length, MAX_INCLUDE_DEPTH + 1);
  writeFileSync(nameOf(MAX_INCLUDE_DEPTH + 1), '');
  await t.rejects(readConfigFiles([required(nameOf(0))]), { code: 'LIMIT' });

  const many = join(directory, 'many');
  mkdirSync(many, { recursive: true });
  for (let at = 0; at < MAX_CONFIG_FILES; at++) writeFileSync(join(many, `${at}.conf`), '');
  const all = join(directory, 'all.conf');
  writeFileSync(all, `[include]\ndirectory = "${many}"\n`);
  await t.rejects(readConfigFiles([required(all)]), { code: 'LIMIT' });
});
