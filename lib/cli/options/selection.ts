import { parseAfterDigest, parsePartitionList } from '../../wire/scan/partition-filter.ts';
import { flag, integer, list, type Option, text } from '../option.ts';
import { scanLimits } from './limits.ts';
import { MOMENT_FORM, parseMoment } from './moment.ts';
import { parsed } from './parsed.ts';

const group = 'Selection:';

export const sets = list({
  name: 'set',
  alias: ['s', 'set-list'],
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

export const modifiedAfter = parsed(
  {
    name: 'modified-after',
    alias: ['a'],
    group,
    shown: 'TIME',
    describe: `Only records that were last written then or later: ${MOMENT_FORM}`,
    expected: MOMENT_FORM,
  },
  (given) => parseMoment(given),
);

export const modifiedBefore = parsed(
  {
    name: 'modified-before',
    alias: ['b'],
    group,
    shown: 'TIME',
    describe: 'Only records that were last written before then: a time in the same forms',
    expected: MOMENT_FORM,
  },
  (given) => parseMoment(given),
);

export const noTtlOnly = flag({
  name: 'no-ttl-only',
  group,
  describe: 'Only records that never expire',
});

export const partitionList = parsed(
  {
    name: 'partition-list',
    alias: ['X'],
    group,
    shown: 'LIST',
    describe:
      'Only these partitions, with commas between: BEGIN[-COUNT], or a digest in base64 for what comes ' +
      'after it in its partition (default: 0-4096, which is all)',
    expected: 'BEGIN[-COUNT] or digests in base64, with commas between',
  },
  parsePartitionList,
);

export const afterDigest = parsed(
  {
    name: 'after-digest',
    alias: ['D'],
    group,
    shown: 'DIGEST',
    describe:
      'Only what comes after this digest, in base64: the rest of its partition, and all later ones',
    expected: 'a digest in base64',
  },
  parseAfterDigest,
);

export const nodeList = list({
  name: 'node-list',
  alias: ['l'],
  group,
  describe:
    'Only partitions whose master is one of these nodes when it begins: host[:tls name]:port, or names ' +
    'of nodes, with commas between',
  expected: 'host[:tls name]:port or names of nodes, with commas between',
});

export const filterExpression = text({
  name: 'filter-exp',
  alias: ['f'],
  group,
  describe: 'Only records that this filter expression takes too, in base64',
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
  modifiedAfter,
  modifiedBefore,
  noTtlOnly,
  filterExpression,
  partitionList,
  afterDigest,
  nodeList,
  maxRecords,
  ...scanLimits,
  totalTimeout,
];
