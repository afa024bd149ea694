import type { BinColumn, RecordColumn } from '../../csv/columns.ts';
import { AsbError } from '../../errors.ts';
import type { BackupInput } from '../../jobs/backup-input.ts';
import type { CsvWriterInfo } from '../../stages/to-csv.ts';
import type { Command } from '../command.ts';
import { checkLineOptions, exportLines } from '../export-lines.ts';
import { countOf } from '../format.ts';
import type { Given } from '../given.ts';
import { choice, list, namesOf, type Option } from '../option.ts';
import { namespace, verbose } from '../options/common.ts';
import {
  dropBins,
  missingBinLines,
  partOptions,
  recordOptions,
  type Wanted,
  wantedOf,
  whereLines,
} from '../options/filtering.ts';
import { profile } from '../options/profile.ts';
import { noBins } from '../options/selection.ts';
import { inputOperands, inputOptions, recordInputOf } from '../record-input.ts';
import { isToStandardOutput, outputOptions, outputPlaces } from '../record-output.ts';
import { checkSource, readingDisplay } from '../rewrite.ts';
import type { Shell } from '../shell.ts';
import { writeWanted } from '../write-wanted.ts';

export const to = choice({
  name: 'to',
  group: 'Output:',
  describe: 'What is written: csv, ndjson or asb',
  words: ['csv', 'ndjson', 'asb'],
});

const group = 'Table:';

export const bins = list({
  name: 'bin-list',
  alias: ['B', 'bins'],
  group: 'Selection:',
  describe:
    'Only these bins, with commas between, in a table in this order; NAME:TYPE says a type for it, too ' +
    '(default: all; for a table a file is read twice to find them)',
  expected: 'names of bins, with commas between',
});

export const columns = list({
  name: 'columns',
  group,
  describe:
    'What stands before the bins: set,key,digest,generation,expires (default: all of them), or none',
  expected: 'set, key, digest, generation, expires, with commas between, or none',
});

export const header = choice({
  name: 'header',
  group,
  describe: 'The line of names: typed, age:integer (default); plain, age; or none',
  words: ['typed', 'plain', 'none'],
});

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

export const delimiter = choice({
  name: 'delimiter',
  group,
  describe: 'What stands between cells: comma (default), semicolon, tab or pipe',
  words: ['comma', 'semicolon', 'tab', 'pipe'],
});

const tableOptions: readonly Option<unknown>[] = [columns, header, delimiter];

export const convertCommand: Command = {
  name: 'convert',
  heading: 'Backups without a cluster',
  summary: 'Turn a backup into CSV or NDJSON, and NDJSON into a backup',
  description:
    'Reads a backup, or NDJSON, and writes its records in another language: as CSV for warehouses and\n' +
    'spreadsheets, as NDJSON, or as a backup again. For CSV without --bins all is read twice: first to\n' +
    'find the columns and their types. docs/csv.md has the form of each value.',
  options: [
    to,
    bins,
    dropBins,
    noBins,
    ...tableOptions,
    ...recordOptions,
    ...partOptions,
    namespace,
    ...inputOptions,
    ...outputOptions,
    profile,
    verbose,
  ],
  operands: inputOperands,
  readerMayGo: true,
  examples: [
    ['asb convert out --to csv --set users -o users.csv', 'A table, its columns found'],
    [
      'asb cat out | asb convert --to csv --bins name:string,age:integer --columns key > users.csv',
      'In a pipe, its columns chosen',
    ],
    ['asb convert out --to ndjson | jq -c .key', 'For jq'],
    ['asb convert lines.ndjson --to asb -n test -d out', 'A backup of lines from anywhere'],
  ],
  async run(given, shell) {
    const language = given.required(to);
    const notForThat = tableOptions.find((option) => language !== 'csv' && given.has(option));
    if (notForThat !== undefined) {
      throw new AsbError('USAGE', `${namesOf(notForThat)} is for tables: --to csv`);
    }
    // What fails before the first record has last words, too.
    if (isToStandardOutput(given)) shell.output(language === 'asb' ? 'text' : language);
    const all = await wantedOf(given);
    const chosen = await chosenBins(given);
    const names = chosen === undefined ? {} : { bins: chosen.map(({ name }) => name) };
    const wanted: Wanted = { ...all, filter: { ...all.filter, ...names } };
    if (language === 'csv') {
      await toTable(given, shell, { wanted, chosen });
      return;
    }
    const read = await open(given, shell);
    await writeWanted(given, shell, { read, wanted, language, verb: 'wrote' });
  },
};

/** In any language, so that a type is never taken for a part of the name in one of them. */
const chosenBins = async (given: Given): Promise<readonly BinColumn[] | undefined> => {
  if (!given.has(bins)) return undefined;
  const { parseColumn } = await import('../../csv/columns.ts');
  return given.value(bins).map(parseColumn);
};

const open = (given: Given, shell: Shell) =>
  recordInputOf(given, shell, { places: outputPlaces(given), namespace: given.value(namespace) });

interface TableOptions {
  /** With the bins that are chosen. */
  readonly wanted: Wanted;
  readonly chosen: readonly BinColumn[] | undefined;
}

const toTable = async (
  given: Given,
  shell: Shell,
  { wanted, chosen }: TableOptions,
): Promise<void> => {
  checkLineOptions(given);
  const recordColumns = given.has(columns) ? { recordColumns: recordColumnsOf(given) } : {};
  let isSecond = false;
  const say = (line: string): void => {
    if (!isSecond) shell.say(line);
  };
  const read = await open(given, { ...shell, say });
  checkSource(read.input.namespace, given.value(namespace));
  const found = await foundColumns(given, shell, read.input, { wanted, chosen });
  // Each reading counts what the expression fails on; the first one has counted all.
  const counted = found === undefined ? undefined : whereLines(wanted);
  const { filter } = await import('../../stages/filter.ts');
  const { toCsv } = await import('../../stages/to-csv.ts');
  const table = toCsv({
    ...recordColumns,
    bins: found ?? chosen ?? [],
    header: given.value(header) ?? 'typed',
    delimiter: DELIMITERS[given.value(delimiter) ?? 'comma'],
  });
  // What counts how much was read begins anew; what there is to say was said.
  isSecond = found !== undefined;
  const input = isSecond ? await read.open(given.operands, given.value(namespace)) : read.input;
  const stage = filter({ ...wanted.filter, reuseMemory: true });
  await exportLines(given, shell, { ...read, input }, { filter: stage, toCsv: table }, 'csv');
  const lines = [
    ...tableLines(table.info),
    ...(counted ?? whereLines(wanted)),
    ...missingBinLines(stage),
  ];
  for (const line of lines) shell.say(line);
};

/** What is not in a table as it was. */
const tableLines = ({ globals, notUtf8 }: CsvWriterInfo): string[] => [
  ...(globals > 0
    ? [`note: left out ${countOf(globals, 'index or UDF module', 'indexes and UDF modules')}`]
    : []),
  ...(notUtf8 > 0
    ? [`warning: ${countOf(notUtf8, 'string is', 'strings are')} no UTF-8, and in base64`]
    : []),
];

/**
 * Columns that a first reading finds.
 * @returns `undefined` if none is needed: they were chosen
 */
const foundColumns = async (
  given: Given,
  shell: Shell,
  input: BackupInput,
  { wanted, chosen }: TableOptions,
): Promise<BinColumn[] | undefined> => {
  const isTyped = (given.value(header) ?? 'typed') === 'typed';
  const isEnough = !(isTyped && input.rereadable) || chosen?.every(({ type }) => type);
  if (given.value(noBins) || (chosen !== undefined && isEnough)) return undefined;
  if (!input.rereadable) {
    throw new AsbError(
      'USAGE',
      `a stream can be read only once; ${namesOf(bins)} says its columns`,
      {
        expected: 'names of bins',
      },
    );
  }
  shell.say(
    `note: all is read twice, first to find the columns; ${namesOf(bins)} NAME:TYPE says them`,
  );
  const { findColumns } = await import('../../jobs/find-columns.ts');
  const display = readingDisplay(shell, input);
  return findColumns(input, wanted.filter, chosen).finally(() => display.close());
};

const RECORD_COLUMN_WORDS: ReadonlyMap<string, RecordColumn> = new Map(
  (['set', 'key', 'digest', 'generation', 'expires'] as const).map((word) => [word, word]),
);

const recordColumnsOf = (given: Given): readonly RecordColumn[] => {
  const words = given.value(columns);
  if (words.length === 1 && words[0] === 'none') return [];
  return words.map((word) => {
    const column = RECORD_COLUMN_WORDS.get(word);
    if (column !== undefined) return column;
    const expected = `${[...RECORD_COLUMN_WORDS.keys()].join(', ')}, or none`;
    throw new AsbError('USAGE', `there is no column "${word}"; expected ${expected}`, { expected });
  });
};
