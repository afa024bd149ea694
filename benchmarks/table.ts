import type { Measured } from './job.ts';
import { markdown } from './markdown.ts';

/** Runs of one thing, measured in turn with the others. */
export interface Row {
  readonly name: string;
  readonly runs: Measured[];
}

/** A row before its first run. */
export const rowOf = (name: string): Row => ({ name, runs: [] });

/** Things that were measured in turn, and what each of them is held against. */
export interface Section {
  readonly title: string;
  /** The first is what the others are held against: a limit, or a peer. */
  readonly rows: readonly Row[];
  /** What is counted. */
  readonly by: 'records' | 'bytes';
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/** The median of each run's ratio to the run of the baseline beside it: drift cancels out. */
const ratio = (row: Row, baseline: Row, figure: (run: Measured) => number): string => {
  const ratios = row.runs.map((run, index) => figure(run) / figure(baseline.runs[index]!));
  return `${median(ratios).toFixed(2)}×`;
};

const speedOf = (row: Row, baseline: Row): string => ratio(row, baseline, (run) => 1 / run.seconds);
const cpuOf = (row: Row, baseline: Row): string => ratio(row, baseline, (run) => run.cpuSeconds);

/** One column: its head, and what it shows of one run. */
type Column = readonly [head: string, figure: (run: Measured) => number, digits: number];

const megabytes: Column = ['MB/s', (run) => run.bytes / run.seconds / 1e6, 0];
const peak: Column = ['peak RSS, MB', (run) => run.rss, 0];

const COLUMNS: Readonly<Record<Section['by'], readonly Column[]>> = {
  records: [
    ['records/s', (run) => run.records / run.seconds, 0],
    megabytes,
    ['CPU s / 1 M', (run) => (run.cpuSeconds / run.records) * 1e6, 2],
    peak,
  ],
  bytes: [megabytes, ['CPU s / GB', (run) => (run.cpuSeconds / run.bytes) * 1e9, 2], peak],
};

/** A figure that nobody has measured is 0, and left out. */
const cell = (figure: number, digits: number): string =>
  figure === 0
    ? ''
    : figure.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A markdown table of medians; the last two columns are ratios to the first row. */
export const table = ({ rows, by }: Section): string => {
  const baseline = rows[0]!;
  const columns = COLUMNS[by];
  const head = ['', ...columns.map(([name]) => name), 'speed', 'CPU'];
  const lines = rows.map((row) => [
    row.name,
    ...columns.map(([, figure, digits]) => cell(medianOf(row, figure), digits)),
    speedOf(row, baseline),
    cpuOf(row, baseline),
  ]);
  return markdown(head, lines);
};

/** A markdown table of all that was measured, each beside what it is held against. */
export const summary = (sections: readonly Section[]): string => {
  const head = ['stage or job', 'a second', 'peak RSS, MB', 'beside', 'speed', 'CPU'];
  const lines = sections.flatMap(({ rows, by }) => {
    const [baseline, ...others] = rows;
    return others.map((row) => [
      row.name,
      rateOf(row, by),
      cell(
        medianOf(row, (run) => run.rss),
        0,
      ),
      baseline!.name,
      speedOf(row, baseline!),
      cpuOf(row, baseline!),
    ]);
  });
  return markdown(head, lines);
};

const rateOf = (row: Row, by: Section['by']): string => {
  const rate = medianOf(row, (run) => (by === 'records' ? run.records : run.bytes) / run.seconds);
  return by === 'records' ? `${cell(rate / 1e6, 2)} M records` : `${cell(rate / 1e6, 0)} MB`;
};

/** The median of a figure. */
export const medianOf = (row: Row, figure: (run: Measured) => number): number =>
  median(row.runs.map(figure));

/** Runs each way once, and again, so many times: whatever drifts drifts under all of them. */
export const inTurn = async (
  ways: readonly (readonly [name: string, run: () => Promise<Measured>])[],
  repeats: number,
): Promise<Row[]> => {
  const rows = ways.map(([name]) => rowOf(name));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, [, run]] of ways.entries()) rows[index]!.runs.push(await run());
  }
  return rows;
};
