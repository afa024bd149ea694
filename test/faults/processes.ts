/** Processes that are met in the middle of their work. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { Test } from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { EXECUTABLE } from '../helpers/asb.ts';

/**
 * Starts `asb ARGS` without what tests load into their processes. Nobody reads what it says before
 * somebody asks.
 *
 * @param limit blocks of 512 bytes that a file may have, as a disk that gets full
 */
export const startPlain = (
  args: readonly string[],
  {
    env = {},
    limit = 'unlimited',
  }: { readonly env?: object; readonly limit?: number | string } = {},
) => {
  const line = `unset NODE_OPTIONS; ulimit -f ${limit}; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', line, process.execPath, EXECUTABLE, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
  // Who was told to end does not read on.
  child.stdin.on('error', () => {});
  return child;
};

/** A promise, and what settles it. */
const later = () => {
  let settle = (): void => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
};

/** A sandbox whose scans stop in the middle, when there is something in a file, until they are let go. */
export const startStopping = async (t: Test) => {
  const sandbox = await startSandbox({ records: 12_000 });
  t.teardown(() => sandbox.close());
  const faults = sandbox.nodes[0]?.faults;
  return {
    /** Options of a command that scans it. */
    nodes: ['-h', sandbox.seeds.join(','), '-n', 'test', '-w', '1'],
    /** Lets the next scan stop. */
    stop() {
      const [reached, released] = [later(), later()];
      let protos = 0;
      faults?.slow(async () => {
        if (++protos < 3) return;
        reached.settle();
        await released.promise;
      });
      const release = (): void => {
        faults?.slow();
        released.settle();
      };
      return { reached: reached.promise, release };
    },
  };
};

/** Names in a directory, hidden ones too; none if it is not there. */
export const namesIn = (place: string): string[] => {
  try {
    return readdirSync(place).sort();
  } catch {
    return []; // it is not made yet, or not any more
  }
};

/** Whole files; what is hidden is not. */
export const filesIn = (place: string): string[] =>
  namesIn(place).filter((name) => name.endsWith('.asb') && !name.startsWith('.'));

/** Resolves when a file of a directory is under way. */
export const partIn = async (place: string): Promise<string> => {
  while (true) {
    const part = namesIn(place).find((name) => name.endsWith('.asb.part'));
    if (part !== undefined) return part;
    await new Promise(setImmediate);
  }
};
