import t from 'tap';
import { summaryLines, tellBackup } from '../../lib/cli/summary.ts';
import type { BackupSummary } from '../../lib/jobs/backup.ts';

const summary = (changes: Partial<BackupSummary>): BackupSummary => ({
  version: '3.1',
  records: 1_000_000,
  recordsBefore: 0,
  indexes: 1,
  udfs: 2,
  vectors: 0,
  bytes: 3 * 1024 * 1024,
  files: 4,
  retries: 0,
  elapsed: 2000,
  ...changes,
});

t.test('what a backup holds, and what is to be known of it', (t) => {
  const cases: [Partial<BackupSummary>, string[]][] = [
    [
      {},
      [
        'backed up 1,000,000 records, 1 secondary index, 2 UDF modules to 4 files, 3.0 MiB, ' +
          'in 2.0 s (500,000 records/s, .asb version 3.1)',
      ],
    ],
    [
      { records: 1, indexes: 0, udfs: 1, files: 1, elapsed: 0, version: '3.2' },
      [
        'backed up 1 record, 0 secondary indexes, 1 UDF module to 1 file, 3.0 MiB, ' +
          'in 0.0 s (0 records/s, .asb version 3.2)',
      ],
    ],
  ];
  for (const [changes, expected] of cases) t.same(summaryLines(summary(changes)), expected);
  t.match(summaryLines(summary({ retries: 2 })), [/./, /^note: .*2/]);
  t.match(summaryLines(summary({ recordsBefore: 400_000 })), [
    /300,000 records\/s/,
    /^note: .*400,000/,
  ]);
  t.match(summaryLines(summary({ vectors: 1 })), [/./, /^warning: 1 vector bin;/]);
  t.equal(summaryLines(summary({ vectors: 3, retries: 1 })).length, 3);
  t.end();
});

t.test('programs get the numbers beside the first line', (t) => {
  const said: [string, object | undefined][] = [];
  const all = summary({ retries: 2 });
  tellBackup({ say: (line, facts) => void said.push([line, facts]) }, all);
  const [first = '', second = ''] = summaryLines(all);
  t.strictSame(said, [
    [first, { event: 'summary', ...all }],
    [second, {}],
  ]);
  t.end();
});
