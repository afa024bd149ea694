/** One backup that is killed at random, and continued until it is whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentAt } from '../../lib/storage/documents.ts';
import { joinLocation } from '../../lib/storage/homes.ts';
import type { S3Options } from '../../lib/storage/s3/options.ts';
import type { Random } from '../fuzz/random.ts';
import { EXECUTABLE } from '../helpers/asb.ts';

/** Where a backup goes, and how. */
export interface Shape {
  readonly name: string;
  readonly location: string;
  readonly state: string;
  readonly args: readonly string[];
  readonly encrypted: boolean;
}

export interface TrialOptions {
  /** `asb backup` and what is the same for all. */
  readonly args: readonly string[];
  readonly shape: Shape;
  readonly s3: S3Options;
  readonly random: Random;
  /** Milliseconds that an undisturbed run takes: kills come within them. */
  readonly usual: number;
  /** Kills at most. */
  readonly kills: number;
  /** What is killed: this process, or something else while it runs. */
  readonly strike: (run: Running) => Promise<void>;
}

/** Runs beside those that are killed. */
const MOST_RUNS = 20;

/** A command under way. */
export interface Running {
  readonly kill: () => void;
  readonly ended: AbortSignal;
}

export interface Trial {
  readonly kills: number;
  /** Runs that went on from a state, and runs that had nothing to go on from. */
  readonly continued: number;
  readonly anew: number;
  /** The last words of each run that was not killed. */
  readonly words: readonly string[];
}

/** Places and forms that a backup may have; each trial has another one. */
export const shapesIn = (place: string, namespace: string, key: string): Shape[] => {
  const isS3 = place.startsWith('s3://');
  const directory = (name: string, ...args: string[]): Shape => {
    const location = joinLocation(place, name);
    const state = joinLocation(location, `${namespace}.asb.state`);
    return { name, location, state, args: ['-d', location, ...args], encrypted: false };
  };
  const file = (name: string, ...args: string[]): Shape => {
    const location = joinLocation(place, `${name}.asb`);
    return {
      name,
      location,
      state: `${location}.state`,
      args: ['-o', location, ...args],
      encrypted: false,
    };
  };
  const encrypted = (shape: Shape): Shape => ({
    ...shape,
    args: [...shape.args, '-y', 'aes128', '--encryption-key-file', key],
    encrypted: true,
  });
  const shapes = [
    directory('plain', '-F', '1'),
    directory('zstd', '-F', '1', '-z', 'zstd', '-w', '2'),
    encrypted(directory('zstd-aes', '-F', '2', '-z', 'zstd')),
    directory('compact', '-C', '-F', '3'),
  ];
  // One object in S3 begins anew: there is nothing in it to go on behind.
  if (!isS3) {
    shapes.push(file('file', '-F', '1'), encrypted(file('file-zstd-aes', '-F', '1', '-z', 'zstd')));
  }
  return shapes;
};

/** Runs a backup until it is whole, with `kills` kills. */
export const tryBackup = async (options: TrialOptions): Promise<Trial> => {
  const { args, shape, random, usual } = options;
  const state = documentAt(shape.state, options.s3);
  const trial = { kills: 0, continued: 0, anew: 0, words: [] as string[] };
  // None needs more: whatever fails again and again is a fault.
  for (let run = 0; run < options.kills + MOST_RUNS; run++) {
    const goOn = (await state.read()) !== undefined;
    if (goOn) trial.continued++;
    else trial.anew++;
    const how = goOn ? ['--continue', shape.state] : ['-r'];
    // Whoever goes on may have more threads, or fewer, or none.
    const threads = ['--workers', `${random.below(4)}`];
    const child = spawn(
      process.execPath,
      [EXECUTABLE, ...args, ...shape.args, ...threads, ...how],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const ended = new AbortController();
    const closed = once(child, 'close').finally(() => ended.abort());
    if (trial.kills < options.kills) {
      await sleep(random.below(usual), undefined, { signal: ended.signal }).catch(() => {});
      if (!ended.signal.aborted) {
        await options.strike({ kill: () => child.kill('SIGKILL'), ended: ended.signal });
        trial.kills++;
      }
    }
    await closed;
    const words = Buffer.concat(stderr).toString();
    if (child.exitCode === 0) return trial;
    if (child.signalCode === 'SIGKILL') continue;
    trial.words.push(words);
  }
  throw new Error(`${shape.name} does not get whole: ${trial.words.at(-1)}`);
};
