import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../errors.ts';
import { backoff, DEFAULT_RETRIES } from './backoff.ts';
import type { Cluster } from './cluster.ts';

export interface RetryOptions {
  /** Tries after the first. Default 10. */
  readonly maxRetries?: number | undefined;
  /** ms before the first of them; it doubles with each, up to 5 s. Default 100. */
  readonly sleepBetweenRetries?: number | undefined;
  /** Ends a wait; the task is not tried again. */
  readonly signal?: AbortSignal;
  /** Told of each retry and its reason. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Does what asks nodes for something, and, if the network fails, does it again, after a wait and a
 * look at the cluster.
 *
 * @param what is done, for notices
 * @throws AsbError `NETWORK` or `CONNECT` if retries run out; what `task` throws beside; the signal's
 *   reason
 */
export const retrying = async <Result>(
  cluster: Cluster,
  what: string,
  task: () => Promise<Result>,
  { maxRetries = DEFAULT_RETRIES, sleepBetweenRetries = 100, signal, onNotice }: RetryOptions = {},
): Promise<Result> => {
  for (let retry = 1; ; retry++) {
    try {
      return await task();
    } catch (error) {
      if (!mayPass(error) || retry > maxRetries) throw error;
      const wait = backoff(sleepBetweenRetries, retry);
      onNotice?.(
        `${messageOf(error)}; ${what} is tried again in ${wait} ms (retry ${retry} of ${maxRetries})`,
      );
      await sleep(wait, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    }
    await lookAnew(cluster);
    signal?.throwIfAborted();
  }
};

/**
 * Looks at the cluster anew. One that can't be reached now stays as it was known: whoever asks its
 * nodes will fail, and say so.
 *
 * @throws AsbError as `Cluster.refresh`, but for `CONNECT`
 */
export const lookAnew = async (cluster: Cluster): Promise<void> => {
  try {
    await cluster.refresh();
  } catch (error) {
    if (codeOf(error) !== 'CONNECT') throw error;
  }
};

const mayPass = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === 'NETWORK' || code === 'CONNECT';
};
