import t from 'tap';
import type { LargeJob } from '../../../benchmarks/soak/large.ts';
import { largeRow, largeTable, smallTable } from '../../../benchmarks/soak/report.ts';
import type { SmallJobs } from '../../../benchmarks/soak/small.ts';

const flat = (length: number): number[] => Array(length).fill(100);
/** It goes up by half in the middle. */
const step = (length: number): number[] => [...flat(length / 2), ...Array(length / 2).fill(150)];
/** It goes up by half, and comes down. */
const peak = (length: number): number[] => [...flat(length / 2), 150, ...flat(length / 2 - 1)];

const large: LargeJob = { seconds: 2, bytes: 5e6, rss: flat(100) };
const held = { 'file descriptors': 20, 'promises in memory': 300 };
const small: SmallJobs = {
  ...{ seconds: 60, backups: 1000, others: 500 },
  ...{ rss: flat(1500), heap: flat(40), atFirst: held, atLast: held },
  failures: [],
};

t.test('large jobs', async (t) => {
  for (const [what, job, failures] of [
    ['as it should be', large, 0],
    ['grown', { ...large, rss: step(100) }, 1],
    ['a peak', { ...large, rss: peak(100) }, 1],
  ] as const) {
    const { table, failures: found } = largeTable([largeRow('backup', 1000, job)]);
    t.match(table, /\n\| backup \| 500 \| 5 \| 2 \| 100 \| /, what);
    t.equal(found.length, failures, what);
  }
});

t.test('small jobs', async (t) => {
  const atLast = (more: number) => ({ ...small, atLast: { ...held, 'promises in memory': more } });
  for (const [what, jobs, failures] of [
    ['as they should be', small, 0],
    ['a few objects', atLast(310), 0],
    ['many objects', atLast(400), 1],
    ['a new kind', { ...small, atLast: { ...held, sockets: 50 } }, 1],
    ['RSS', { ...small, rss: step(1500) }, 1],
    ['heap', { ...small, heap: step(40) }, 1],
  ] as const) {
    const { table, failures: found } = smallTable(jobs);
    t.match(
      table,
      /^\| 1,000 backups, 500 other jobs, 60 s \| .*\n.*\n\| RSS, MB \| 100 \| /,
      what,
    );
    t.equal(found.length, failures, what);
  }
});

t.test('where something was left open, nothing more is told', async (t) => {
  const failures = ['a restore leaves {"Timeout":1}'];
  t.same(smallTable({ ...small, rss: [], heap: [], failures }), { table: '', failures });
});
