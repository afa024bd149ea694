/** What jobs that work in several threads have in common. */
import { AsbError } from '../errors.ts';

/** Worker threads of a job at most. */
export const MAX_WORKERS = 64;

/** @throws AsbError `USAGE` for a number of workers that cannot be */
export const checkWorkers = (workers: number): void => {
  if (Number.isInteger(workers) && workers >= 0 && workers <= MAX_WORKERS) return;
  const expected = `a whole number from 0 to ${MAX_WORKERS}`;
  throw new AsbError('USAGE', `workers is ${workers}; expected ${expected}`, { expected });
};

/**
 * Deals out what holds for all workers together: connections, files at once.
 * @returns how much each gets: one at least, though that may be more in all
 */
export const dealt = (total: number, workers: number): number[] =>
  Array.from({ length: workers }, (_, index) =>
    Math.max(1, Math.floor(total / workers) + Number(index < total % workers)),
  );
