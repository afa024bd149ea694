import { flag, type IntegerFacts, integer, text } from '../option.ts';

const group = 'Output:';

export const MIB = 1024 * 1024;

export const directory = text({
  name: 'directory',
  alias: ['d'],
  group,
  describe: 'Directory for the files, made if it is not there, or s3://bucket/prefix',
  expected: 'a directory, or s3://bucket/prefix',
  shown: 'PATH',
});

export const outputFile = text({
  name: 'output-file',
  alias: ['o'],
  group,
  describe: 'One file for all, - for standard output, or s3://bucket/key',
  expected: 'a file, s3://bucket/key, or - for standard output',
  shown: 'PATH',
});

export const prefix = text({
  name: 'output-file-prefix',
  alias: ['q', 'prefix'],
  group,
  describe: 'How the names of the files begin: PREFIX_00000.asb (default: the namespace)',
  expected: 'the beginning of a file name, without a slash, or a dot before it',
  shown: 'PREFIX',
  pattern: /^(?!\.)[^/]*$/,
});

export const removeFiles = flag({
  name: 'remove-files',
  alias: ['r'],
  group,
  describe:
    'Remove .asb files that are there already, and what cut-off ones left, instead of refusing',
});

/** 1 MiB to 1 TiB. */
const LIMIT: Omit<IntegerFacts, 'name' | 'describe'> = { min: 1, max: 1_048_576, unit: 'MiB' };

const limit = (describe: string) =>
  integer({ name: 'file-limit', alias: ['F'], group, describe, ...LIMIT, default: 250 });

export const fileLimit = limit('Size at which the next file begins');

/** Also where there is one file. */
export const safeLimit = limit(
  'Size at which the next file begins; of one file, how much may be lost when it is cut off',
);

export const stateFile = text({
  name: 'state-file-dst',
  group,
  describe:
    'Where the state of a backup that is cut off is kept: a file, a directory, or s3://bucket/key ' +
    '(default: PREFIX.asb.state in the directory, FILE.state beside a file)',
  expected: 'a file, a directory, or s3://bucket/key',
  shown: 'PATH',
});

export const continueFrom = text({
  name: 'continue',
  alias: ['c'],
  group,
  describe: 'Go on with a backup that was cut off: its state, or the directory with it',
  expected: 'the state of a backup, or the directory with it',
  shown: 'PATH',
});
