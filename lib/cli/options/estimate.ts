import type { Given } from '../given.ts';
import { flag, integer, type Option } from '../option.ts';

const group = 'Estimate:';

export const estimateOnly = flag({
  name: 'estimate',
  alias: ['e'],
  group,
  describe:
    'Write nothing: tell how many records and bytes the same backup would have, by a sample; all ' +
    'filters count',
});

export const estimateSamples = integer({
  name: 'estimate-samples',
  group,
  describe: 'About so many records are read for that, from everywhere',
  min: 1,
  max: 1_000_000_000,
  unit: 'records',
  default: 10_000,
});

export const estimateOptions: readonly Option<unknown>[] = [estimateOnly, estimateSamples];

/**
 * @param others that ask for something to be written or removed
 * @throws AsbError `USAGE` if one of them is given beside it
 */
export const checkEstimate = (given: Given, others: readonly Option<unknown>[]): void => {
  given.needs(estimateSamples, estimateOnly);
  for (const other of others) given.exclusive(estimateOnly, other);
};
