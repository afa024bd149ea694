import type { RateLimits } from '../limiter.ts';
import type { SendOptions } from './request-sender.ts';
import type { WritePolicy } from './write-policy.ts';

/** Requests in flight at most, each on a connection of its own. */
export const MAX_ASYNC_BATCHES = 1024;
/** The same, unless told otherwise. */
export const DEFAULT_ASYNC_BATCHES = 16;

/**
 * The limits are smooth: records that may pass go out at once, in smaller batches. What is sent again
 * does not wait for them, but counts: others wait the longer.
 */
export interface RecordWriterOptions extends WritePolicy, SendOptions, RateLimits {
  /** Writes in batches. Default true; where the server has batches off, single puts are sent. */
  readonly batchWrites?: boolean;
  /** Records of a batch, or puts sent one after the other. Default 512. */
  readonly batchSize?: number;
  /** Requests in flight at once, over all nodes. Default {@link DEFAULT_ASYNC_BATCHES}. */
  readonly maxAsyncBatches?: number;
  /** How often a record may be sent again. Default 10. */
  readonly maxRetries?: number;
  /**
   * ms before the second retry; it doubles with each, up to 5 s. The first comes at once. Default 150.
   */
  readonly retryScale?: number;
  /** Told of what went wrong but was lived with. */
  readonly onNotice?: (notice: string) => void;
}
