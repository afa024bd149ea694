import { parseAddresses } from '../../wire/address.ts';
import { DEFAULT_RETRIES } from '../../wire/backoff.ts';
import type { ConnectionOptions } from '../../wire/connect.ts';
import { MAX_RACK_ID } from '../../wire/racks.ts';
import type { Given } from '../given.ts';
import { flag, integer, numbers, type Option, text } from '../option.ts';
import type { AskSecret } from '../secret.ts';
import type { Shell } from '../shell.ts';
import { askSecret } from '../terminal.ts';
import { securityOf, securityOptions } from './security.ts';

const group = 'Cluster:';

/** `-h` is the host, as asbackup has it; help is `--help` or `-Z`. */
export const host = text({
  name: 'host',
  alias: ['h'],
  group,
  describe:
    'Nodes to begin with, host[:tls name][:port] with commas between, [IPv6]:port (default 127.0.0.1)',
  expected: 'host[:tls name][:port], with commas between',
});

export const port = integer({
  name: 'port',
  alias: ['p'],
  group,
  describe: 'Port of the hosts that name none',
  min: 1,
  max: 65_535,
  default: 3000,
});

const DAY = 86_400_000;

export const socketTimeout = integer({
  name: 'socket-timeout',
  group,
  describe: 'A node that sends nothing for so long is asked whether it lives; 0 never asks',
  min: 0,
  max: DAY,
  unit: 'ms',
  default: 10_000,
});

export const maxRetries = integer({
  name: 'max-retries',
  group,
  describe: 'How often partitions that failed are asked for again',
  min: 0,
  max: 1_000_000,
  default: DEFAULT_RETRIES,
});

export const sleepBetweenRetries = integer({
  name: 'sleep-between-retries',
  alias: ['retry-delay'],
  group,
  describe: 'Wait before another try; it doubles each time, up to 5 s',
  min: 0,
  max: DAY,
  unit: 'ms',
  default: 100,
});

export const servicesAlternate = flag({
  name: 'services-alternate',
  alias: ['S'],
  group,
  describe: 'Reach the other nodes by their alternate access addresses',
});

export const preferRacks = numbers({
  name: 'prefer-racks',
  group,
  describe:
    'Racks to read from, the best first, with commas between; others where these have nothing',
  min: 0,
  max: MAX_RACK_ID,
});

export const onlyRacks = numbers({
  name: 'rack-list',
  group,
  describe:
    'The only racks to read from, with commas between; partitions that none of their nodes holds are ' +
    'an error',
  min: 0,
  max: MAX_RACK_ID,
});

export const infoTimeout = integer({
  name: 'info-timeout',
  alias: ['T'],
  group,
  describe: 'How long a node may take to answer a question about the cluster',
  min: 1,
  max: DAY,
  unit: 'ms',
  default: 10_000,
});

/** Of commands that reach a cluster, whatever they do there. */
export const reachingOptions: readonly Option<unknown>[] = [
  host,
  port,
  servicesAlternate,
  ...securityOptions,
];

/** Of commands that scan. */
export const connectionOptions: readonly Option<unknown>[] = [
  ...reachingOptions,
  preferRacks,
  onlyRacks,
  infoTimeout,
  socketTimeout,
  maxRetries,
  sleepBetweenRetries,
];

/**
 * What the command line says of a cluster and of who wants in. Passwords are read, and asked for, now.
 *
 * @param ask in place of the terminal that the command was started from
 * @throws AsbError `USAGE` for a seed that has no meaning, options that do not go together, and
 *   passwords that can't be had
 */
export const connectionOf = async (
  given: Given,
  shell: Pick<Shell, 'signal'>,
  ask: AskSecret = (question) => askSecret(question, shell.signal),
) =>
  ({
    seeds: parseAddresses(given.value(host) ?? '127.0.0.1', given.value(port)),
    servicesAlternate: given.value(servicesAlternate),
    ...(await securityOf(given, ask)),
  }) satisfies ConnectionOptions;
