/** Retries if nothing else is said: with waits from 100 ms on, time enough for a node to restart. */
export const DEFAULT_RETRIES = 10;
/** The longest wait between two tries, in ms. */
export const LONGEST_WAIT = 5000;

/** From 1 ms on, more do not count; and 0 ms stay 0. */
const MOST_DOUBLINGS = 13;

/** How much longer or shorter a wait may be than it should. */
const JITTER = 0.1;

/**
 * ms to wait before a retry: `base` before the first, and twice as long before each after, up to
 * {@link LONGEST_WAIT}, or `base` if that is longer. A little more or less, so that those who failed
 * at once do not come back at once.
 *
 * @param retry from 1
 */
export const backoff = (base: number, retry: number): number => {
  const doubled = base * 2 ** Math.min(retry - 1, MOST_DOUBLINGS);
  const wait = Math.max(base, Math.min(doubled, LONGEST_WAIT));
  return Math.round(wait * (1 - JITTER + Math.random() * 2 * JITTER));
};
