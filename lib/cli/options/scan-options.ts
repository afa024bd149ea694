import type { ScanOptions } from '../../stages/scan.ts';
import type { Given } from '../given.ts';
import type { Shell } from '../shell.ts';
import { namespace } from './common.ts';
import {
  connectionOf,
  maxRetries,
  preferRacks,
  sleepBetweenRetries,
  socketTimeout,
} from './connection.ts';
import { scanLimitsOf } from './limits.ts';
import {
  bins,
  filterExpression,
  maxRecords,
  noBins,
  noIndexes,
  noRecords,
  noUdfs,
  sets,
  totalTimeout,
} from './selection.ts';

/**
 * What the command line says of a scan, as its stage takes it.
 * @throws AsbError `USAGE` without a namespace, for options that exclude each other, and as
 *   {@link connectionOf} does
 */
export const scanOptionsOf = async (
  given: Given,
  shell: Pick<Shell, 'say' | 'verbose' | 'signal'>,
) => {
  given.exclusive(noBins, bins);
  const expression = given.value(filterExpression);
  return {
    namespace: given.required(namespace),
    ...(await connectionOf(given, shell)),
    preferRacks: given.value(preferRacks),
    sets: given.value(sets),
    bins: given.value(bins),
    noBins: given.value(noBins),
    noRecords: given.value(noRecords),
    noIndexes: given.value(noIndexes),
    noUdfs: given.value(noUdfs),
    ...(expression === undefined ? {} : { filterExpression: Buffer.from(expression, 'base64') }),
    maxRecords: given.value(maxRecords),
    ...scanLimitsOf(given),
    socketTimeout: given.value(socketTimeout),
    totalTimeout: given.value(totalTimeout),
    maxRetries: given.value(maxRetries),
    sleepBetweenRetries: given.value(sleepBetweenRetries),
    onNotice: (notice: string) => shell.say(`note: ${notice}`),
  } satisfies ScanOptions & { namespace: string };
};
