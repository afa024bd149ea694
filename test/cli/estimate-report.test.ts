import t from 'tap';
import { estimateText, tellEstimate } from '../../lib/cli/estimate-report.ts';
import type { EstimateSummary } from '../../lib/jobs/estimate.ts';
import { type Estimated, exactly } from '../../lib/jobs/estimate-math.ts';

const between = (least: number, value: number, most: number): Estimated => ({ value, least, most });
const MIB = 1024 * 1024;

const summaryOf = (
  records: Estimated,
  bytes: Estimated,
  compressedBytes?: number,
): EstimateSummary => ({ records, bytes, compressedBytes, samples: 10_048, elapsed: 12 });

t.test('an estimate in a line', async (t) => {
  const rows: readonly [EstimateSummary, string][] = [
    [
      summaryOf(exactly(1000), exactly(2 * MIB)),
      'estimated 1,000 records, 2.0 MiB; from 10,048 samples',
    ],
    [
      summaryOf(exactly(1e6), between(229 * MIB, 230 * MIB, 231 * MIB), 97 * MIB),
      'estimated 1,000,000 records, 230.0 MiB ± 0.5 % (99.9 % sure), 97.0 MiB compressed; ' +
        'from 10,048 samples',
    ],
    [
      summaryOf(between(980, 1000, 1020), between(9000, 10_000, 10_500)),
      'estimated 1,000 records ± 2 %, 9.8 KiB ± 10 % (99.9 % sure); from 10,048 samples',
    ],
    [
      summaryOf(between(999.999, 1000, 1000.04), exactly(10)),
      'estimated 1,000 records ± 0.004 %, 10 bytes (99.9 % sure); from 10,048 samples',
    ],
    [
      summaryOf(between(1000, 1000, 1009.1), between(9999, 10_000, 10_001)),
      'estimated 1,000 records ± 1 %, 9.8 KiB ± 0.01 % (99.9 % sure); from 10,048 samples',
    ],
    [
      summaryOf(between(0, 0, 70), between(60, 60, 9000)),
      'estimated 0 to 70 records, 60 bytes to 8.8 KiB (99.9 % sure); from 10,048 samples',
    ],
  ];
  for (const [summary, text] of rows) t.equal(estimateText(summary), text);
});

t.test('for people and programs', async (t) => {
  const summary = summaryOf(exactly(1), exactly(100));
  const said: unknown[] = [];
  tellEstimate({ say: (...words) => void said.push(words) }, summary);
  t.strictSame(said, [[estimateText(summary), { event: 'estimate', ...summary }]]);
});
