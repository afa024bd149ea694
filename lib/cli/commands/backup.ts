import type { Encryption } from '../../crypto/key.ts';
import { AsbError, messageOf } from '../../errors.ts';
import type { BackupProgress } from '../../jobs/backup.ts';
import type { Command } from '../command.ts';
import type { Given } from '../given.ts';
import { choice, integer, namesOf } from '../option.ts';
import { compact, compressionLevel, namespace, verbose } from '../options/common.ts';
import { connectionOptions } from '../options/connection.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { directory, fileLimit, MIB, outputFile, prefix, removeFiles } from '../options/files.ts';
import { scanOptionsOf } from '../options/scan-options.ts';
import { allowEmpty, selectionOptions } from '../options/selection.ts';
import { type ProgressCounts, ProgressDisplay } from '../progress-display.ts';
import { sealWith } from '../seal.ts';
import type { Shell } from '../shell.ts';
import { summaryLines } from '../summary.ts';

export const compression = choice({
  name: 'compress',
  alias: ['z'],
  group: 'Output:',
  describe: 'Compress; zstd is the one method',
  words: ['zstd'],
});

export const parallel = integer({
  name: 'parallel',
  alias: ['w'],
  group: 'Speed:',
  describe: 'Scans at once (default: one for each node, up to 16)',
  min: 1,
  max: 100,
  unit: 'scans',
});

export const backupCommand: Command = {
  name: 'backup',
  summary: 'Back up a namespace to files that asrestore and absctl read',
  description:
    'Backs up the records, secondary indexes and UDF modules of a namespace to .asb files, in a\n' +
    'directory or as one. It ends with 0 only when all that was asked for is on disk, synced and\n' +
    'closed; a file that is not whole is never seen under its name.',
  options: [
    namespace,
    ...connectionOptions,
    ...selectionOptions,
    allowEmpty,
    parallel,
    directory,
    outputFile,
    prefix,
    removeFiles,
    fileLimit,
    compact,
    compression,
    compressionLevel,
    ...encryptionOptions,
    verbose,
  ],
  examples: [
    ['asb backup -h 10.0.0.1 -n test -d out', 'To a directory'],
    ['asb backup -n test -s users,orders -d out -r -z zstd', 'Two sets, compressed, anew'],
    ['asb backup -n test -o - | ssh vault "cat > test.asb"', 'To another machine'],
  ],
  async run(given, shell) {
    checkPlace(given);
    const scanning = scanOptionsOf(given, shell);
    const scans = given.value(parallel);
    const method = given.value(compression);
    const encryption = await encryptionOf(given);
    const place = await placeOf(given, shell, encryption);
    const { backup } = await import('../../jobs/backup.ts');
    shell.signal.throwIfAborted();
    const job = backup({
      ...scanning,
      ...place,
      ...(scans === undefined ? {} : { parallel: scans }),
      ...(method === undefined ? {} : { compress: method }),
      compressionLevel: given.value(compressionLevel),
      compact: given.value(compact),
      removeFiles: given.value(removeFiles),
      allowEmpty: given.value(allowEmpty),
    });
    const stop = () => job.abort(messageOf(shell.signal.reason));
    shell.signal.addEventListener('abort', stop);
    const display = new ProgressDisplay({ shell, counts: () => countsOf(job.progress) });
    const summary = await job.done.finally(() => {
      display.close();
      shell.signal.removeEventListener('abort', stop);
    });
    for (const line of summaryLines(summary)) shell.say(line);
  },
};

const countsOf = ({ partitionsDone, partitions, ...counts }: BackupProgress): ProgressCounts => ({
  ...counts,
  share: partitionsDone / partitions,
  whole: 'the partitions',
});

/** @throws AsbError `USAGE` unless there is one place, and nothing that belongs to another */
const checkPlace = (given: Given): void => {
  given.exclusive(directory, outputFile);
  if (!given.has(directory) && !given.has(outputFile)) {
    const expected = `${namesOf(directory)} or ${namesOf(outputFile)}`;
    throw new AsbError('USAGE', `${expected} is needed: where the backup goes`, { expected });
  }
  given.needs(fileLimit, directory);
  given.needs(prefix, directory);
  given.needs(compressionLevel, compression);
};

const placeOf = async (given: Given, shell: Shell, encryption: Encryption | undefined) => {
  const file = given.value(outputFile);
  if (file === '-') {
    const seal = encryption === undefined ? undefined : await sealWith(encryption);
    const language = given.value(compression) === undefined ? 'text' : 'frames';
    return { output: shell.output(language, seal).stream() };
  }
  if (file !== undefined) return { outputFile: file, encryption };
  const begin = given.value(prefix);
  return {
    directory: given.required(directory),
    encryption,
    fileLimit: given.value(fileLimit) * MIB,
    ...(begin === undefined ? {} : { prefix: begin }),
  };
};
