import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { type BenchOptions, bench, MAX_REPEATS } from '../../lib/bench/bench.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { stepGauge } from '../helpers/gauge.ts';

const DATA = { records: 2000 } as const;

t.test('a report of each chain', async (t) => {
  const told: string[] = [];
  const report = await bench({
    chains: [['serialize'], ['parse', 'serialize', 'rotate']],
    data: DATA,
    repeats: 3,
    gauge: stepGauge(),
    onRun: ({ stages, run, runs }) => told.push(`${stages.join(' ')} ${run}/${runs}`),
  });
  t.strictSame(
    told,
    ['serialize', 'parse serialize rotate'].flatMap((chain) =>
      [1, 2, 3, 4, 5].map((run) => `${chain} ${run}/5`),
    ),
  );
  t.match(report, {
    version: 1,
    repeats: 3,
    input: { source: 'generated', records: 2000, isCut: false, sha256: /^[0-9a-f]{64}$/ },
    chains: [
      { stages: ['serialize'], takes: 'records', gives: 'text' },
      { stages: ['parse', 'serialize', 'rotate'], takes: 'text', gives: 'text' },
    ],
  });
  const [side, ...more] = report.chains[0]!.sides;
  t.strictSame(more, []);
  const { bytesIn, bytesOut } = side!;
  t.equal(bytesIn, report.input.bytes);
  t.equal(report.chains[1]?.sides[0]?.bytesIn, bytesOut);
  t.same(side?.seconds, { median: 0.01, min: 0.01, max: 0.01, deviation: 0 });
  const near = (one: number, other: number): void => {
    t.ok(Math.abs(one / other - 1) < 1e-6);
  };
  near(side!.recordsPerSecond, 200_000);
  near(side!.bytesInPerSecond, bytesIn * 100);
  near(side!.bytesOutPerSecond, bytesOut * 100);
  near(side!.cpuSecondsPerGb, (0.005 / bytesIn) * 1e9);
  near(side!.cores, 0.5);
  t.ok(side!.peakMemory > 1000);
  t.equal(report.chains[0]?.comparison, undefined);
});

t.test('two settings in turn, and what each is made of', async (t) => {
  const { chains } = await bench({
    chains: [['compress'], ['parse'], ['to-ndjson']],
    data: { ...DATA, binTypes: ['blob'] },
    settings: { level: 1 },
    vs: { level: 9, compact: true },
    repeats: 5,
    gauge: stepGauge(),
  });
  const [packed, parsed, other] = chains;
  t.match(packed?.sides, [{ settings: { level: 1 } }, { settings: { level: 9, compact: true } }]);
  // Compact blobs are smaller: each side has an input of its own.
  t.ok(parsed!.sides[1]!.bytesIn < parsed!.sides[0]!.bytesIn);
  t.equal(other?.sides.length, 1, 'nothing is otherwise for this one');
  t.match(packed?.comparison, {
    speed: { median: 1, verdict: 'within the scatter' },
    cpu: { verdict: 'within the scatter' },
  });
  t.equal(packed?.comparison?.speed.ratios.length, 5);
  const [first, second] = packed!.sides;
  t.equal(packed?.comparison?.bytesOut, second!.bytesOut / first!.bytesOut);
});

t.test('a side that takes longer is slower', async (t) => {
  // The first look at the clock of each run of the second side is followed by a longer step.
  let looks = 0;
  let now = 0;
  const gauge = {
    ...stepGauge(),
    now: () => {
      const turn = looks++ >> 1;
      now += turn % 2 === 0 ? 10 : 20;
      return now;
    },
  };
  const { chains } = await bench({
    chains: [['encrypt']],
    vs: { mode: 'aes256' },
    data: DATA,
    repeats: 6,
    gauge,
  });
  const { speed } = chains[0]!.comparison!;
  t.match(speed, { median: 0.5, verdict: 'less', deviation: 0 });
});

t.test('what is read, and where it is written', async (t) => {
  const directory = t.testdir();
  const report = await bench({
    chains: [['upload'], ['rotate']],
    input: Readable.from([TEXT]),
    directory,
    repeats: 1,
  });
  t.match(report, { input: { source: 'read', records: 7 }, repeats: 1 });
  t.ok(report.chains[0]!.sides[0]!.seconds.median > 0);
  t.strictSame(readdirSync(directory), []);
});

t.test('the same seed, the same sum', async (t) => {
  const sumOf = async (seed: number): Promise<string> =>
    (await bench({ chains: [['serialize']], data: { ...DATA, seed }, repeats: 1 })).input.sha256;
  t.equal(await sumOf(1), await sumOf(1));
  t.not(await sumOf(1), await sumOf(2));
});

t.test('what cannot be measured', async (t) => {
  const rows: readonly [Partial<BenchOptions>, code: string][] = [
    [{ chains: [['serialize', 'decompress']] }, 'USAGE'],
    [{ chains: [['upload']] }, 'USAGE'],
    [{ repeats: 0 }, 'RANGE'],
    [{ repeats: 1.5 }, 'RANGE'],
    [{ repeats: MAX_REPEATS + 1 }, 'RANGE'],
    [{ data: { bins: -1 } }, 'RANGE'],
    [{ settings: { level: 99 }, chains: [['compress']] }, 'RANGE'],
    [{ directory: t.testdir({ 'test.asb': TEXT }), chains: [['rotate']] }, 'EXISTS'],
  ];
  for (const [options, code] of rows) {
    const all: BenchOptions = { chains: [['serialize']], data: DATA, repeats: 1, ...options };
    await t.rejects(bench(all), { code }, JSON.stringify(options));
  }
});
