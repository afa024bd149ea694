import type { Measured } from './job.ts';

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

const HEAD = ['', 'records/s', 'MB/s', 'CPU s / 1 M', 'peak RSS, MB', 'speed', 'CPU'];

/**
 * A markdown table of medians; the last two columns are ratios to `baseline`.
 */
export const table = (rows: readonly Row[], baseline: Row): string => {
  const lines = rows.map((row) => {
    const of = (figure: (run: Measured) => number): number => median(row.runs.map(figure));
    return [
      row.name,
      Math.round(of((run) => run.records / run.seconds)).toLocaleString('en'),
      of((run) => run.bytes) === 0 ? '' : of((run) => run.bytes / run.seconds / 1e6).toFixed(0),
      of((run) => (run.cpuSeconds / run.records) * 1e6).toFixed(2),
      of((run) => run.rss).toFixed(0),
      `${ratio(row, baseline, (run) => 1 / run.seconds)}×`,
      `${ratio(row, baseline, (run) => run.cpuSeconds)}×`,
    ];
  });
  const format = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [HEAD, HEAD.map((_, index) => (index === 0 ? '---' : '--:')), ...lines]
    .map(format)
    .join('\n');
};
