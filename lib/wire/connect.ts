import { type Address, parseAddresses } from './address.ts';
import { Cluster } from './cluster.ts';

/** Where a cluster is, as whoever reads or writes one is told. */
export interface ConnectionOptions {
  /** `host[:tls name][:port],…` or addresses. Default 127.0.0.1:3000. */
  readonly seeds?: string | readonly Address[];
  /** Reach the other nodes by their alternate access addresses. */
  readonly servicesAlternate?: boolean;
  /** For an info command to be answered, in ms. Default 10000. */
  readonly infoTimeout?: number;
  /** Told of what went wrong but was lived with. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Connects to the cluster that the seeds belong to.
 * @throws AsbError `CONNECT` if no seed answers; `USAGE` for seeds that are none
 */
export const connectTo = (options: ConnectionOptions): Promise<Cluster> => {
  const { seeds = '127.0.0.1', servicesAlternate = false, infoTimeout, onNotice } = options;
  return Cluster.connect({
    seeds: typeof seeds === 'string' ? parseAddresses(seeds) : seeds,
    servicesAlternate,
    ...(infoTimeout === undefined ? {} : { infoTimeout }),
    ...(onNotice === undefined ? {} : { onNotice }),
  });
};
