import type { ScanOptions } from '../../stages/scan.ts';
import { parseAddresses } from '../../wire/address.ts';
import type { NodePlace } from '../../wire/scan/scan-nodes.ts';
import type { Given } from '../given.ts';
import type { Shell } from '../shell.ts';
import { namespace } from './common.ts';
import {
  connectionOf,
  infoTimeout,
  maxRetries,
  onlyRacks,
  port,
  preferRacks,
  sleepBetweenRetries,
  socketTimeout,
} from './connection.ts';
import { scanLimitsOf } from './limits.ts';
import {
  afterDigest,
  bins,
  filterExpression,
  maxRecords,
  modifiedAfter,
  modifiedBefore,
  noBins,
  nodeList,
  noIndexes,
  noRecords,
  noTtlOnly,
  noUdfs,
  partitionList,
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
    infoTimeout: given.value(infoTimeout),
    preferRacks: given.value(preferRacks),
    onlyRacks: given.value(onlyRacks),
    sets: given.value(sets),
    bins: given.value(bins),
    noBins: given.value(noBins),
    noRecords: given.value(noRecords),
    noIndexes: given.value(noIndexes),
    noUdfs: given.value(noUdfs),
    ...timesOf(given),
    noTtlOnly: given.value(noTtlOnly),
    ...(expression === undefined ? {} : { filterExpression: Buffer.from(expression, 'base64') }),
    ...placesOf(given),
    maxRecords: given.value(maxRecords),
    ...scanLimitsOf(given),
    socketTimeout: given.value(socketTimeout),
    totalTimeout: given.value(totalTimeout),
    maxRetries: given.value(maxRetries),
    sleepBetweenRetries: given.value(sleepBetweenRetries),
    onNotice: (notice: string) => shell.say(`note: ${notice}`),
  } satisfies ScanOptions & { namespace: string };
};

/** When the records must have been written. */
const timesOf = (given: Given) => {
  const [after, before] = [given.value(modifiedAfter), given.value(modifiedBefore)];
  return {
    ...(after === undefined ? {} : { modifiedAfter: after }),
    ...(before === undefined ? {} : { modifiedBefore: before }),
  } satisfies Partial<ScanOptions>;
};

/** Which partitions, and of whom. */
const placesOf = (given: Given): Partial<ScanOptions> => {
  given.exclusive(partitionList, afterDigest);
  given.exclusive(nodeList, partitionList);
  given.exclusive(nodeList, afterDigest);
  const filter = given.value(partitionList) ?? given.value(afterDigest);
  const nodes = given.value(nodeList).flatMap((text) => nodePlaces(text, given.value(port)));
  return { ...filter, nodes };
};

/** A name has neither a colon nor a dot; an address has one, or both. */
const nodePlaces = (text: string, defaultPort: number): readonly NodePlace[] =>
  /[.:]/.test(text) ? parseAddresses(text, defaultPort) : [text];
