import t from 'tap';
import type { BenchComparison, BenchReport, BenchSide } from '../../lib/bench/report.ts';
import { pairsOf, spreadOf } from '../../lib/bench/statistics.ts';
import { aligned, benchLines, formatSeconds, settingWords } from '../../lib/cli/bench-report.ts';

const MIB = 1024 * 1024;

const side = (seconds: number, settings = {}): BenchSide => ({
  settings,
  bytesIn: 2_000_000,
  bytesOut: 1_000_000,
  seconds: spreadOf([seconds, seconds * 1.1, seconds * 0.9]),
  cpuSeconds: spreadOf([seconds / 2]),
  recordsPerSecond: 10_000 / seconds,
  bytesInPerSecond: 2_000_000 / seconds,
  bytesOutPerSecond: 1_000_000 / seconds,
  cpuSecondsPerGb: 250 * seconds,
  cores: 0.5,
  peakMemory: 100 * MIB,
});

const report = (sides: readonly BenchSide[], comparison?: BenchComparison): BenchReport => ({
  version: 1,
  node: '24.0.0',
  processors: 2,
  input: {
    source: 'generated',
    records: 10_000,
    bytes: 2_000_000,
    isCut: false,
    sha256: 'ab'.repeat(32),
  },
  repeats: 3,
  chains: [
    {
      stages: ['serialize', 'compress'],
      takes: 'records',
      gives: 'frames',
      sides,
      ...(comparison === undefined ? {} : { comparison }),
    },
  ],
});

t.test('a row for each chain', async (t) => {
  const [input, blank, head, row, ...rest] = benchLines(report([side(0.1)]));
  t.match(
    input,
    /^10,000 records generated, 1\.9 MiB .* SHA-256 abababababab…; 3 runs each; 2 processors/,
  );
  t.equal(blank, '');
  t.match(head, /^ +records\/s +MB\/s in +MB\/s out +out\/in +CPU s\/GB +cores +peak RSS +seconds/);
  t.match(
    row,
    /^serialize compress +100,000 +20 +10 +0\.500 +25\.00 +0\.50 +100\.0 MiB +0\.1000 +0\.0900 – 0\.1100 +±0\.0100$/,
  );
  t.equal(head?.length, row?.length);
  t.equal(rest.length, 3);
  t.match(
    benchLines(report([side(4)]))[3],
    / 2,500 +0\.5 +0\.3 .* 4\.00 +3\.60 – 4\.40 +±0\.4000$/,
  );
});

t.test('two sides, and what their pairs say', async (t) => {
  const rows = [
    [[2, 2, 2, 2, 2], /2\.00× the speed \(5 pairs, 2\.00 – 2\.00, ±0\.00; more than the scatter\)/],
    [[0.5, 0.5, 0.5, 0.5, 0.5], /0\.50× the speed .* more than the scatter\)/],
    [[1, 1, 1, 1, 1], /1\.00× the speed .* within the scatter/],
    [[2], /2\.00× the speed \(1 pair, .* too few pairs/],
  ] as const;
  for (const [ratios, words] of rows) {
    const ones = ratios.map(() => 1);
    const comparison = { speed: pairsOf(ratios, ones), cpu: pairsOf(ones, ones), bytesOut: 1.05 };
    const other = { level: 1, frameSize: 8 * MIB };
    const lines = benchLines(report([side(0.1), side(0.05, other)], comparison), other);
    t.match(lines[4], /^ {2}--level 1 --frame-size 8 +200,000/);
    t.ok(
      lines.some((line) => words.test(line)),
      String(words),
    );
    t.ok(lines.includes('  1.050× the bytes'));
  }
});

t.test('settings as they are typed', async (t) => {
  t.equal(settingWords({}), '');
  t.equal(settingWords({ compact: false }), '--compact=false');
  t.equal(
    settingWords({
      compact: true,
      level: -5,
      concurrency: 4,
      mode: 'aes128',
      encrypt: 'aes256',
      fileLimit: 10 * MIB,
      minPartSize: 8 * MIB,
      maxAsyncUploads: 2,
    }),
    '--level -5 --concurrency 4 --mode aes128 --encrypt aes256 --file-limit 10 ' +
      '--s3-min-part-size 8 --s3-max-async-uploads 2 --compact',
  );
});

t.test('columns and seconds', async (t) => {
  t.strictSame(aligned([]), []);
  t.strictSame(
    aligned([
      ['', 'b'],
      ['long', '10'],
      ['x', ''],
    ]),
    ['       b', 'long  10', 'x'],
  );
  t.strictSame([0.00123, 1.5, 123.4].map(formatSeconds), ['0.0012', '1.50', '123']);
});
