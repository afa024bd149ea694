import t from 'tap';
import { inTurn, medianOf, type Section, summary, table } from '../../benchmarks/table.ts';

const run = (seconds: number) => ({
  records: 1_000_000,
  bytes: 240_000_000,
  seconds,
  cpuSeconds: seconds / 2,
  rss: 80,
});

/** The machine gets slower all the time; the second is always twice as slow as the first. */
const section: Section = {
  title: 'Test',
  by: 'records',
  rows: [
    { name: 'the limit', runs: [run(1), run(2), run(4)] },
    { name: 'scan', runs: [run(2), run(4), run(8)] },
  ],
};

t.test('a table of medians, and ratios of runs beside each other', async (t) => {
  t.strictSame(table(section).split('\n').slice(2), [
    '| the limit | 500,000 | 120 | 1.00 | 80 | 1.00× | 1.00× |',
    '| scan | 250,000 | 60 | 2.00 | 80 | 0.50× | 2.00× |',
  ]);
});

t.test('what nobody has measured is left out', async (t) => {
  const rows = [{ name: 'a command', runs: [{ ...run(1), bytes: 0 }] }];
  t.match(table({ ...section, rows }), '| a command | 1,000,000 |  | 0.50 | 80 |');
});

t.test('by bytes there are no records', async (t) => {
  t.equal(
    table({ ...section, by: 'bytes' }).split('\n')[3],
    '| scan | 60 | 8.33 | 80 | 0.50× | 2.00× |',
  );
});

t.test('the summary has a line for each that is held against another', async (t) => {
  const sections: Section[] = [section, { ...section, by: 'bytes' }];
  t.strictSame(summary(sections).split('\n').slice(2), [
    '| scan | 0.25 M records | 80 | the limit | 0.50× | 2.00× |',
    '| scan | 60 MB | 80 | the limit | 0.50× | 2.00× |',
  ]);
});

t.test('ways take turns', async (t) => {
  const order: string[] = [];
  const way = (name: string) =>
    [
      name,
      async () => {
        order.push(name);
        return run(order.length);
      },
    ] as const;
  const rows = await inTurn([way('a'), way('b')], 2);
  t.strictSame(order, ['a', 'b', 'a', 'b']);
  t.equal(
    medianOf(rows[0]!, ({ seconds }) => seconds),
    3,
  );
});
