import { AsbError } from '../../errors.ts';
import type { LoadOptions } from '../../stages/load.ts';
import { DEFAULT_RETRIES } from '../../wire/backoff.ts';
import type { Given } from '../given.ts';
import { flag, integer, list, namesOf, type Option } from '../option.ts';
import type { Shell } from '../shell.ts';
import { connectionOf, reachingOptions } from './connection.ts';
import { loadLimits, loadLimitsOf } from './limits.ts';

const DAY = 86_400_000;
const selection = 'Selection:';
const writing = 'Writing:';
const cluster = 'Cluster:';

export const setList = list({
  name: 'set-list',
  alias: ['s', 'set'],
  group: selection,
  describe: 'Only records of these sets, and indexes on them, with commas between (default: all)',
  expected: 'names of sets, with commas between',
});

export const binList = list({
  name: 'bin-list',
  alias: ['B'],
  group: selection,
  describe: 'Only these bins, with commas between (default: all); a record without any is skipped',
  expected: 'names of bins, with commas between',
});

export const noRecords = flag({
  name: 'no-records',
  alias: ['R'],
  group: selection,
  describe: 'Leave out records',
});

export const noIndexes = flag({
  name: 'no-indexes',
  alias: ['I'],
  group: selection,
  describe: 'Leave out secondary indexes',
});

export const noUdfs = flag({
  name: 'no-udfs',
  alias: ['F'],
  group: selection,
  describe: 'Leave out UDF modules',
});

export const indexesLast = flag({
  name: 'indexes-last',
  alias: ['L', 'apply-metadata-last'],
  group: writing,
  describe: 'Make secondary indexes after all records, and not before them',
});

export const wait = flag({
  name: 'wait',
  alias: ['w'],
  group: writing,
  describe: 'End only when indexes are built, and UDF modules on every node',
});

export const unique = flag({
  name: 'unique',
  alias: ['u'],
  group: writing,
  describe: 'Leave records alone that are there already',
});

export const replace = flag({
  name: 'replace',
  alias: ['r'],
  group: writing,
  describe: 'Replace records that are there already, instead of adding bins to them',
});

export const noGeneration = flag({
  name: 'no-generation',
  alias: ['g'],
  group: writing,
  describe: 'Also write over records of the same or a larger generation',
});

export const extraTtl = integer({
  name: 'extra-ttl',
  alias: ['l'],
  group: writing,
  describe: 'Let records that expire do so this much later',
  min: 0,
  max: 315_360_000,
  unit: 's',
  default: 0,
});

export const ignoreRecordError = flag({
  name: 'ignore-record-error',
  group: writing,
  describe: 'Count records that the server refuses (too big, say), and go on',
});

export const disableBatchWrites = flag({
  name: 'disable-batch-writes',
  group: writing,
  describe: 'Write records one by one, as with servers before 6.0',
});

export const maxAsyncBatches = integer({
  name: 'max-async-batches',
  group: writing,
  describe: 'Batches on their way at once, over all nodes',
  min: 1,
  max: 65_536,
  default: 16,
});

export const batchSize = integer({
  name: 'batch-size',
  group: writing,
  describe: 'Records of a batch',
  min: 1,
  max: 65_536,
  default: 512,
});

export const writeRetries = integer({
  name: 'max-retries',
  group: cluster,
  describe: 'How often a record that met a failure that may pass is sent again',
  min: 0,
  max: 1_000_000,
  default: DEFAULT_RETRIES,
});

export const retryScaleFactor = integer({
  name: 'retry-scale-factor',
  group: cluster,
  describe: 'Wait before the second retry; it doubles each time, and the first comes at once',
  min: 0,
  max: DAY * 1000,
  unit: 'µs',
  default: 150_000,
});

export const timeout = integer({
  name: 'timeout',
  alias: ['T', 'info-timeout'],
  group: cluster,
  describe: 'How long a node may take to answer what is no write',
  min: 1,
  max: DAY,
  unit: 'ms',
  default: 10_000,
});

export const writeTimeout = integer({
  name: 'socket-timeout',
  group: cluster,
  describe: 'A write that was not answered for so long is sent again; 0 waits for ever',
  min: 0,
  max: DAY,
  unit: 'ms',
  default: 10_000,
});

export const totalTimeout = integer({
  name: 'total-timeout',
  group: cluster,
  describe: 'The same, if it is less than the socket timeout; 0 is no other limit',
  min: 0,
  max: DAY,
  unit: 'ms',
  default: 0,
});

export const loadingOptions: readonly Option<unknown>[] = [
  ...reachingOptions,
  timeout,
  writeTimeout,
  totalTimeout,
  writeRetries,
  retryScaleFactor,
  setList,
  binList,
  noRecords,
  noIndexes,
  noUdfs,
  indexesLast,
  wait,
  unique,
  replace,
  noGeneration,
  extraTtl,
  ignoreRecordError,
  disableBatchWrites,
  maxAsyncBatches,
  batchSize,
  ...loadLimits,
];

/**
 * What the command line says of loading, as its stage takes it.
 * @throws AsbError `USAGE` for options that exclude each other, and as {@link connectionOf} does
 */
export const loadingOf = async (given: Given, shell: Pick<Shell, 'say' | 'signal'>) => {
  given.exclusive(unique, replace);
  given.exclusive(unique, noGeneration);
  if ([noRecords, noIndexes, noUdfs].every((option) => given.has(option))) {
    const names = [noRecords, noIndexes, noUdfs].map(namesOf).join(' and ');
    throw new AsbError('USAGE', `with ${names} nothing is left to write`);
  }
  const total = given.value(totalTimeout);
  const perTry = given.value(writeTimeout);
  return {
    ...(await connectionOf(given, shell)),
    infoTimeout: given.value(timeout),
    timeout: total > 0 && (perTry === 0 || total < perTry) ? total : perTry,
    maxRetries: given.value(writeRetries),
    retryScale: given.value(retryScaleFactor) / 1000,
    sets: given.value(setList),
    bins: given.value(binList),
    noRecords: given.value(noRecords),
    noIndexes: given.value(noIndexes),
    noUdfs: given.value(noUdfs),
    indexesLast: given.value(indexesLast),
    wait: given.value(wait),
    exists: existsOf(given),
    checkGeneration: !given.value(noGeneration),
    extraTtl: given.value(extraTtl),
    ignoreRecordErrors: given.value(ignoreRecordError),
    batchWrites: !given.value(disableBatchWrites),
    maxAsyncBatches: given.value(maxAsyncBatches),
    batchSize: given.value(batchSize),
    ...loadLimitsOf(given),
    onNotice: (notice: string) => shell.say(`note: ${notice}`),
  } satisfies Omit<LoadOptions, 'namespace'>;
};

const existsOf = (given: Given): 'create' | 'replace' | 'update' => {
  if (given.value(unique)) return 'create';
  return given.value(replace) ? 'replace' : 'update';
};
