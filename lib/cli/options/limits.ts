/** How fast records may come or go, over all connections together. */
import { AsbError } from '../../errors.ts';
import type { RateLimits } from '../../wire/limiter.ts';
import type { Given } from '../given.ts';
import { integer, namesOf, type Option, text } from '../option.ts';
import { MIB } from './files.ts';

const group = 'Speed:';
/** Of MiB in a second: what nobody reaches. */
const MOST = 1_000_000;

const rate = {
  name: 'records-per-second',
  group,
  describe: 'At most so many, over all nodes, evenly; 0 is no limit',
  min: 0,
  max: 0xffffffff,
  unit: 'records/s',
  default: 0,
};

export const recordsPerSecond = integer({ ...rate, alias: ['L'] });

export const bandwidth = integer({
  name: 'nice',
  alias: ['N', 'bandwidth'],
  group,
  describe: 'At most so much, over all nodes, evenly, as records come from them; 0 is no limit',
  min: 0,
  max: MOST,
  unit: 'MiB/s',
  default: 0,
});

/** What limits a scan. */
export const scanLimits: readonly Option<unknown>[] = [recordsPerSecond, bandwidth];

/** What the command line says of them. */
export const scanLimitsOf = (given: Given) =>
  ({
    recordsPerSecond: given.value(recordsPerSecond),
    bytesPerSecond: given.value(bandwidth) * MIB,
  }) satisfies RateLimits;

/** As {@link recordsPerSecond}; its letter is another option of asrestore. */
export const writesPerSecond = integer(rate);

export const nice = text({
  name: 'nice',
  alias: ['N', 'bandwidth'],
  group,
  describe:
    'At most so many MiB/s of records, or with MIB,TPS also so many records/s, over all nodes, ' +
    'evenly; 0 is no limit',
  expected: `MiB/s, 0 to ${MOST}, or MIB,TPS`,
  pattern: /^(?:\d{1,6}|1000000)(?:,\d{1,9})?$/,
});

/** What limits a load. */
export const loadLimits: readonly Option<unknown>[] = [writesPerSecond, nice];

/**
 * What the command line says of them.
 * @throws AsbError `USAGE` if it says twice how many records
 */
export const loadLimitsOf = (given: Given) => {
  const [mebibytes = 0, records] = (given.value(nice) ?? '0').split(',').map(Number);
  if (records !== undefined && given.has(writesPerSecond)) {
    const names = `${namesOf(writesPerSecond)} and the second number of ${namesOf(nice)}`;
    throw new AsbError('USAGE', `${names} say the same; give one of them`);
  }
  return {
    recordsPerSecond: records ?? given.value(writesPerSecond),
    bytesPerSecond: mebibytes * MIB,
  } satisfies RateLimits;
};
