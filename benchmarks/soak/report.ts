/** What the measurements of a soak say, as tables, and what is off. */
import { markdown } from '../markdown.ts';
import { type Course, courseOf, FLAT, type Windows } from './course.ts';
import type { LargeJob } from './large.ts';
import type { SmallJobs } from './small.ts';

export interface Verdict {
  readonly table: string;
  /** A line each; none if all is well. */
  readonly failures: readonly string[];
}

/** Quarters of what is behind the warm-up, which is a third: pools of memory fill for about 1 GB. */
const QUARTERS = { warmUp: 1 / 3, window: 1 / 6 };
/** The hundred behind the second, and the last: until then V8 still takes more for young objects. */
const hundredsOf = ({ backups }: SmallJobs): Windows => ({
  warmUp: 200 / backups,
  window: 100 / backups,
});

/**
 * So many objects that hold nothing the last jobs may leave until the next; a leak leaves some with
 * each round.
 */
const MOST_MORE = 20;

/** One line of {@link largeTable}. */
export interface LargeRow {
  readonly cells: readonly string[];
  readonly failures: readonly string[];
}

const figure = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const grown = (what: string, { growth }: Course): string[] =>
  growth > FLAT ? [`${what} grew to ${figure(growth, 2)} of what it was`] : [];

/** @throws RangeError if there was too little to measure */
export const largeRow = (name: string, records: number, job: LargeJob): LargeRow => {
  const course = courseOf(job.rss, QUARTERS);
  const { first, last, growth, median, peak, height } = course;
  const cells = [
    ...[name, figure(records / job.seconds), figure(job.bytes / 1e6), figure(job.seconds)],
    ...[figure(first), figure(last), `${figure(growth, 2)}×`],
    ...[figure(median), figure(peak), `${figure(height, 2)}×`],
  ];
  const failures = grown(`${name}: RSS`, course);
  if (height > FLAT) failures.push(`${name}: RSS peaked at ${figure(height, 2)} of its median`);
  return { cells, failures };
};

const LARGE_HEAD = [
  ...['', 'records/s', 'MB stored', 's', 'RSS, first quarter, MB', 'last quarter', ''],
  ...['median', 'peak', ''],
];

export const largeTable = (rows: readonly LargeRow[]): Verdict => ({
  table: markdown(
    LARGE_HEAD,
    rows.map(({ cells }) => cells),
  ),
  failures: rows.flatMap(({ failures }) => failures),
});

/** What many small jobs have left. */
export const smallTable = (jobs: SmallJobs): Verdict => {
  // Where something stays open, too few were measured to tell more.
  if (jobs.failures.length > 0) return { table: '', failures: jobs.failures };
  const failures: string[] = [];
  const lines: string[][] = [];
  for (const [name, samples] of [
    ['RSS', jobs.rss],
    ['heap, collected', jobs.heap],
  ] as const) {
    const course = courseOf(samples, hundredsOf(jobs));
    const { first, last, growth } = course;
    lines.push([`${name}, MB`, figure(first), figure(last), `${figure(growth, 2)}×`]);
    failures.push(...grown(name, course));
  }
  for (const [name, now] of Object.entries(jobs.atLast)) {
    const before = jobs.atFirst[name] ?? 0;
    lines.push([name, figure(before), figure(now), '']);
    if (now - before > MOST_MORE) failures.push(`${now - before} more ${name}`);
  }
  const { backups, others, seconds } = jobs;
  const title = `${figure(backups)} backups, ${figure(others)} other jobs, ${figure(seconds)} s`;
  return { table: markdown([title, 'at first', 'at last', ''], lines), failures };
};
