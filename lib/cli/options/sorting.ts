import type { Given } from '../given.ts';
import { integer, type Option, text } from '../option.ts';
import { MIB } from './files.ts';

const group = 'Memory:';

export const memory = integer({
  name: 'memory',
  group,
  describe: 'Memory for records; what has no room there goes to temporary files',
  min: 1,
  max: 4095,
  default: 64,
  unit: 'MiB',
});

export const tempDirectory = text({
  name: 'temp-dir',
  group,
  describe:
    'Where temporary files go, which take about as much as the uncompressed backups; they are ' +
    "removed at the end (default: the system's, TMPDIR)",
  expected: 'a directory',
});

/** Of commands that sort records by digest. */
export const sortingOptions: readonly Option<unknown>[] = [memory, tempDirectory];

export const sortingOf = (given: Given) => ({
  memory: given.value(memory) * MIB,
  tempDirectory: given.value(tempDirectory),
});
