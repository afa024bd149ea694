import type { MergeProgress, MergeSummary } from '../../jobs/merge.ts';
import type { Command } from '../command.ts';
import { countOf, formatBytes, formatDuration } from '../format.ts';
import { flag } from '../option.ts';
import { namespace, verbose } from '../options/common.ts';
import { sortingOf, sortingOptions } from '../options/sorting.ts';
import type { ProgressCounts } from '../progress.ts';
import { ProgressDisplay } from '../progress-display.ts';
import { inputOptions, recordInputsOf } from '../record-input.ts';
import { outputOptions, outputPlaces, recordOutputOf } from '../record-output.ts';
import { stopWith } from '../stopping.ts';

export const dropExpired = flag({
  name: 'drop-expired',
  describe: 'Leave out records whose newest version is past its void time',
});

export const asGiven = flag({
  name: 'as-given',
  describe:
    'Take the backups as they are given, also if their manifests say another order, or that they have ' +
    'different bins',
});

export const mergeCommand: Command = {
  name: 'merge',
  heading: 'Backups without a cluster',
  summary: 'Make one backup of a full and incremental ones',
  description:
    'Reads backups of one namespace, the oldest first, and writes one that holds of each record the\n' +
    'newest version: that of the last backup with its digest. Secondary indexes and UDF modules of\n' +
    'one name are those of the last one, too. Deletes are in no backup, so what was deleted after the\n' +
    'first one is in it still. Memory is bounded, however large the backups are.',
  options: [
    namespace,
    dropExpired,
    asGiven,
    ...sortingOptions,
    ...inputOptions,
    ...outputOptions,
    verbose,
  ],
  operands: {
    name: 'PATH',
    describe:
      'a backup, the oldest first: a file, a directory with *.asb files, s3://bucket/…, or - for ' +
      'standard input',
    min: 1,
  },
  examples: [
    ['asb merge full monday tuesday -d week', 'A full backup and two incremental ones'],
    ['asb merge full monday -o - | asb restore -i - -h 10.0.0.1', 'Restore what was newest'],
    ['asb merge s3://vault/full s3://vault/monday -d s3://vault/new -z zstd', 'In S3'],
  ],
  async run(given, shell) {
    const wanted = given.value(namespace);
    const read = await recordInputsOf(given, shell, {
      places: outputPlaces(given),
      namespace: wanted,
    });
    const { inputs: sources, encryption, s3 } = read;
    const [input] = sources;
    const { isStandardOutput, ...place } = recordOutputOf(given, shell, {
      input: input!,
      encryption,
      s3,
    });
    const { mergeBackups } = await import('../../jobs/merge.ts');
    shell.signal.throwIfAborted();
    const job = mergeBackups({
      ...place,
      ...sortingOf(given),
      sources,
      namespace: wanted,
      dropExpired: given.value(dropExpired),
      asGiven: given.value(asGiven),
      onNotice: (notice) => shell.say(`warning: ${notice}`),
    });
    const over = stopWith(shell.signal, job);
    const display = new ProgressDisplay({ shell, counts: () => countsOf(job.progress) });
    const summary = await job.done.finally(() => {
      display.close();
      over();
    });
    if (!isStandardOutput || shell.verbose) shell.say(wordsOf(summary));
  },
};

/** What is a whole in each phase. */
const WHOLES = { reading: 'the bytes to read', writing: 'the records to write' } as const;

const countsOf = ({ phase, ...counts }: MergeProgress): ProgressCounts => ({
  ...counts,
  whole: WHOLES[phase],
});

const wordsOf = (summary: MergeSummary): string => {
  const { sources, records, replaced, expired, written, elapsed } = summary;
  const { indexes, udfs, files, fileBytes } = written;
  const left = [
    `${countOf(replaced, 'older version')} left out`,
    ...(expired > 0 ? [`${countOf(expired, 'expired record')} left out`] : []),
  ];
  return (
    `merged ${countOf(records, 'record')} of ${countOf(sources, 'backup')} to ` +
    `${countOf(written.records, 'record')} (${left.join(', ')}), ` +
    `${countOf(indexes, 'secondary index', 'secondary indexes')} and ` +
    `${countOf(udfs, 'UDF module')}, in ${countOf(files, 'file')}, ${formatBytes(fileBytes)}, in ` +
    formatDuration(elapsed)
  );
};
