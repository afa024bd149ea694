import { messageOf } from '../errors.ts';

/**
 * Milliseconds that a job has to bring what it has read to a safe end, before it is told to leave it:
 * less than the grace of a signal, so that it can still clear up.
 */
export const HURRY = 5000;

/** What can be stopped: the second time at once. */
export interface Stoppable {
  abort(reason: string): void;
}

/**
 * Stops a job when a signal comes, and again when that takes long.
 *
 * @param hurry milliseconds between the two
 * @returns ends it: the job is over
 */
export const stopWith = (signal: AbortSignal, job: Stoppable, hurry = HURRY): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    const reason = messageOf(signal.reason);
    job.abort(reason);
    timer = setTimeout(() => job.abort(reason), hurry);
  };
  signal.addEventListener('abort', stop);
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  };
};
