/**
 * A stand-in for GNU parallel where there is none: it knows the words that our examples use, and no others.
 *
 *     seq 4 | node parallel.ts --quote --line-buffer --tagstring 'shard {}' COMMAND ARGUMENTS
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** As parallel has it: more that failed are told as so many. */
const MOST_FAILED = 101;

const [quote, lines, tagged, tag, ...command] = process.argv.slice(2);
const words = [quote, lines, tagged].join(' ');
if (words !== '--quote --line-buffer --tagstring' || tag === undefined || command.length === 0) {
  throw new Error(`the stand-in for parallel knows no ${process.argv.slice(2).join(' ')}`);
}

const run = async (item: string): Promise<boolean> => {
  const filled = (word: string): string => word.replaceAll('{}', item);
  const [name, ...args] = command.map(filled);
  const child = spawn(name!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const pass = (from: Readable, to: NodeJS.WriteStream): void => {
    createInterface({ input: from }).on('line', (line) => to.write(`${filled(tag)}\t${line}\n`));
  };
  pass(child.stdout, process.stdout);
  pass(child.stderr, process.stderr);
  await once(child, 'close');
  return child.exitCode === 0;
};

const items = (await text(process.stdin)).split('\n').filter((line) => line !== '');
const good = await Promise.all(items.map(run));
process.exitCode = Math.min(MOST_FAILED, good.filter((one) => !one).length);
