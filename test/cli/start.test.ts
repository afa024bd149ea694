/** What a start loads: it grows by an import that nobody thinks of, and each start pays for it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { EXECUTABLE, outcomeOf } from '../helpers/asb.ts';

const directory = mkdtempSync(join(tmpdir(), 'asb-start-'));
const sandbox = await startSandbox({ records: 1 });
t.teardown(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true });
});

interface Loaded {
  /** Modules that were loaded, by their URLs; of Node's own, those that others import. */
  readonly urls: readonly string[];
  /** All that Node has loaded of its own, as `process.moduleLoadList` has it. */
  readonly internals: readonly string[];
}

/** Runs before the command, and writes what was loaded when it ends. */
const WATCH = `
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
process.on('exit', () => {
  writeFileSync(process.env.LOADED, JSON.stringify({ urls, internals: process.moduleLoadList }));
});`;

/** `env -i`: tap goes along into every other child, and loads modules of its own there. */
const loadedBy = async (args: readonly string[], input: string): Promise<Loaded> => {
  const file = join(directory, 'loaded.json');
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const node = [process.execPath, '--import', watch, EXECUTABLE];
  const child = spawn('env', ['-i', `LOADED=${file}`, ...node, ...args]);
  child.stdin.end(input);
  t.match(await outcomeOf(child), { code: 0 }, args.join(' '));
  return JSON.parse(readFileSync(file, 'utf8'));
};

const HOST = sandbox.seeds.join(',');
/** What is there for those who ask for it: help, config files, secrets, TLS, login, S3's SDK, threads. */
const FOR_OTHERS = [
  /\/node_modules\/(?!yargs-parser|split2)/,
  /\/lib\/(?:sandbox|bench|threads\/(?:entry|serve))/,
  /\/lib\/(?:cli\/(?:command-help|profiled)|cli\/config\/(?:files|toml-file)|secrets\/agent|storage\/s3\/agents|wire\/security\/(?:tls-client|login))\.ts$/,
];

/** Of Node's own, what is slow to load: undici, which it loads for node:http, takes 15 ms. */
const SLOW = ['http', 'https', 'http2', 'tls', 'internal/deps/undici/undici'];

/** Of Node's own, what all command lines import. */
const USUAL = ['fs', 'module', 'os', 'path', 'stream', 'tty', 'url', 'util'];

/**
 * How many modules of ours a command line may load, and which of Node's it imports beside the usual ones.
 * What is more is to be loaded when it is used, or to be worth its time: in source, a module takes 0.3 ms
 * of CPU; one of Node's takes 0.2 to 5 ms.
 */
const CASES: readonly {
  readonly args: readonly string[];
  readonly input?: string;
  readonly most: number;
  readonly builtins: readonly string[];
}[] = [
  { args: ['--version'], most: 46, builtins: [] },
  {
    args: ['serialize', '-n', 'test'],
    input: '{"set":"users","key":"ada","bins":{"born":1815}}\n',
    most: 88,
    builtins: ['buffer', 'crypto', 'stream/promises', 'string_decoder'],
  },
  {
    args: ['compress'],
    input: 'Version 3.1\n',
    most: 74,
    builtins: ['stream/promises', 'zlib'],
  },
  {
    args: ['backup', '-h', HOST, '-n', 'test', '-o', '-'],
    most: 240,
    builtins: [
      ...['buffer', 'crypto', 'fs/promises', 'net'],
      ...['stream/promises', 'timers/promises', 'zlib'],
    ],
  },
];

t.test('a start loads what its command needs, and no more', async (t) => {
  for (const { args, input, most, builtins } of CASES) {
    const { urls, internals } = await loadedBy(args, input ?? '');
    const name = args[0];
    const ours = urls.filter((url) => /^file:.*\/lib\//.test(url) && !url.includes('node_modules'));
    t.ok(ours.length > 0 && ours.length <= most, `${name}: ${ours.length} modules, of ${most}`);
    const others = urls.filter((url) => FOR_OTHERS.some((pattern) => pattern.test(url)));
    t.same(others, [], `${name}: nothing that is for others`);
    const usual = [...USUAL, ...builtins].map((builtin) => `node:${builtin}`);
    const more = urls.filter((url) => url.startsWith('node:') && !usual.includes(url));
    t.same(more, [], `${name}: of Node's own`);
    const slow = SLOW.filter((each) => internals.includes(`NativeModule ${each}`));
    t.same(slow, [], `${name}: nothing that is slow`);
  }
});
