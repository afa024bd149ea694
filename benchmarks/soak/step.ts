/** What small jobs are told of the world, and how they say what must come out. */
import { setImmediate } from 'node:timers/promises';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { AsbError, type ErrorCode } from '../../lib/errors.ts';
import type { Servers } from './world.ts';

export interface World {
  readonly servers: Servers;
  /** A path in the directory of this round. */
  at(name: string): string;
  /** A prefix in the bucket, of this round. */
  s3(name: string): string;
}

/** A few small jobs that belong together. */
export interface Step {
  readonly name: string;
  /** How many backups it begins. */
  readonly backups: number;
  /** Throws if something else comes out than must. */
  run(world: World): Promise<void>;
}

/** Fast to try again: what fails here always fails. */
export const IMPATIENT = { maxRetries: 1, sleepBetweenRetries: 1, retryScale: 1 } as const;

export const ENCRYPTION = {
  mode: 'aes256',
  key: new EncryptionKey(Buffer.from('soak')),
} as const;

export const mustBe = (what: string, found: unknown, wanted: unknown): void => {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`);
};

/** @returns the failure that `done` must end with */
export const failing = async (done: Promise<unknown>, ...codes: ErrorCode[]): Promise<AsbError> => {
  const outcome = await done.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  if (outcome instanceof AsbError && codes.includes(outcome.code)) return outcome;
  throw new Error(`it must fail with ${codes.join(' or ')}`, { cause: outcome });
};

/** A job that can be stopped. */
interface Stoppable {
  readonly done: Promise<unknown>;
  readonly progress: { readonly records: number };
  abort(): void;
}

/** Stops a job as soon as it has records. @returns where it is kept, or '' */
export const stopped = async (job: Stoppable, times = 1): Promise<string> => {
  const failed = failing(job.done, 'ABORTED');
  // Whoever ends before it is stopped fails, and is not waited for.
  const over = failed.then(
    () => true,
    () => true,
  );
  while (job.progress.records === 0 && !(await Promise.race([over, setImmediate(false)])));
  for (let time = 0; time < times; time++) job.abort();
  return (await failed).facts.state ?? '';
};
