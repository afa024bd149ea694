import { readdirSync } from 'node:fs';
import t from 'tap';
import { type AdviseOptions, adviseSettings } from '../../lib/bench/advise.ts';
import { stepGauge } from '../helpers/gauge.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const DATA = { records: 2000 } as const;
const MIB = 1024 * 1024;

t.test('levels, sizes of frames, and how many at a time', async (t) => {
  const asked: string[] = [];
  const advice = await adviseSettings({
    data: DATA,
    // Time for some of them, by this clock.
    seconds: 50,
    gauge: stepGauge(1000),
    onQuestion: (what) => asked.push(what),
  });
  t.strictSame(asked, ['levels', 'frameSizes', 'concurrencies']);
  const { levels, frameSizes, concurrencies } = advice;
  const all = [...levels.tried.map(({ settings }) => settings), ...levels.leftOut];
  t.strictSame(
    all.map(({ level }) => level),
    [3, 1, 6, 9, 12, 15, 19],
  );
  t.equal(levels.tried.length, 4);
  for (const { tried, leftOut } of [frameSizes, concurrencies]) {
    t.equal(tried.length + leftOut.length, 3);
  }
  t.ok(frameSizes.tried.length > 1);
  t.match(advice, {
    version: 1,
    input: { source: 'generated', records: 2000 },
    best: { level: Number, frameSize: 3 * MIB, concurrency: 2 },
  });
  t.ok(advice.textBytes > 100_000);
  t.notOk('place' in advice);
  // All took as long as each other, by this clock: the fewest bytes are best.
  const best = advice.levels.tried.find(({ settings }) => settings.level === advice.best.level);
  t.ok(advice.levels.tried.every(({ bytesOut }) => bytesOut > best!.bytesOut * 0.95));
});

t.test('without time, the defaults', async (t) => {
  const advice = await adviseSettings({ data: DATA, seconds: 1, gauge: stepGauge(10_000) });
  t.match(advice.best, { level: 3, frameSize: 3 * MIB, concurrency: 2 });
  t.strictSame(
    advice.levels.leftOut.map(({ level }) => level),
    [1, 6, 9, 12, 15, 19],
  );
});

t.test('a directory: how fast it is', async (t) => {
  const directory = t.testdir();
  const advice = await adviseSettings({
    data: DATA,
    directory,
    seconds: 5,
    gauge: stepGauge(1000),
  });
  // More than 16 MiB in a second, by this clock.
  t.match(advice.place, { location: directory, bytesPerSecond: Number });
  t.ok(advice.place!.bytesPerSecond >= 16 * MIB && advice.place!.bytesPerSecond < 17 * MIB);
  t.notOk('uploads' in advice.place!);
  t.strictSame(readdirSync(directory), []);
});

t.test('S3: parts, and how many at once', async (t) => {
  const server = await ownServer(t);
  const asked: string[] = [];
  const advice = await adviseSettings({
    data: DATA,
    directory: `s3://${BUCKET}/here`,
    s3: { client: clientOf(t, server) },
    seconds: 16,
    gauge: stepGauge(1000),
    onQuestion: (what) => asked.push(what),
  });
  t.strictSame(asked, ['place', 'levels', 'frameSizes', 'concurrencies', 'uploads']);
  const { tried, leftOut } = advice.place!.uploads!;
  t.strictSame(tried[0].settings, {});
  t.equal(tried.length + leftOut.length, 6);
  t.ok(tried[0].bytesOut >= 16 * MIB);
  t.strictSame(server.uploads(BUCKET), []);
  t.equal(server.object(BUCKET, 'here/asb-bench.asb'), undefined);
});

t.test('what cannot be advised on', async (t) => {
  const directory = t.testdir({ 'test.asb': '' });
  const rows: readonly [AdviseOptions, code: string][] = [
    [{ seconds: 0 }, 'RANGE'],
    [{ seconds: Number.NaN }, 'RANGE'],
    [{ seconds: 86_401 }, 'RANGE'],
    [{ directory }, 'EXISTS'],
  ];
  for (const [options, code] of rows) {
    await t.rejects(adviseSettings({ data: DATA, ...options }), { code });
  }
});
