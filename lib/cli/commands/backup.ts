import type { Encryption } from '../../crypto/key.ts';
import { AsbError } from '../../errors.ts';
import type { BackupProgress } from '../../jobs/backup.ts';
import type { Shard } from '../../jobs/shard.ts';
import { MAX_WORKERS } from '../../jobs/workers.ts';
import type { S3Options } from '../../storage/s3/options.ts';
import type { Command } from '../command.ts';
import { countOf } from '../format.ts';
import type { Given } from '../given.ts';
import { Machine } from '../machine.ts';
import { backupSummaryLine } from '../machine-lines.ts';
import { choiceOrNone, flag, integer, namesOf } from '../option.ts';
import { acceptedByBackup, tellAccepted } from '../options/accepted.ts';
import { compact, compressionLevel, namespace, verbose } from '../options/common.ts';
import { connectionOptions } from '../options/connection.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import {
  checkEstimate,
  estimateOnly,
  estimateOptions,
  estimateSamples,
} from '../options/estimate.ts';
import {
  continueFrom,
  directory,
  MIB,
  outputFile,
  prefix,
  removeFiles,
  safeLimit,
  stateFile,
} from '../options/files.ts';
import { machine } from '../options/machine.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3WritingOptions } from '../options/s3.ts';
import { scanOptionsOf } from '../options/scan-options.ts';
import { allowEmpty, noRecords, selectionOptions } from '../options/selection.ts';
import { shard, shardIn } from '../options/shard.ts';
import { outputSizeOf } from '../output-size.ts';
import { type ProgressCounts, ProgressDisplay } from '../progress-display.ts';
import { runEstimate } from '../run-estimate.ts';
import { sealWith } from '../seal.ts';
import type { Shell } from '../shell.ts';
import { stopWith } from '../stopping.ts';
import { tellBackup } from '../summary.ts';

export const compression = choiceOrNone({
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

export const workers = integer({
  name: 'workers',
  group: 'Speed:',
  describe:
    'Threads that read and write, each a share of the partitions and files of its own, for a machine ' +
    'with many cores; 0: the main thread does it',
  min: 0,
  max: MAX_WORKERS,
  unit: 'threads',
  default: 0,
});

export const removeArtifacts = flag({
  name: 'remove-artifacts',
  group: 'Output:',
  describe: 'Only remove what an older or a cut-off backup left in that place; needs no cluster',
});

/** What may be in S3. */
const PLACES = [directory, outputFile, stateFile, continueFrom];

export const backupCommand: Command = {
  name: 'backup',
  heading: 'Whole jobs',
  summary: 'Back up a namespace to files that asrestore and absctl read',
  description:
    'Backs up the records, secondary indexes and UDF modules of a namespace to .asb files, in a\n' +
    'directory or as one, on this machine or in S3. It ends with 0 only when all that was asked for\n' +
    'is on disk, synced and closed; a file that is not whole is never seen under its name. One that\n' +
    'is cut off leaves a state, from which --continue goes on.',
  options: [
    namespace,
    ...connectionOptions,
    ...selectionOptions,
    allowEmpty,
    parallel,
    workers,
    directory,
    outputFile,
    prefix,
    shard,
    removeFiles,
    removeArtifacts,
    continueFrom,
    stateFile,
    safeLimit,
    compact,
    compression,
    compressionLevel,
    ...encryptionOptions,
    ...estimateOptions,
    ...s3WritingOptions,
    machine,
    ...acceptedByBackup,
    profile,
    verbose,
  ],
  examples: [
    ['asb backup -h 10.0.0.1 -n test -d out', 'To a directory'],
    ['asb backup -n test -s users,orders -d out -r -z zstd', 'Two sets, compressed, anew'],
    ['asb backup -n test -o - | ssh vault "cat > test.asb"', 'To another machine'],
    ['asb backup -n test -d s3://vault/monday -z zstd', 'To S3'],
    ['asb backup -n test -d out -z zstd --workers 8', 'On many cores'],
    ['asb backup -n test -e -z zstd', 'How much would that be?'],
    ['asb backup -n test -d out --continue out', 'Go on with one that was cut off'],
    ['asb backup -n test -d s3://vault/monday --shard 2/4', 'The second of four machines'],
  ],
  async run(given, shell) {
    widenPool(given.value(workers));
    checkPlace(given);
    tellAccepted(given, shell, acceptedByBackup);
    const s3 = s3Of(
      given,
      shell,
      PLACES.map((option) => given.value(option)),
    );
    const share = shardIn(given, process.env);
    if (given.value(removeArtifacts)) return clear(given, shell, s3, share);
    const scanning = await scanOptionsOf(given, shell);
    const scans = given.value(parallel);
    const method = given.value(compression);
    const encryption = await encryptionOf(given);
    const shape = {
      ...(scans === undefined ? {} : { parallel: scans }),
      ...(method === undefined ? {} : { compress: method }),
      compressionLevel: given.value(compressionLevel),
      compact: given.value(compact),
      allowEmpty: given.value(allowEmpty),
    };
    if (given.value(estimateOnly)) {
      const samples = given.value(estimateSamples);
      const { noRecords: _noRecords, ...wanted } = scanning;
      const lines = await Machine.open(given.value(machine), shell);
      shell.signal.throwIfAborted();
      return runEstimate(shell, { ...wanted, ...shape, encryption, samples }, lines);
    }
    const place = await placeOf(given, shell, encryption);
    const continued = given.value(continueFrom);
    const state = given.value(stateFile);
    const { backup } = await import('../../jobs/backup.ts');
    const lines = await Machine.open(given.value(machine), shell);
    shell.signal.throwIfAborted();
    const job = backup({
      ...scanning,
      ...place,
      shard: share,
      s3,
      workers: given.value(workers),
      meter: shell.meter,
      ...shape,
      removeFiles: given.value(removeFiles),
      ...(continued === undefined ? {} : { continueFrom: continued }),
      ...(state === undefined ? {} : { stateFile: state }),
    });
    const over = stopWith(shell.signal, job);
    const counts = () => countsOf(job.progress);
    const display = new ProgressDisplay({ shell, counts });
    lines?.watch(counts);
    const summary = await job.done
      .then((done) => {
        lines?.say(backupSummaryLine(done));
        return done;
      })
      .finally(async () => {
        display.close();
        over();
        await lines?.close();
      });
    tellBackup(shell, summary);
  },
};

/** Threads of libuv's pool, unless somebody says how many. */
const POOL_SIZE = 4;
/** Frames that each worker compresses at once. */
const FRAMES = 2;

/**
 * One pool compresses for all workers, and writes their files. How large it is, is asked when it is first
 * used: what was said before that counts. Who has a config file has used it to read that, and gets what
 * the environment said, or Node's own size.
 */
const widenPool = (count: number): void => {
  if (count === 0) return;
  process.env.UV_THREADPOOL_SIZE ??= `${POOL_SIZE + count * FRAMES}`;
};

/** Removes what is there, and ends. */
const clear = async (
  given: Given,
  shell: Shell,
  s3: S3Options,
  share: Shard | undefined,
): Promise<void> => {
  const directoryPath = given.value(directory);
  const filePath = given.value(outputFile);
  const job = await import('../../jobs/remove-artifacts.ts');
  const { location, files } = await job.removeArtifacts({
    ...(directoryPath === undefined ? {} : { directory: directoryPath }),
    ...(filePath === undefined ? {} : { outputFile: filePath }),
    shard: share,
    prefix: given.value(prefix) ?? given.value(namespace),
    s3,
  });
  shell.signal.throwIfAborted();
  if (!shell.verbose) return;
  shell.say(`removed ${countOf(files, 'file')}, and what cut-off ones had left, at ${location}`);
};

/** A shard may have none of the partitions that are wanted. */
export const countsOf = ({
  partitionsDone,
  partitions,
  ...counts
}: BackupProgress): ProgressCounts => ({
  ...counts,
  share: partitions > 0 ? partitionsDone / partitions : undefined,
  whole: 'the partitions',
});

/** @throws AsbError `USAGE` unless there is one place, and nothing that belongs to another */
const checkPlace = (given: Given): void => {
  given.exclusive(directory, outputFile);
  checkEstimate(given, [...PLACES, workers, safeLimit, removeFiles, removeArtifacts, noRecords]);
  if (![directory, outputFile, estimateOnly].some((option) => given.has(option))) {
    const expected = `${namesOf(directory)} or ${namesOf(outputFile)}`;
    const instead = `, or ${namesOf(estimateOnly)}: how much it would be`;
    throw new AsbError('USAGE', `${expected} is needed: where the backup goes${instead}`, {
      expected,
    });
  }
  given.needs(prefix, directory);
  given.needs(shard, directory);
  given.needs(compressionLevel, compression);
  for (const option of [removeFiles, removeArtifacts, stateFile]) {
    given.exclusive(continueFrom, option);
  }
  if (given.has(safeLimit) && given.value(outputFile) === '-') {
    throw new AsbError('USAGE', `${namesOf(safeLimit)}: standard output is not cut into files`);
  }
  if (given.has(removeArtifacts) && given.value(outputFile) === '-') {
    throw new AsbError('USAGE', `${namesOf(removeArtifacts)}: standard output keeps nothing`);
  }
};

const placeOf = async (given: Given, shell: Shell, encryption: Encryption | undefined) => {
  const file = given.value(outputFile);
  if (file === '-') {
    const seal = encryption === undefined ? undefined : await sealWith(encryption);
    const language = given.value(compression) === undefined ? 'text' : 'frames';
    const size = outputSizeOf(1);
    return {
      output: shell.output(language, seal).stream(),
      ...(size === undefined ? {} : { outputSize: size }),
    };
  }
  const limit = given.value(safeLimit) * MIB;
  if (file !== undefined) return { outputFile: file, encryption, fileLimit: limit };
  const begin = given.value(prefix);
  return {
    directory: given.required(directory),
    encryption,
    fileLimit: limit,
    ...(begin === undefined ? {} : { prefix: begin }),
  };
};
