/** Runs what is in examples/ as a user does: `asb` on the path, and the package by its name. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { fromNdjson } from '../../lib/stages/from-ndjson.ts';
import { load } from '../../lib/stages/load.ts';
import { scan } from '../../lib/stages/scan.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';
import { EXECUTABLE, type Outcome, outcomeOf, type RunOptions } from './asb.ts';

export const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const FROM_SOURCE = fileURLToPath(new URL('./from-source.ts', import.meta.url));

/** Whether the machine has jq: examples that need it must fail without it, and not do half. */
export const hasJq = spawnSync('jq', ['--version']).status === 0;

/** Has `asb`, as an install has it. */
const commands = mkdtempSync(join(tmpdir(), 'asb-examples-'));
t.teardown(() => rmSync(commands, { recursive: true }));
writeFileSync(
  join(commands, 'asb'),
  `#!/bin/sh\nexec '${process.execPath}' '${EXECUTABLE}' "$@"\n`,
  { mode: 0o755 },
);
const PATH = [commands, dirname(process.execPath), process.env.PATH].join(delimiter);

/** Nothing of tap, which finds its way into every child, is in the environment. */
const runCommand = (command: readonly string[], options: RunOptions): Promise<Outcome> => {
  const [program = '', ...args] = command;
  const env = { PATH, HOME: process.env.HOME ?? '/', LC_ALL: 'C', ...options.env };
  const child = spawn(program, args, { stdio: 'pipe', cwd: options.cwd, env });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  return outcomeOf(child);
};

/** Runs a script of examples/, by its own first line. */
export const runScript = (
  [name = '', ...args]: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> => runCommand([join(EXAMPLES, name), ...args], options);

/** Runs a program of examples/. */
export const runProgram = (
  [name = '', ...args]: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> =>
  runCommand([process.execPath, '--import', FROM_SOURCE, join(EXAMPLES, name), ...args], options);

/** A record as a line of NDJSON has it. */
export interface Line {
  readonly set?: string;
  readonly key?: unknown;
  readonly digest?: string;
  readonly generation?: number;
  readonly voidTime?: number;
  readonly bins: Readonly<Record<string, unknown>>;
}

/** Writes records, indexes and UDF modules to a cluster. */
export const give = async (seeds: string, namespace: string, lines: readonly object[]) => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const writing = load({ seeds, namespace, checkGeneration: false });
  await pipeline([Buffer.from(text)], fromNdjson({ namespace }), writing);
};

/** All records of NDJSON, by their digest; the text of an example, or of what is on a cluster. */
export const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line))
    .sort((a, b) => ((a.digest ?? '') < (b.digest ?? '') ? -1 : 1));

/** All records that are on a cluster, by their digest. */
export const look = async (seeds: string, namespace: string): Promise<Line[]> => {
  const chunks = scan({ seeds, namespace, noIndexes: true, noUdfs: true }).pipe(toNdjson());
  return linesOf(Buffer.concat(await chunks.toArray()).toString());
};
