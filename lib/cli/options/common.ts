import { flag, type IntegerFacts, integer, text } from '../option.ts';

/** On every command. */
export const verbose = flag({
  name: 'verbose',
  alias: ['v'],
  describe: 'Tell more, above all of a failure',
});

export const namespace = text({
  name: 'namespace',
  alias: ['n'],
  describe: 'Name of the namespace',
  expected: 'the name of a namespace',
});

export const compact = flag({
  name: 'compact',
  alias: ['C'],
  group: 'Output:',
  describe: 'Write blobs as they are, not in base64: smaller, but no longer readable text',
});

/** zstd's levels; above 19 one stream takes hundreds of MB. */
const LEVELS: Omit<IntegerFacts, 'name' | 'describe'> & { readonly default: number } = {
  min: -131_072,
  max: 22,
  default: 3,
};

export const level = integer({
  name: 'level',
  alias: ['l'],
  describe: 'zstd level; from 20 on it takes much memory',
  ...LEVELS,
});

export const compressionLevel = integer({
  name: 'compression-level',
  describe: 'zstd level, with --compress; from 20 on it takes much memory',
  group: 'Output:',
  ...LEVELS,
});

/** MiB of text in a frame; asked for in whole ones, since less costs a tenth of the ratio. */
export const frameSize = integer({
  name: 'frame-size',
  describe:
    'About how much text goes into a frame; each in the making takes up to three times that',
  min: 1,
  max: 256,
  unit: 'MiB',
  default: 3,
});

/** libuv's pool has four threads. */
export const concurrency = integer({
  name: 'concurrency',
  describe:
    'Frames that are compressed at a time, on as many threads; for more than 4, ' +
    'UV_THREADPOOL_SIZE in the environment, too',
  min: 1,
  max: 64,
  unit: 'frames',
  default: 2,
});
