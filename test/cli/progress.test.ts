import t from 'tap';
import { type ProgressState, progressBar, progressLine, timeLeft } from '../../lib/cli/progress.ts';

const state = (changes: Partial<ProgressState> = {}): ProgressState => ({
  records: 1234,
  bytes: 2 * 1024 * 1024,
  share: 0.5,
  whole: 'the partitions',
  elapsed: 4000,
  rate: 617,
  ...changes,
});

t.test('a line for a log', (t) => {
  const cases: [ProgressState, string][] = [
    [state(), '1,234 records, 617/s, 2.0 MiB, 50 % of the partitions, 4.0 s left'],
    [state({ records: 1, rate: 0, share: 0 }), '1 record, 0/s, 2.0 MiB, 0 % of the partitions'],
    [
      state({ estimatedRecords: 1234 + 6170 }),
      '1,234 records, 617/s, 2.0 MiB, 50 % of the partitions, 10 s left',
    ],
    [
      state({ share: 0.25, whole: 'the bytes' }),
      '1,234 records, 617/s, 2.0 MiB, 25 % of the bytes, 12 s left',
    ],
    [state({ share: undefined }), '1,234 records, 617/s, 2.0 MiB'],
  ];
  for (const [given, expected] of cases) t.equal(progressLine(given), expected);
  t.end();
});

t.test('the time left goes by the records, else by the share', (t) => {
  const cases: [Partial<ProgressState>, number | undefined][] = [
    [{}, 4000],
    [{ estimatedRecords: 1234 + 617 }, 1000],
    [{ estimatedRecords: 1234 + 617, rate: 0 }, 4000],
    [{ estimatedRecords: 5 }, 4000],
    [{ share: 1 }, 0],
    [{ share: 0 }, undefined],
    [{ share: undefined }, undefined],
  ];
  for (const [changes, expected] of cases) t.equal(timeLeft(state(changes)), expected);
  t.end();
});

t.test('a bar for a terminal, as wide as there is room', (t) => {
  const words = '1,234 records · 617/s · 2.0 MiB · 50 % of the partitions · 4.0 s left';
  const cases: [number, string][] = [
    [200, `[###############---------------] ${words}`],
    [words.length + 14, `[#####-----] ${words}`],
    [words.length + 11, words],
    [20, words.slice(0, 19)],
    [0, ''],
  ];
  for (const [columns, expected] of cases) {
    t.equal(progressBar(state(), columns), expected, `${columns}`);
  }
  const ofStream = '1,234 records · 617/s · 2.0 MiB';
  t.equal(progressBar(state({ share: undefined }), 200), ofStream, 'of no known end');
  t.end();
});
