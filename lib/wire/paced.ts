import { setTimeout as sleep } from 'node:timers/promises';
import type { Limiter } from './limiter.ts';

/** Records of a batch: from and to where they stand in its offsets. */
export type Slice = readonly [from: number, to: number];

/**
 * Cuts a batch into slices, each given out when its records may pass. The next waits until the one
 * before is dealt with.
 *
 * @param offsets of the batch
 * @param signal ends it at once, though records are left
 */
export async function* paced(
  limiter: Limiter,
  offsets: Uint32Array,
  signal: AbortSignal,
): AsyncGenerator<Slice> {
  for (let from = 0; from < offsets.length && !signal.aborted; ) {
    const to = limiter.take(offsets, from);
    if (to > from) yield [from, to];
    else await sleep(limiter.delay(offsets, from), undefined, { signal }).catch(() => {}); // the loop looks
    from = to;
  }
}
