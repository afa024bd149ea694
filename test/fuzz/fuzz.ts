import { AsbError } from '../../lib/errors.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { Target } from './targets.ts';

/** An input that did what none may do. */
export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly input: Buffer;
  readonly error: unknown;
}

/** Memory that a process may have, in bytes: inputs are small, and what they claim is no matter. */
export const MAX_MEMORY = 1024 * 1024 * 1024;
/** Runs between two looks at the memory, which take longer than a run. */
const MEMORY_INTERVAL = 500;

/** The input of a seed. */
export const inputOf = (target: Target, seed: number): { input: Buffer; random: Random } => {
  const random = new Random(seed);
  const input = mutate(random.pick(target.seeds), random, target.seeds);
  return { input, random };
};

/** Runs one input. @returns what is wrong; `undefined` if nothing is */
export const tryInput = async (target: Target, input: Buffer, random: Random): Promise<unknown> => {
  try {
    await target.run(input, random);
    return undefined;
  } catch (error) {
    return error instanceof AsbError ? undefined : error;
  }
};

export interface FuzzOptions {
  readonly targets: readonly Target[];
  /** Of the first input; the next have the numbers behind it. */
  readonly seed: number;
  /** Asked before each run. */
  readonly goesOn: (runs: number) => boolean;
  /** Told of each input before it runs. */
  readonly onInput?: (target: Target, seed: number, input: Buffer) => void;
}

/** Runs inputs until one fails or it shall stop. */
export const fuzz = async (
  options: FuzzOptions,
): Promise<{ readonly runs: number; readonly failure: Failure | undefined }> => {
  const { targets, goesOn, onInput = () => {} } = options;
  let runs = 0;
  for (; goesOn(runs); runs++) {
    const seed = (options.seed + runs) >>> 0;
    const target = targets[seed % targets.length]!;
    const { input, random } = inputOf(target, seed);
    onInput(target, seed, input);
    const error = (await tryInput(target, input, random)) ?? memoryFault(runs);
    if (error !== undefined) {
      return { runs, failure: { target: target.name, seed, input, error } };
    }
  }
  return { runs, failure: undefined };
};

const memoryFault = (runs: number): Error | undefined => {
  if (runs % MEMORY_INTERVAL !== 0) return undefined;
  const held = process.memoryUsage.rss();
  return held > MAX_MEMORY ? new Error(`${held} bytes of memory`) : undefined;
};
