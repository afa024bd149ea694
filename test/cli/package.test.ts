import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { OLDER_NODE } from '../helpers/older-node.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = 'Version 3.1\n# namespace test\n# first-file\n';

/**
 * Runs a command in a plain environment, as a user has it: this Node, and nothing of npm run or of
 * tap, which finds its way into every child but not through `env -i`.
 */
const runIn = async (cwd: string, ...command: string[]): Promise<string> => {
  const path = `PATH=${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const words = ['-i', path, `HOME=${process.env.HOME}`, ...command];
  const running = promisify(execFile)('env', words, { cwd });
  running.child.stdin?.end(zstdCompressSync(TEXT));
  return (await running).stdout;
};

t.test('the packed package works elsewhere', async (t) => {
  // Not below the repository, whose node_modules would make up for what the package lacks.
  const directory = mkdtempSync(join(tmpdir(), 'asb-package-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const elsewhere = join(directory, 'elsewhere');
  mkdirSync(elsewhere);
  await runIn(REPOSITORY, 'npm', 'pack', '--pack-destination', directory, '--loglevel=error');
  const [tarball = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await runIn(elsewhere, 'npm', 'install', ...quiet, join(directory, tarball));

  t.match(await runIn(elsewhere, 'npx', 'asb', '--help'), /asb backup/);
  t.match(await runIn(elsewhere, 'npx', 'asb', '--version'), /^\d+\.\d+\.\d+\n$/);
  t.equal(await runIn(elsewhere, 'npx', 'asb', 'decompress'), TEXT, 'a filter');
  const asb = join('node_modules', '.bin', 'asb');
  const cache = join(elsewhere, 'cache');
  mkdirSync(cache, { mode: 0o755 });
  const cached = ['env', `XDG_CACHE_HOME=${cache}`, asb, '--version'];
  const version = await runIn(elsewhere, ...cached);
  t.same(readdirSync(cache), ['asb-streams'], 'compiled code is kept in the cache directory');
  rmSync(join(cache, 'asb-streams'), { recursive: true });
  writeFileSync(join(cache, 'asb-streams'), 'in the way');
  t.equal(await runIn(elsewhere, ...cached), version, 'and it does not matter if it cannot be');
  const older = [
    'env',
    `XDG_CACHE_HOME=${cache}`,
    'node',
    '--import',
    OLDER_NODE,
    asb,
    '--version',
  ];
  const told = await runIn(elsewhere, ...older).catch((error) => error);
  t.match(told, { code: 2, stderr: /^asb: this is Node 20\.19\.0; / });
  const sandbox = await startSandbox({ nodes: 2, records: 100 });
  t.teardown(() => sandbox.close());
  const from = ['-h', sandbox.seeds.join(','), '-n', 'test'];
  // Threads run modules of their own; and yargs, S3 and config files are not in the bundle.
  await runIn(elsewhere, asb, 'backup', ...from, '-d', 'out', '--workers', '2');
  t.match(await runIn(elsewhere, asb, 'verify', 'out', '--json'), /"records":100\b/);
  await runIn(elsewhere, asb, 'restore', ...from, '-d', 'out', '--workers', '2');
  t.match(await runIn(elsewhere, asb, 'verify', '--help'), /Examples:/);
  writeFileSync(join(elsewhere, 'asb.toml'), '[cluster]\nhost = "127.0.0.1:1"\n');
  const unreached = ['backup', '-n', 'test', '-o', '-', '--only-config-file', 'asb.toml'];
  const noService = ['verify', 's3://bucket/x', '--s3-endpoint-override', 'http://127.0.0.1:1'];
  const keys = [
    '--s3-access-key-id',
    'a',
    '--s3-secret-access-key',
    'b',
    '--s3-retry-max-attempts',
    '1',
  ];
  for (const [args, expected] of [
    [unreached, /127\.0\.0\.1:1/],
    [[...noService, ...keys, '--log-json'], /"code":"STORAGE"/],
  ] as const) {
    const failed = await runIn(elsewhere, asb, ...args).catch((error) => error);
    t.match(failed, { code: 1, stderr: expected }, args.join(' '));
  }
  const code = "import * as asb from 'asb-streams'; console.log(typeof asb)";
  t.equal(await runIn(elsewhere, 'node', '--input-type=module', '-e', code), 'object\n');
  const installed = readdirSync(join(elsewhere, 'node_modules', 'asb-streams'));
  const pages = readdirSync(join(elsewhere, 'node_modules', 'asb-streams', 'dist', 'man'));
  t.ok(pages.includes('asb.1') && pages.includes('asb-backup.1'), 'man pages');
  t.notOk(installed.includes('test'), 'it holds what users need, and no more');
});
