/** What the commands that write records as a backup have in common. */
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import type { BackupInput } from '../jobs/backup-input.ts';
import type { OutputOptions } from '../jobs/backup-output.ts';
import type { S3Options } from '../storage/s3/options.ts';
import type { Given } from './given.ts';
import { choice, namesOf, type Option } from './option.ts';
import { compact, compressionLevel } from './options/common.ts';
import { directory, fileLimit, MIB, outputFile, prefix, removeFiles } from './options/files.ts';
import { s3ReadingOptions, s3WritingOptions } from './options/s3.ts';
import type { Shell } from './shell.ts';

/** Of commands that write a backup of what another one was. */
export const recompression = choice({
  name: 'compress',
  alias: ['z'],
  group: 'Output:',
  describe:
    'zstd, or none (default: as what is read, and none on standard output, which other tools read)',
  words: ['zstd', 'none'],
});

/** Standard output, unless one of the first two says another place. */
export const outputOptions: readonly Option<unknown>[] = [
  directory,
  outputFile,
  prefix,
  fileLimit,
  removeFiles,
  compact,
  recompression,
  compressionLevel,
  ...s3WritingOptions.filter((option) => !s3ReadingOptions.includes(option)),
];

/** Whether the command line sends what is written to standard output. */
export const isToStandardOutput = (given: Given): boolean =>
  !given.has(directory) && (given.value(outputFile) ?? '-') === '-';

/** The locations that the command line writes to: they may be in S3. */
export const outputPlaces = (given: Given): readonly (string | undefined)[] => [
  given.value(directory),
  given.value(outputFile),
];

/**
 * Where the command line says that records go, and how they are packed. What was read encrypted is
 * encrypted again with the same key, but not on standard output, where the next one wants to read.
 *
 * @param read what is read
 * @param preset whether it is compressed if the command line does not say
 * @throws AsbError `USAGE` for options that do not go together
 */
export const recordOutputOf = (
  given: Given,
  shell: Shell,
  read: {
    readonly input: Pick<BackupInput, 'compressed'>;
    readonly encryption: Encryption | undefined;
    readonly s3: S3Options;
  },
  preset?: 'zstd',
): OutputOptions & { readonly isStandardOutput: boolean } => {
  given.exclusive(directory, outputFile);
  for (const option of [prefix, fileLimit]) given.needs(option, directory);
  const place = given.value(directory);
  const file = given.value(outputFile) ?? '-';
  const isStandardOutput = isToStandardOutput(given);
  if (isStandardOutput && given.has(removeFiles)) {
    throw new AsbError('USAGE', `${namesOf(removeFiles)}: standard output keeps nothing`);
  }
  const same = read.input.compressed && !isStandardOutput ? 'zstd' : 'none';
  const method = given.value(recompression) ?? preset ?? same;
  if (method === 'none' && given.has(compressionLevel)) {
    const expected = `${namesOf(recompression)} zstd`;
    const what = `${namesOf(compressionLevel)}: what is written is not compressed, but for ${expected}`;
    throw new AsbError('USAGE', what, { expected });
  }
  const packing = {
    compact: given.value(compact),
    ...(method === 'none'
      ? {}
      : { compress: method, compressionLevel: given.value(compressionLevel) }),
  };
  if (isStandardOutput) {
    const output = shell.output(method === 'none' ? 'text' : 'frames').stream();
    return { output, isStandardOutput, ...packing };
  }
  const begin = given.value(prefix);
  return {
    ...(place === undefined ? { outputFile: file } : { directory: place }),
    ...(begin === undefined ? {} : { prefix: begin }),
    fileLimit: given.value(fileLimit) * MIB,
    removeFiles: given.value(removeFiles),
    encryption: read.encryption,
    s3: read.s3,
    isStandardOutput,
    ...packing,
  };
};
