import type { Difference, DifferenceCounts, DiffReport } from '../../jobs/diff.ts';
import type { Command } from '../command.ts';
import { besideLines } from '../export-lines.ts';
import { countOf, formatCount } from '../format.ts';
import type { Given } from '../given.ts';
import { flag, integer, list } from '../option.ts';
import { verbose } from '../options/common.ts';
import { missingBinWords } from '../options/filtering.ts';
import { sortingOf, sortingOptions } from '../options/sorting.ts';
import type { Output } from '../output.ts';
import { ProgressDisplay } from '../progress-display.ts';
import { inputOptions, recordInputsOf } from '../record-input.ts';
import { stopWith } from '../stopping.ts';

/** As diff(1), cmp and grep have them: a script can tell an answer from a failure. */
export const DiffStatus = { SAME: 0, DIFFERENT: 1, FAILED: 2 } as const;

/** Differences that are shown, unless told otherwise. */
export const DEFAULT_LIMIT = 100;

const group = 'Comparing:';

export const bins = list({
  name: 'bins',
  group,
  describe: 'Compare only these bins, with commas between',
  expected: 'names of bins, with commas between',
});

export const ignoreGeneration = flag({
  name: 'ignore-generation',
  group,
  describe: 'Do not compare generations: a restore begins them anew',
});

export const ignoreVoidTime = flag({
  name: 'ignore-void-time',
  group,
  describe: 'Do not compare when records expire',
});

export const voidTimeTolerance = integer({
  name: 'void-time-tolerance',
  group,
  describe: 'How much void times may differ',
  min: 0,
  max: 0xffffffff,
  default: 0,
  unit: 'seconds',
});

export const json = flag({
  name: 'json',
  describe: 'Write one line of JSON: the counts, and the differences that are shown',
});

export const ndjson = flag({
  name: 'ndjson',
  describe: 'Write a line of JSON for each difference',
});

export const limit = integer({
  name: 'limit',
  describe:
    `Differences that are shown; all are counted (default: ${DEFAULT_LIMIT}, all with ` +
    '--ndjson)',
  min: 0,
  max: 0xffffffff,
  unit: 'differences',
});

export const diffCommand: Command = {
  name: 'diff',
  heading: 'Backups without a cluster',
  summary: 'Compare two backups, record by record',
  description:
    'Reads two backups, and tells which records, secondary indexes and UDF modules are only in A (-),\n' +
    'only in B (+), or in both and not the same (~), bin by bin. What the namespaces are called does\n' +
    'not count, nor how the backups are packed, nor their order. Memory is bounded, however large they\n' +
    'are. The exit status is 0 if they are the same, 1 if they differ, and 2 for a failure.',
  options: [
    bins,
    ignoreGeneration,
    ignoreVoidTime,
    voidTimeTolerance,
    json,
    ndjson,
    limit,
    ...sortingOptions,
    ...inputOptions,
    verbose,
  ],
  operands: {
    name: 'PATH',
    describe:
      'two backups, A and B: a file, a directory with *.asb files, s3://bucket/…, or - for standard ' +
      'input',
    min: 2,
    max: 2,
  },
  examples: [
    ['asb diff monday tuesday', 'What has changed'],
    ['asb backup -n test -o - | asb diff out - --ignore-generation', 'Against the cluster'],
    ['asb diff --ndjson monday tuesday | jq -r .kind | sort | uniq -c', 'Counts, by a program'],
  ],
  failedStatus: DiffStatus.FAILED,
  async run(given, shell) {
    given.exclusive(json, ndjson);
    given.exclusive(ignoreVoidTime, voidTimeTolerance);
    const { inputs } = await recordInputsOf(given, shell);
    const output = shell.output('ndjson');
    const print = await printerOf(given, output);
    const { diffBackups } = await import('../../jobs/diff.ts');
    shell.signal.throwIfAborted();
    const job = diffBackups({
      ...sortingOf(given),
      before: inputs[0]!,
      after: inputs[1]!,
      bins: given.has(bins) ? given.value(bins) : undefined,
      ignoreGeneration: given.value(ignoreGeneration),
      voidTimeTolerance: given.value(ignoreVoidTime)
        ? Number.POSITIVE_INFINITY
        : given.value(voidTimeTolerance),
      onDifference: (difference) => print.difference(difference),
    });
    const over = stopWith(shell.signal, job);
    const counts = () => ({ ...job.progress, whole: 'the bytes' });
    const display = new ProgressDisplay({ shell: besideLines(shell), counts });
    const report = await job.done.finally(() => {
      display.close();
      over();
    });
    await print.end(report);
    await output.end();
    for (const line of wordsOf(report)) shell.say(line);
    shell.answer(report.isSame ? DiffStatus.SAME : DiffStatus.DIFFERENT);
  },
};

/** Shows differences, as the command line wants them. */
interface Printer {
  difference(difference: Difference): Promise<void> | void;
  end(report: DiffReport): Promise<void> | void;
}

const printerOf = async (given: Given, output: Output): Promise<Printer> => {
  const most = given.value(limit) ?? (given.has(ndjson) ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  let left = most;
  const write = (lines: readonly string[]): Promise<void> =>
    output.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));

  if (!given.value(json) && !given.value(ndjson)) {
    const { DiffLines } = await import('../diff-lines.ts');
    const lines = new DiffLines();
    return {
      difference: (difference) => (left-- > 0 ? write(lines.of(difference)) : undefined),
      end: () => (left < 0 ? write([`… and ${formatCount(-left)} more`]) : undefined),
    };
  }
  const { DiffJson } = await import('../diff-json.ts');
  const lines = new DiffJson();
  if (given.value(ndjson)) {
    return {
      difference: (difference) => (left-- > 0 ? write([lines.of(difference)]) : undefined),
      end: () => {},
    };
  }
  const shown: string[] = [];
  return {
    difference: (difference) => {
      if (shown.length < most) shown.push(lines.of(difference));
    },
    end: (report) =>
      write([`${JSON.stringify(report).slice(0, -1)},"differences":[${shown.join()}]}`]),
  };
};

const wordsOf = ({ records, globals, namespaces, missingBins }: DiffReport): string[] => {
  const { before, after } = namespaces;
  const others = before !== undefined && after !== undefined && before !== after;
  const told = Object.values(globals).some((count) => count > 0);
  return [
    `records: ${countsOf(records)}`,
    ...(told ? [`secondary indexes and UDF modules: ${countsOf(globals)}`] : []),
    ...(others ? [`note: A is of namespace ${before}, and B of ${after}`] : []),
    ...missingBinWords(missingBins),
  ];
};

const countsOf = ({ same, removed, added, changed }: DifferenceCounts): string =>
  [
    `${formatCount(same)} the same`,
    `${formatCount(removed)} only in A`,
    `${formatCount(added)} only in B`,
    `${countOf(changed, 'differs', 'differ')}`,
  ].join(', ');
