/** Runs the real executable in processes of its own, with real pipes between them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The command in source; another one, as that of `npm run build`, if the environment names it. */
export const EXECUTABLE =
  process.env.ASB_EXECUTABLE ?? fileURLToPath(new URL('../../bin/asb.ts', import.meta.url));
/**
 * Words are compared, whatever the terminal of who runs the tests likes; and a home without config
 * files, which those of whoever runs them are none of.
 */
const PLAIN = {
  FORCE_COLOR: undefined,
  NO_COLOR: '1',
  HOME: fileURLToPath(new URL('../../fixtures', import.meta.url)),
};

export interface Outcome {
  /** Exit status; `null` if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  /** Bytes for standard input; none if left out. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts `asb ARGS`, all three streams piped; for tests that talk with it while it runs. */
export const start = (args: readonly string[], options: RunOptions = {}) =>
  spawn(process.execPath, [EXECUTABLE, ...args], {
    stdio: 'pipe',
    cwd: options.cwd,
    env: { ...process.env, ...PLAIN, ...options.env },
  });

/** Runs `asb ARGS` to its end. */
export const run = async (args: readonly string[], options: RunOptions = {}): Promise<Outcome> => {
  const child = start(args, options);
  // A command that fails early does not read its input.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  return outcomeOf(child);
};

/** Gathers what a process says until it is over. */
export const outcomeOf = async (
  child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
): Promise<Outcome> => {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  await once(child, 'close');
  return {
    code: child.exitCode,
    signal: child.signalCode,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr).toString(),
  };
};

/**
 * Runs a line of shell, in which `asb` is the executable, and kernel pipes join commands.
 * @returns the outcome of the shell: of the last command of a pipe
 */
export const shell = async (line: string, options: RunOptions = {}): Promise<Outcome> => {
  const child = spawn('/bin/sh', ['-c', `asb() { "$ASB_NODE" "$ASB_MAIN" "$@"; }; ${line}`], {
    stdio: 'pipe',
    cwd: options.cwd,
    env: {
      ...process.env,
      ...PLAIN,
      ASB_NODE: process.execPath,
      ASB_MAIN: EXECUTABLE,
      ...options.env,
    },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  return outcomeOf(child);
};
