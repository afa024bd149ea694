import type { ScanOptions } from '../../stages/scan.ts';
import type { Given } from '../given.ts';
import type { Shell } from '../shell.ts';
import { namespace } from './common.ts';
import {
  maxRetries,
  seedsOf,
  servicesAlternate,
  sleepBetweenRetries,
  socketTimeout,
} from './connection.ts';
import {
  bins,
  filterExpression,
  maxRecords,
  noBins,
  noIndexes,
  noRecords,
  noUdfs,
  recordsPerSecond,
  sets,
} from './selection.ts';

/**
 * What the command line says of a scan, as its stage takes it.
 * @throws AsbError `USAGE` without a namespace, and for options that exclude each other
 */
export const scanOptionsOf = (given: Given, shell: Pick<Shell, 'say' | 'verbose'>) => {
  given.exclusive(noBins, bins);
  const expression = given.value(filterExpression);
  return {
    namespace: given.required(namespace),
    seeds: seedsOf(given),
    servicesAlternate: given.value(servicesAlternate),
    sets: given.value(sets),
    bins: given.value(bins),
    noBins: given.value(noBins),
    noRecords: given.value(noRecords),
    noIndexes: given.value(noIndexes),
    noUdfs: given.value(noUdfs),
    ...(expression === undefined ? {} : { filterExpression: Buffer.from(expression, 'base64') }),
    maxRecords: given.value(maxRecords),
    recordsPerSecond: given.value(recordsPerSecond),
    socketTimeout: given.value(socketTimeout),
    maxRetries: given.value(maxRetries),
    sleepBetweenRetries: given.value(sleepBetweenRetries),
    onNotice: (notice: string) => shell.say(`note: ${notice}`),
  } satisfies ScanOptions & { namespace: string };
};
