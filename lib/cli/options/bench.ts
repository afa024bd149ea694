/** Options of `asb bench`: what is measured on, how the stages are set, how often. */
import {
  BIN_TYPES,
  DEFAULT_BIN_TYPES,
  DEFAULT_BLOB_SIZE,
  DEFAULT_RECORDS,
  DEFAULT_STRING_SIZE,
  KEY_TYPES,
  MAX_GENERATED_BINS,
  MAX_GENERATED_RECORDS,
  MAX_GENERATED_SETS,
  MAX_GENERATED_VALUE,
  MAX_SEED,
} from '../../bench/data-options.ts';
import { choice, flag, integer, list, type Option, text } from '../option.ts';
import { compact, concurrency, frameSize, level } from './common.ts';
import { encrypt, mode } from './encryption.ts';
import { fileLimit, directory as filesDirectory } from './files.ts';
import { maxAsyncUploads, minPartSize } from './s3.ts';

const data = 'Data:';

export const records = integer({
  name: 'records',
  group: data,
  describe: 'Records that are generated',
  min: 1,
  max: MAX_GENERATED_RECORDS,
  unit: 'records',
  default: DEFAULT_RECORDS,
});

export const bins = integer({
  name: 'bins',
  group: data,
  describe: 'Bins of a record, of the types in turn (default: one of each type)',
  min: 0,
  max: MAX_GENERATED_BINS,
  unit: 'bins',
});

export const binTypes = list({
  name: 'bin-types',
  group: data,
  describe: `Types of the bins: ${BIN_TYPES.join(',')} (default ${DEFAULT_BIN_TYPES.join(',')})`,
  expected: `types with commas between, each once: ${BIN_TYPES.join(', ')}`,
});

export const stringSize = integer({
  name: 'string-size',
  group: data,
  describe: 'Size of a string',
  min: 0,
  max: MAX_GENERATED_VALUE,
  unit: 'bytes',
  default: DEFAULT_STRING_SIZE,
});

export const blobSize = integer({
  name: 'blob-size',
  group: data,
  describe: 'Size of a blob',
  min: 0,
  max: MAX_GENERATED_VALUE,
  unit: 'bytes',
  default: DEFAULT_BLOB_SIZE,
});

export const keyType = choice({
  name: 'key-type',
  group: data,
  describe: 'User keys: integer (default), string, blob, or none, only digests',
  words: KEY_TYPES,
});

export const sets = integer({
  name: 'sets',
  group: data,
  describe: 'Sets that the records are in',
  min: 1,
  max: MAX_GENERATED_SETS,
  unit: 'sets',
  default: 1,
});

export const seed = integer({
  name: 'seed',
  group: data,
  describe: 'Other data for another seed; the same for the same, on every machine',
  min: 0,
  max: MAX_SEED,
  default: 1,
});

export const dataOptions: readonly Option<unknown>[] = [
  records,
  bins,
  binTypes,
  stringSize,
  blobSize,
  keyType,
  sets,
  seed,
];

export const input = text({
  name: 'input',
  alias: ['i'],
  group: data,
  describe:
    'Instead of generated records, those of a backup, text or frames: a file, a directory, ' +
    's3://bucket/…, or - for standard input',
  expected: 'a file, a directory, s3://bucket/…, or -',
  shown: 'PATH',
});

export const memory = integer({
  name: 'memory',
  group: data,
  describe:
    'Records that are held, as they are on the wire; what there is more is left out. The text ' +
    'or the frames made of them come on top (default 256, with --advise 64)',
  min: 1,
  max: 65_536,
  unit: 'MiB',
});

const settings = 'Stages:';

/** How stages are set; what `--vs` may say. */
export const settingOptions = {
  level: { ...level, group: settings },
  frameSize: { ...frameSize, group: settings },
  concurrency: { ...concurrency, group: settings },
  compact: {
    ...compact,
    group: settings,
    describe: 'Blobs as they are, not in base64; also in text that goes in',
  },
  mode: {
    ...mode,
    group: settings,
    describe: 'Of encrypt and decrypt: aes128 (default) or aes256, with a random key',
  },
  encrypt: {
    ...encrypt,
    group: settings,
    describe: 'Of rotate: encrypts each file, aes128 or aes256, with a random key',
  },
  fileLimit: { ...fileLimit, group: settings },
  minPartSize,
  maxAsyncUploads,
} as const;

export const directory = {
  ...filesDirectory,
  describe:
    'Where rotate and upload write, a path or s3://bucket/prefix without a backup in it; their files ' +
    'are removed again (default of rotate: a temporary directory)',
} as const;

const measuring = 'Measuring:';

export const repeats = integer({
  name: 'repeats',
  group: measuring,
  describe: 'How often each setting is measured, after one run to check and one to warm up',
  min: 1,
  max: 1000,
  unit: 'times',
  default: 7,
});

export const vs = text({
  name: 'vs',
  group: measuring,
  describe: "Compare with other settings, in turn with those of the command line: --vs '--level 1'",
  expected: "settings of stages: --vs '--level 1 --frame-size 8', --vs=--compact",
  shown: 'SETTINGS',
});

export const advise = flag({
  name: 'advise',
  group: measuring,
  describe:
    'Try levels, sizes of frames and how many at a time, and with -d s3://… parts and uploads; ' +
    'tell which are best',
});

export const seconds = integer({
  name: 'seconds',
  group: measuring,
  describe: 'About how long --advise may try; what does not fit in is left out, and told',
  min: 1,
  max: 86_400,
  unit: 's',
  default: 30,
});

export const json = flag({
  name: 'json',
  group: measuring,
  describe: 'Write one line of JSON instead of a table',
});
