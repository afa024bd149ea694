import t from 'tap';
import {
  type ProgressState,
  progressBar,
  progressFacts,
  progressLine,
} from '../../lib/cli/progress.ts';

const state = (changes: Partial<ProgressState> = {}): ProgressState => ({
  records: 1234,
  bytes: 2 * 1024 * 1024,
  share: 0.5,
  whole: 'the partitions',
  rate: 617,
  left: 20_000,
  ...changes,
});

t.test('a line for a log', (t) => {
  const cases: [ProgressState, string][] = [
    [state(), '1,234 records, 620/s, 2.0 MiB, 50 % of the partitions, about 20 s left'],
    [
      state({ records: 1, rate: 0, share: 0, left: undefined }),
      '1 record, 0/s, 2.0 MiB, 0 % of the partitions',
    ],
    [
      state({ share: 0.259, whole: 'the bytes', left: 0 }),
      '1,234 records, 620/s, 2.0 MiB, 25 % of the bytes, a few seconds left',
    ],
    [state({ share: undefined, left: undefined }), '1,234 records, 620/s, 2.0 MiB'],
  ];
  for (const [given, expected] of cases) t.equal(progressLine(given), expected);
  t.end();
});

t.test('the same for programs', (t) => {
  t.strictSame(JSON.parse(JSON.stringify(progressFacts(state({ rate: 617.4 })))), {
    event: 'progress',
    records: 1234,
    bytes: 2 * 1024 * 1024,
    share: 0.5,
    rate: 617,
    left: 20_000,
  });
  t.end();
});

t.test('a bar for a terminal, as wide as there is room', (t) => {
  const words = '1,234 records · 620/s · 2.0 MiB · 50 % of the partitions · about 20 s left';
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
  const ofStream = '1,234 records · 620/s · 2.0 MiB';
  const unknown = state({ share: undefined, left: undefined });
  t.equal(progressBar(unknown, 200), ofStream, 'of no known end');
  t.end();
});
