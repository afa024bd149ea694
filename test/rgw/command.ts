/** A command in the foreground, with everything that it starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { tied } from './tied.ts';

/** Milliseconds that a command has for its end once it was told. */
const GRACE = 10_000;

export interface CommandOptions {
  readonly command: readonly string[];
  /** What its environment has besides ours; what is `undefined` is taken away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Sends a signal to all processes of a group, if there are any left. */
const signalGroup = (leader: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/**
 * Runs a command with our three standard streams, in a process group of its own: npm and shells
 * do not hand a signal on to what they started.
 *
 * @returns its exit status, as a shell would give it; nothing of the group is left then
 */
export const runCommand = async ({ command, env, signal }: CommandOptions): Promise<number> => {
  const child = spawn(...tied('TERM', command), {
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const exited = once(child, 'exit');
  const leader = child.pid;
  if (leader === undefined) throw new Error('setpriv cannot be started', { cause: await exited });
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(leader, 'SIGTERM');
    timer = setTimeout(() => signalGroup(leader, 'SIGKILL'), GRACE);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);
  await exited;
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  signalGroup(leader, 'SIGKILL');
  const { exitCode, signalCode } = child;
  return exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]);
};
