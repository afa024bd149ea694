import { flag, integer, list, type Option, text } from '../option.ts';
import { scanLimits } from './limits.ts';

const group = 'Selection:';

export const sets = list({
  name: 'set',
  alias: ['s'],
  group,
  describe: 'Only records of these sets, with commas between (default: all)',
  expected: 'names of sets, with commas between',
});

export const bins = list({
  name: 'bin-list',
  alias: ['B'],
  group,
  describe: 'Only these bins, with commas between (default: all)',
  expected: 'names of bins, with commas between',
});

export const noBins = flag({
  name: 'no-bins',
  alias: ['x'],
  group,
  describe: 'Only what stands beside the bins: key, digest, set, generation, void time',
});

export const noRecords = flag({
  name: 'no-records',
  alias: ['R'],
  group,
  describe: 'Leave out records',
});

export const noIndexes = flag({
  name: 'no-indexes',
  alias: ['I'],
  group,
  describe: 'Leave out secondary indexes',
});

export const noUdfs = flag({
  name: 'no-udfs',
  alias: ['u'],
  group,
  describe: 'Leave out UDF modules',
});

export const filterExpression = text({
  name: 'filter-exp',
  alias: ['f'],
  group,
  describe: 'Only records that this filter expression takes, in base64',
  expected: 'a filter expression in base64',
  pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
});

export const maxRecords = integer({
  name: 'max-records',
  alias: ['M'],
  group,
  describe: 'So many records at most; 0 is all',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  unit: 'records',
  default: 0,
});

export const totalTimeout = integer({
  name: 'total-timeout',
  group: 'Cluster:',
  describe: 'How long reading all records may take, with all that is tried again; 0 is no limit',
  min: 0,
  max: 2 ** 31 - 1,
  unit: 'ms',
  default: 0,
});

export const allowEmpty = flag({
  name: 'allow-empty',
  group,
  describe: 'A namespace without records is no error',
});

export const selectionOptions: readonly Option<unknown>[] = [
  sets,
  bins,
  noBins,
  noRecords,
  noIndexes,
  noUdfs,
  filterExpression,
  maxRecords,
  ...scanLimits,
  totalTimeout,
];
