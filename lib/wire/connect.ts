import { AsbError } from '../errors.ts';
import { type Address, parseAddresses } from './address.ts';
import { Cluster } from './cluster.ts';
import { checkRacks } from './racks.ts';
import { type CredentialOptions, credentialsOf } from './security/credentials.ts';
import type { Login } from './security/login.ts';
import type { TlsClient } from './security/tls-client.ts';
import type { TlsOptions } from './security/tls-options.ts';

/** Where a cluster is and who wants in, as whoever reads or writes one is told. */
export interface ConnectionOptions extends CredentialOptions {
  /** `host[:tls name][:port],…` or addresses. Default 127.0.0.1:3000. */
  readonly seeds?: string | readonly Address[];
  /** Reach the other nodes by their alternate access addresses. */
  readonly servicesAlternate?: boolean;
  /** Speak TLS, also with `{}`; plain connections if left out. */
  readonly tls?: TlsOptions;
  /** Numbers of racks to scan from, the best first. Writes go to masters, wherever they stand. */
  readonly preferRacks?: readonly number[];
  /**
   * Numbers of the only racks to scan from; a partition that no node of them holds can't be read.
   * Default: all.
   */
  readonly onlyRacks?: readonly number[];
  /** For an info command or a login to be answered, in ms. Default 10000. */
  readonly infoTimeout?: number;
  /** Told of what went wrong but was lived with. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Connects to the cluster that the seeds belong to.
 *
 * @throws AsbError `CONNECT` if no seed answers; `AUTH` if the cluster refuses the login, or wants
 *   one; `KEY` for files of TLS that can't be had, or do not fit; `USAGE` for seeds that are none, and
 *   options that do not go together
 */
export const connectTo = async (options: ConnectionOptions): Promise<Cluster> => {
  const { servicesAlternate = false, infoTimeout, onNotice } = options;
  const { preferRacks = [], onlyRacks = [] } = options;
  checkRacks(preferRacks);
  checkRacks(onlyRacks);
  const seeds = seedsOf(options);
  const tls = await tlsOf(options);
  const login = await loginOf(options, tls);
  return Cluster.connect({
    seeds,
    servicesAlternate,
    preferRacks,
    onlyRacks,
    tls,
    login,
    ...(infoTimeout === undefined ? {} : { infoTimeout }),
    ...(onNotice === undefined ? {} : { onNotice }),
  });
};

const seedsOf = ({ seeds = '127.0.0.1', tls }: ConnectionOptions): readonly Address[] => {
  const addresses = typeof seeds === 'string' ? parseAddresses(seeds) : seeds;
  const named = addresses.find(({ tlsName }) => tlsName !== undefined);
  if (named === undefined || tls !== undefined) return addresses;
  throw new AsbError(
    'USAGE',
    `host ${named.host} has a TLS name, "${named.tlsName}", but TLS is not on: --tls-enable`,
    { expected: 'host[:port]' },
  );
};

/** Its modules take time to load, so only who needs them does. */
const tlsOf = async ({ tls, onNotice }: ConnectionOptions): Promise<TlsClient | undefined> => {
  if (tls === undefined) return undefined;
  const { TlsClient } = await import('./security/tls-client.ts');
  return TlsClient.create(tls, onNotice);
};

const loginOf = async (
  options: ConnectionOptions,
  tls: TlsClient | undefined,
): Promise<Login | undefined> => {
  const credentials = credentialsOf(options, tls);
  if (credentials === undefined) return undefined;
  const { infoTimeout: timeout = 10_000, onNotice } = options;
  const { Login } = await import('./security/login.ts');
  return new Login({ credentials, timeout, ...(onNotice === undefined ? {} : { onNotice }) });
};
