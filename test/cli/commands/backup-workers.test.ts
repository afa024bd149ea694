/** `asb backup --workers`: real processes with real threads, and disks and readers that fail them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { unpack } from '../../../lib/stages/unpack.ts';
import { run, shell } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { PEM_KEY, writeKey } from '../../helpers/keys.ts';
import { through } from '../../helpers/streams.ts';

const RECORDS = 3000;
const sandbox = await startSandbox({ records: RECORDS });
const cluster = ['-h', sandbox.seeds.join(','), '-n', 'test'];
t.teardown(() => sandbox.close());

const digestsIn = (text: Buffer): Set<string> =>
  new Set([...text.toString('latin1').matchAll(/^\+ d (\S{28})$/gm)].map((match) => match[1]!));

t.test('to a directory, and to standard output', async (t) => {
  const directory = t.testdir();
  const out = join(directory, 'out');
  const told = await run(['backup', ...cluster, '-d', out, '-F', '1', '--workers', '2']);
  t.match(told, { code: 0, stderr: /^backed up 3,000 records, 9 .* files/ });
  const files = readdirSync(out).filter((name) => name.endsWith('.asb'));
  t.ok(files.length > 1);
  const text = Buffer.concat(files.map((name) => readFileSync(join(out, name))));
  t.equal(digestsIn(text).size, RECORDS);

  const key = ['-y', 'aes128', '--encryption-key-file', writeKey(join(directory, 'key.pem'))];
  const args = ['backup', ...cluster, '-o', '-', '-z', 'zstd', ...key, '--workers', '1'];
  const sealed = await run(args);
  t.match(sealed, { code: 0, stderr: /^backed up 3,000 records, 9 .* 1 file/ });
  const encryption = { mode: 'aes128', key: PEM_KEY } as const;
  const opened = Buffer.concat(await through([sealed.stdout], unpack({ encryption })));
  t.equal(digestsIn(opened).size, RECORDS);
});

t.test('what does not go together', async (t) => {
  for (const args of [
    ['-d', 'out', '--workers', '65'],
    ['-d', 'out', '--workers', '2', '-M', '10'],
    ['--estimate', '--workers', '2'],
  ]) {
    const { code, stderr } = await run(['backup', ...cluster, ...args], { cwd: t.testdir() });
    t.not(code, 0, stderr);
  }
});

t.test('a disk that gets full leaves no part, and no whole file that is none', async (t) => {
  const out = join(t.testdir(), 'out');
  // In blocks of 512 bytes: less than what each of two writes. Tap's own hooks would die of the signal.
  const args = `backup ${cluster.join(' ')} -d '${out}' --workers 2`;
  const { code, stderr } = await shell(`unset NODE_OPTIONS; ulimit -f 200; asb ${args}`);
  t.not(code, 0);
  t.match(stderr, /cannot write/);
  t.strictSame(readdirSync(out), []);
});

t.test('a reader that goes away', async (t) => {
  const line = `(asb backup ${cluster.join(' ')} -o - --workers 2; echo "ended $?" >&2) | head -c 1000`;
  const { stderr } = await shell(line);
  t.match(stderr, /ended [1-9]/);
});

t.test('there are threads enough to compress for all of them', async (t) => {
  const before = process.env.UV_THREADPOOL_SIZE;
  for (const [given, workers, size] of [
    [undefined, '0', undefined],
    [undefined, '8', '20'],
    ['3', '8', '3'],
  ] as const) {
    delete process.env.UV_THREADPOOL_SIZE;
    if (given !== undefined) process.env.UV_THREADPOOL_SIZE = given;
    const { error } = await runHere(['backup', '-n', 'test', '--workers', workers]);
    t.match(error, { code: 'USAGE' }, 'there is no place');
    t.equal(process.env.UV_THREADPOOL_SIZE, size);
  }
  delete process.env.UV_THREADPOOL_SIZE;
  if (before !== undefined) process.env.UV_THREADPOOL_SIZE = before;
});
