import type { FilterInfo } from '../../stages/filter.ts';
import type { Command } from '../command.ts';
import { countOf } from '../format.ts';
import { choice } from '../option.ts';
import { namespace, verbose } from '../options/common.ts';
import { binOptions, partOptions, recordOptions, wantedOf } from '../options/filtering.ts';
import { profile } from '../options/profile.ts';
import { inputOperands, inputOptions, recordInputOf } from '../record-input.ts';
import { isToStandardOutput, outputOptions, outputPlaces } from '../record-output.ts';
import { writeWanted } from '../write-wanted.ts';

export const to = choice({
  name: 'to',
  group: 'Output:',
  describe: 'What is written: asb, or ndjson (default: as what is read)',
  words: ['asb', 'ndjson'],
});

export const filterCommand: Command = {
  name: 'filter',
  heading: 'Backups without a cluster',
  summary: 'Choose records and bins of a backup',
  description:
    'Reads a backup, or NDJSON, and writes those records of it that meet all that is said of them,\n' +
    'as a backup with a header and indexes of its own, or as NDJSON. In a list any one counts. Without\n' +
    '-d or -o it writes to standard output. docs/filter.md tells what an expression can ask.',
  options: [
    ...recordOptions,
    ...binOptions,
    ...partOptions,
    namespace,
    to,
    ...inputOptions,
    ...outputOptions,
    profile,
    verbose,
  ],
  operands: inputOperands,
  readerMayGo: true,
  examples: [
    ["asb filter out --set users --where 'record.bins.age > 30' -d adults", 'A part of a backup'],
    [
      'asb filter out --keys-from forget.txt --invert -d kept',
      'Without those who want to be forgotten',
    ],
    [
      'asb cat out | asb filter --drop-bins email,phone | asb load -n test -h 10.0.0.7',
      'In a pipe',
    ],
    ['asb filter out --expires-before +7d --to ndjson | jq -c .key', 'What expires within a week'],
  ],
  async run(given, shell) {
    const wanted = await wantedOf(given);
    const isPipe = isToStandardOutput(given);
    // Who fails before the input is known says so in words that readers of either language know.
    if (isPipe) shell.output(given.value(to) === 'asb' ? 'text' : 'ndjson');
    const read = await recordInputOf(given, shell, {
      places: outputPlaces(given),
      namespace: given.value(namespace),
    });
    const language = given.value(to) ?? (read.input.ndjson ? 'ndjson' : 'asb');
    const info = await writeWanted(given, shell, { read, wanted, language, verb: 'kept' });
    if (!isPipe || shell.verbose) shell.say(leftOut(info));
    const { read: all, kept } = info;
    const wantsNone = wanted.filter.noRecords === true || all === 0;
    if (kept === 0 && !wantsNone) {
      shell.say(`warning: none of ${countOf(all, 'record')} is what you want`);
    }
  },
};

const leftOut = ({ read, kept, indexesLeftOut, udfsLeftOut }: FilterInfo): string =>
  [
    `left out ${countOf(read - kept, 'record')}`,
    countOf(indexesLeftOut, 'secondary index', 'secondary indexes'),
    countOf(udfsLeftOut, 'UDF module'),
  ].join(', ');
