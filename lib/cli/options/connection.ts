import { AsbError } from '../../errors.ts';
import { type Address, parseAddresses } from '../../wire/address.ts';
import type { Given } from '../given.ts';
import { flag, integer, type Option, text } from '../option.ts';

const group = 'Cluster:';

/** `-h` is the host, as asbackup has it; help is `--help` or `-Z`. */
export const host = text({
  name: 'host',
  alias: ['h'],
  group,
  describe: 'Nodes to begin with, host[:port] with commas between, [IPv6]:port (default 127.0.0.1)',
  expected: 'host[:port], with commas between',
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
  default: 5,
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

export const connectionOptions: readonly Option<unknown>[] = [
  host,
  port,
  socketTimeout,
  maxRetries,
  sleepBetweenRetries,
  servicesAlternate,
];

/** @throws AsbError `USAGE` for a seed that has no meaning, or asks for TLS */
export const seedsOf = (given: Given): readonly Address[] => {
  const seeds = parseAddresses(given.value(host) ?? '127.0.0.1', given.value(port));
  const tls = seeds.find(({ tlsName }) => tlsName !== undefined);
  if (tls === undefined) return seeds;
  throw new AsbError('USAGE', `host ${tls.host} names TLS, which this version does not speak`, {
    expected: 'host[:port]',
  });
};
