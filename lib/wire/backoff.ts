/** The longest wait between two tries, in ms. */
export const LONGEST_WAIT = 5000;

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
  const wait = Math.max(base, Math.min(base * 2 ** (retry - 1), LONGEST_WAIT));
  return Math.round(wait * (1 - JITTER + Math.random() * 2 * JITTER));
};
