import type { Measured } from './job.ts';
import { markdown } from './markdown.ts';

/** Runs of one thing, measured in turn with the others. */
export interface Row {
  readonly name: string;
  readonly runs: readonly Measured[];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** The median of each run's ratio to the run of the baseline beside it: drift cancels out. */
const ratio = (row: Row, baseline: Row, figure: (run: Measured) => number): string =>
  median(row.runs.map((run, index) => figure(run) / figure(baseline.runs[index]!))).toFixed(2);

/** One column: its head, and what it shows of one run. */
type Column = readonly [head: string, figure: (run: Measured) => number, digits: number];

const RECORD_COLUMNS: readonly Column[] = [
  ['records/s', (run) => run.records / run.seconds, 0],
  ['MB/s', (run) => run.bytes / run.seconds / 1e6, 0],
  ['CPU s / 1 M', (run) => (run.cpuSeconds / run.records) * 1e6, 2],
  ['peak RSS, MB', (run) => run.rss, 0],
];

const BYTE_COLUMNS: readonly Column[] = [
  ['MB/s', (run) => run.bytes / run.seconds / 1e6, 0],
  ['CPU s / GB', (run) => (run.cpuSeconds / run.bytes) * 1e9, 2],
  ['peak RSS, MB', (run) => run.rss, 0],
];

/** A figure that nobody has measured is 0, and left out. */
const cell = (figure: number, digits: number): string =>
  figure === 0
    ? ''
    : figure.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const tableOf = (columns: readonly Column[], rows: readonly Row[], baseline: Row): string => {
  const head = ['', ...columns.map(([name]) => name), 'speed', 'CPU'];
  const lines = rows.map((row) => [
    row.name,
    ...columns.map(([, figure, digits]) => cell(median(row.runs.map(figure)), digits)),
    `${ratio(row, baseline, (run) => 1 / run.seconds)}×`,
    `${ratio(row, baseline, (run) => run.cpuSeconds)}×`,
  ]);
  return markdown(head, lines);
};

/** A markdown table of medians, by records; the last two columns are ratios to `baseline`. */
export const table = (rows: readonly Row[], baseline: Row): string =>
  tableOf(RECORD_COLUMNS, rows, baseline);

/** The same by bytes. */
export const bytesTable = (rows: readonly Row[], baseline: Row): string =>
  tableOf(BYTE_COLUMNS, rows, baseline);

/** The median of a figure. */
export const medianOf = (row: Row, figure: (run: Measured) => number): number =>
  median(row.runs.map(figure));
