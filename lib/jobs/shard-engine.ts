/** Which shard a process is: as somebody says it, or the engine that runs many of its kind. */
import { AsbError } from '../errors.ts';
import { checkedShard, type Shard } from './shard.ts';

/** The variables of a process; one that is empty counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable that must be a whole number. */
type Read = (variable: string) => number;

/** An engine that starts one process for each shard, and tells each which one it is. */
interface Engine {
  /** Set by this engine, and no other. */
  readonly variable: string;
  /** `index` from 0. Nothing may tell how many there are. */
  readonly place: (read: Read) => { readonly index: number; readonly count?: number };
}

const ENGINES: readonly Engine[] = [
  {
    // `sbatch --array=1-7:2`: ids from MIN to MAX in steps, however the ids begin.
    variable: 'SLURM_ARRAY_TASK_ID',
    place(read) {
      const id = read('SLURM_ARRAY_TASK_ID');
      const min = read('SLURM_ARRAY_TASK_MIN');
      const max = read('SLURM_ARRAY_TASK_MAX');
      const step = read('SLURM_ARRAY_TASK_STEP');
      const count = read('SLURM_ARRAY_TASK_COUNT');
      const index = (id - min) / step;
      // Of a list of ids like 1,2,7, no one can know its place.
      if (max === min + (count - 1) * step && Number.isInteger(index)) return { index, count };
      const expected = 'an array like 1-4 or 0-30:10';
      throw new AsbError(
        'USAGE',
        `SLURM_ARRAY_TASK_ID ${id} has no place in ${count} tasks (SLURM_ARRAY_TASK_COUNT) from ` +
          `${min} (…_MIN) to ${max} (…_MAX) in steps of ${step} (…_STEP); expected ${expected}`,
        { expected },
      );
    },
  },
  {
    variable: 'AWS_BATCH_JOB_ARRAY_INDEX',
    place: (read) => ({
      index: read('AWS_BATCH_JOB_ARRAY_INDEX'),
      count: read('AWS_BATCH_JOB_ARRAY_SIZE'),
    }),
  },
  {
    // An Indexed Job of Kubernetes; how many pods there are is told nowhere in them.
    variable: 'JOB_COMPLETION_INDEX',
    place: (read) => ({ index: read('JOB_COMPLETION_INDEX') }),
  },
];

/**
 * @param text `2/4` (from `1/4` to `4/4`); `auto`, for an array of Slurm or AWS Batch; `auto/4`, which is
 *   also for an Indexed Job of Kubernetes, and elsewhere must be what the engine says
 * @param environment where an engine leaves its variables
 * @throws AsbError `USAGE` for another form, for variables that are missing, make no sense, or are of
 *   several engines (it names them); `RANGE` for a shard that cannot be
 */
export const shardOf = (text: string, environment: Environment): Shard => {
  const [, which, many] = /^(auto|\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const asked = many === undefined ? undefined : Number(many);
  if (which === 'auto') return engineShard(environment, asked);
  if (which !== undefined && asked !== undefined) {
    return checkedShard({ index: Number(which), count: asked });
  }
  const expected = '2/4, auto, or auto/4';
  throw new AsbError('USAGE', `"${text}" is no shard; expected something like ${expected}`, {
    expected,
  });
};

const engineShard = (environment: Environment, asked: number | undefined): Shard => {
  const { variable, place } = engineIn(environment);
  const { index, count = asked } = place((name) => numberIn(environment, name));
  if (count === undefined) {
    const expected = 'auto/N';
    throw new AsbError(
      'USAGE',
      `${variable} says which shard this is, and nothing how many there are; say it: ${expected}`,
      { expected },
    );
  }
  if (asked !== undefined && asked !== count) {
    throw new AsbError('USAGE', `${asked} shards are asked for, and the array has ${count}`, {
      expected: `auto, or auto/${count}`,
    });
  }
  if (index >= 0 && index < count) return checkedShard({ index: index + 1, count });
  const expected = `0 to ${count - 1}`;
  throw new AsbError(
    'USAGE',
    `by ${variable} this is shard ${index + 1} of ${count}: there is no such shard`,
    { expected },
  );
};

const engineIn = (environment: Environment): Engine => {
  const [engine, ...more] = ENGINES.filter(({ variable }) => isSet(environment[variable]));
  if (engine !== undefined && more.length === 0) return engine;
  const found = [engine, ...more].flatMap((one) => one?.variable ?? []);
  const all = ENGINES.map(({ variable }) => variable);
  const what =
    engine === undefined
      ? `none of ${all.join(', ')} is set`
      : `${found.join(' and ')} are set, of several engines`;
  const expected = `which shard of how many, as --shard 2/4`;
  throw new AsbError('USAGE', `${what}: say ${expected}`, { expected });
};

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

const numberIn = (environment: Environment, variable: string): number => {
  const value = environment[variable];
  if (isSet(value) && /^\d{1,9}$/.test(value)) return Number(value);
  const is = isSet(value) ? `"${value}"` : 'not set';
  throw new AsbError('USAGE', `${variable} is ${is}; expected a whole number`, {
    expected: 'a whole number',
  });
};
