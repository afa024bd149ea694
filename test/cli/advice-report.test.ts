import t from 'tap';
import type { Trial, Trials } from '../../lib/bench/advice.ts';
import type { Advice } from '../../lib/bench/advise.ts';
import type { BenchSettings } from '../../lib/bench/settings.ts';
import { spreadOf } from '../../lib/bench/statistics.ts';
import { adviceLines, commandLines, shareWords } from '../../lib/cli/advice-report.ts';

const MIB = 1024 * 1024;

const trial = (settings: BenchSettings, seconds: number, bytesOut: number): Trial => ({
  settings,
  seconds: spreadOf([seconds]),
  cpuSeconds: seconds,
  bytesOut,
  runs: 3,
});

const only = (settings: BenchSettings, leftOut: readonly BenchSettings[] = []): Trials => ({
  tried: [trial(settings, 1, 1000)],
  leftOut,
});

const LEVELS: Trials = {
  tried: [
    trial({ level: 3 }, 1, 1000),
    trial({ level: 1 }, 0.7, 1050),
    trial({ level: -1 }, 0.6, 1500),
    trial({ level: 9 }, 5, 900),
  ],
  leftOut: [{ level: 19 }],
};

const PLAIN: Advice = {
  version: 1,
  node: '24.0.0',
  processors: 2,
  input: { source: 'read', records: 10, bytes: 2000, isCut: false, sha256: '' },
  textBytes: 2000,
  best: { level: 1, frameSize: 3 * MIB, concurrency: 2 },
  levels: LEVELS,
  frameSizes: {
    tried: [
      trial({ level: 1, frameSize: 3 * MIB }, 1, 1000),
      trial({ level: 1, frameSize: MIB }, 1, 1000),
    ],
    leftOut: [],
  },
  concurrencies: {
    tried: [
      trial({ level: 1, frameSize: 3 * MIB, concurrency: 2 }, 1, 1000),
      trial({ level: 1, frameSize: 3 * MIB, concurrency: 4 }, 0.5, 1000),
    ],
    leftOut: [],
  },
};

t.test('which level, and what it costs', async (t) => {
  const lines = adviceLines(PLAIN);
  const expected = [
    'level 1 is best; against the default, level 3: time: 30 % less; bytes: 5 % more',
    'level -1 is fastest; against level 1: time: 14 % less; bytes: 43 % more',
    'level 9 makes the fewest bytes; against level 1: time: 7.1 times as much; bytes: 14 % fewer',
    'not tried, for lack of time (--seconds): --level 19',
    'frames of 3 MiB, the default: no other is better by 5 %',
    '4 frames at a time; against the default: time: 50 % less; bytes: as much',
    '  asb compress --level 1 --frame-size 3 --concurrency 2',
  ];
  for (const line of expected) t.ok(lines.includes(line), line);
  t.match(lines[0], /^10 records read, 2\.0 KiB of text; 2 processors/);
  t.match(
    lines.find((line) => line.startsWith('--level 9')),
    / 5\.00 +±0\.0000 +3 +0 +2500000\.00 +900 bytes +2\.22$/,
  );
});

t.test('the default, by choice or for lack of time', async (t) => {
  const level3: Trials = {
    tried: [trial({ level: 3 }, 1, 1000), trial({ level: 1 }, 1, 1100)],
    leftOut: [],
  };
  t.ok(adviceLines({ ...PLAIN, levels: level3 }).includes('level 3, the default, is best'));
  const late = adviceLines({
    ...PLAIN,
    levels: only({ level: 3 }, [{ level: 1 }]),
    frameSizes: only({ level: 3, frameSize: 3 * MIB }),
    concurrencies: only({ level: 3, frameSize: 3 * MIB, concurrency: 1 }),
  });
  for (const what of ['level 3', 'frames of 3 MiB', '1 frame at a time']) {
    t.ok(late.includes(`${what}, the default: there was no time for others`), what);
  }
});

t.test('a place, and what it changes', async (t) => {
  const slow = { location: 'out', bytesPerSecond: 100 } as const;
  const lines = adviceLines({ ...PLAIN, place: slow });
  t.ok(lines.includes('out takes 0 MB/s'));
  // By the bytes: at 100 a second, level 9 takes no longer.
  t.ok(
    lines.includes(
      'level 9 is best; against the default, level 3: time: 10 % less; bytes: 10 % fewer',
    ),
  );
  t.strictSame(
    commandLines({ ...PLAIN, place: slow })[0],
    'asb backup -n NAMESPACE -d out -z zstd --compression-level 1',
  );

  const parts = { minPartSize: 16 * MIB, maxAsyncUploads: 8 };
  const uploads: Trials = {
    tried: [trial({}, 2, 1000), trial(parts, 1, 1000)],
    leftOut: [{ minPartSize: 32 * MIB }],
  };
  const s3: Advice = {
    ...PLAIN,
    best: { ...PLAIN.best, ...parts },
    place: { location: 's3://vault/x', bytesPerSecond: 5e7, uploads },
  };
  const told = adviceLines(s3);
  t.ok(told.includes('s3://vault/x takes 50 MB/s'));
  t.ok(
    told.includes(
      '--s3-min-part-size 16 --s3-max-async-uploads 8; against the default: time: 50 % less; bytes: as much',
    ),
  );
  t.ok(told.includes('not tried, for lack of time (--seconds): --s3-min-part-size 32'));
  t.match(
    commandLines(s3)[0],
    / -d s3:\/\/vault\/x .* --s3-min-part-size 16 --s3-max-async-uploads 8$/,
  );
  t.match(
    told.find((line) => line.startsWith('parts as they are  ')),
    / 2\.00 +±0\.0000 +3 +0$/,
  );
  const same = adviceLines({ ...s3, place: { ...s3.place!, uploads: only({}) } });
  t.ok(same.includes('parts as they are, the default: there was no time for others'));
});

t.test('shares in words', async (t) => {
  const words = (ratio: number): string => shareWords(ratio, 'less', 'more');
  t.strictSame([0.5, 0.999, 1, 1.25, 2, 7.14].map(words), [
    '50 % less',
    'as much',
    'as much',
    '25 % more',
    '2.0 times as much',
    '7.1 times as much',
  ]);
});
