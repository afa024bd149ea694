import t from 'tap';
import {
  backupSummaryLine,
  estimateLine,
  progressLines,
  restoreSummaryLine,
  shareOf,
} from '../../lib/cli/machine-lines.ts';
import type { PaceCounts } from '../../lib/cli/pace.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

t.test('how far, and how long', (t) => {
  const cases: [number | undefined, number | undefined, string[]][] = [
    [undefined, undefined, []],
    [undefined, 5 * SECOND, []],
    [0, undefined, ['PROGRESS:0']],
    [0.999, 0, ['PROGRESS:99', 'REMAINING:0s']],
    [1, 59.9 * SECOND, ['PROGRESS:100', 'REMAINING:59s']],
    [0.5, 3600 * SECOND, ['PROGRESS:50', 'REMAINING:1h0m0s']],
    [0.5, (86_400 + 7200 + 180 + 4) * SECOND, ['PROGRESS:50', 'REMAINING:1d2h3m4s']],
    [0.01, 100 * DAY, ['PROGRESS:1', 'REMAINING:100d0h0m0s']],
    [0.01, 100 * DAY + SECOND, ['PROGRESS:1', 'REMAINING:>100d']],
  ];
  for (const [share, left, expected] of cases) t.strictSame(progressLines(share, left), expected);
  t.end();
});

t.test('how much of the records expected, else of the whole', (t) => {
  const cases: [PaceCounts, number | undefined][] = [
    [{ records: 5, share: undefined }, undefined],
    [{ records: 5, share: 0.5 }, 0.5],
    [{ records: 5, share: 0.5, estimatedRecords: 20 }, 0.25],
    [{ records: 21, share: 0.5, estimatedRecords: 20 }, 0.99],
    [{ records: 0, share: 0.5, estimatedRecords: 0 }, 0.5],
  ];
  for (const [counts, expected] of cases) t.equal(shareOf(counts), expected);
  t.end();
});

t.test('what there is in the end', (t) => {
  const none = { created: 0, replaced: 0, same: 0 };
  const loaded = {
    udfs: { ...none, created: 1 },
    indexes: { ...none, created: 2, replaced: 3, same: 4, skipped: 5 },
    total: 100,
    expired: 6,
    skipped: 7,
    ignored: 8,
    inserted: 79,
    existed: 0,
    fresher: 0,
  };
  const cases = [
    [backupSummaryLine({ records: 3, indexes: 1, udfs: 2, bytes: 100 }), 'SUMMARY:3:1:2:100:33'],
    [backupSummaryLine({ records: 0, indexes: 0, udfs: 0, bytes: 40 }), 'SUMMARY:0:0:0:40:0'],
    [restoreSummaryLine(loaded), 'SUMMARY:1:9:100:6:7:8 :79:0:0'],
    [estimateLine(1000.4, 99.1), 'ESTIMATE:1000:100'],
  ];
  for (const [line, expected] of cases) t.equal(line, expected);
  t.end();
});
