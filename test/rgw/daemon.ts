/** A server in the background that does not outlive whoever started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tied } from './tied.ts';

/** Lines of a log that an error quotes. */
const TAIL = 25;

export interface DaemonOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** File that takes what it says. */
  readonly log: string;
  /** Called if it ends before it is stopped, or cannot be started; the error quotes the log. */
  readonly onFailure: (error: Error) => void;
}

export interface Daemon {
  /** Its name and the last lines of its log. */
  tail(): string;
  /** Kills it, and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program, in a process group of its own: ^C at a terminal must not reach it before
 * whoever uses it.
 */
export const startDaemon = ({ program, args, log, onFailure }: DaemonOptions): Daemon => {
  const output = openSync(log, 'a');
  const child = spawn(...tied('KILL', [program, ...args]), {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);

  const tail = (): string => {
    const lines = readFileSync(log, 'utf8').split('\n');
    return [`${program}:`, ...lines.filter((line) => line !== '').slice(-TAIL)].join('\n  ');
  };
  let stopped = false;
  const gone = once(child, 'exit').then(
    ([code, signal]) => {
      if (!stopped) onFailure(new Error(`${program} ended (${signal ?? code})\n${tail()}`));
    },
    (cause) => onFailure(new Error(`${program} cannot be started`, { cause })),
  );
  return {
    tail,
    stop: async () => {
      stopped = true;
      // Not SIGTERM: an OSD would first write its memory to disk.
      child.kill('SIGKILL');
      await gone;
    },
  };
};
