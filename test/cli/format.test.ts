import t from 'tap';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
} from '../../lib/cli/format.ts';

t.test('numbers as people read them', (t) => {
  const cases: [string, string][] = [
    [formatCount(0), '0'],
    [formatCount(1_234_567.6), '1,234,568'],
    [countOf(0, 'record'), '0 records'],
    [countOf(1, 'record'), '1 record'],
    [countOf(2000, 'record'), '2,000 records'],
    [countOf(2, 'secondary index', 'secondary indexes'), '2 secondary indexes'],
    [formatBytes(0), '0 bytes'],
    [formatBytes(1), '1 byte'],
    [formatBytes(1023), '1023 bytes'],
    [formatBytes(1024), '1.0 KiB'],
    [formatBytes(1024 * 1024 - 1), '1.0 MiB'],
    [formatBytes(250 * 1024 * 1024), '250.0 MiB'],
    [formatBytes(1024 ** 6), '1024.0 PiB'],
    [formatRate(0), '0/s'],
    [formatRate(0.4), '0/s'],
    [formatRate(99.4), '99/s'],
    [formatRate(617), '620/s'],
    [formatRate(123_456), '120,000/s'],
    [formatRate(996), '1,000/s'],
    [formatDuration(0), '0.0 s'],
    [formatDuration(9940), '9.9 s'],
    [formatDuration(9950), '10 s'],
    [formatDuration(59_499), '59 s'],
    [formatDuration(59_500), '1 min 00 s'],
    [formatDuration(185_000), '3 min 05 s'],
    [formatDuration(3_599_600), '1 h 00 min'],
    [formatDuration(7_620_000), '2 h 07 min'],
  ];
  for (const [text, expected] of cases) t.equal(text, expected);
  t.end();
});
