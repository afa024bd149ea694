import t from 'tap';
import type { BenchSettings } from '../../lib/bench/settings.ts';
import { MAX_TRIAL_RUNS, tryAll } from '../../lib/bench/trials.ts';

/** Levels by what a run of them takes, on a clock that only they move. */
const clockWork = (costs: Readonly<Record<number, number>>) => {
  let now = 0;
  const log: string[] = [];
  const step =
    (what: string) =>
    async ({ level = 0 }: BenchSettings) => {
      now += (costs[level] ?? 0) * 1000;
      log.push(`${what}${level}`);
      const seconds = costs[level] ?? 0;
      return { seconds, cpuSeconds: seconds * 2, peakMemory: 0, bytesOut: 100 - level };
    };
  return {
    log,
    options: {
      gauge: { now: () => now, cpu: () => 0, memory: () => 0 },
      check: async (settings: BenchSettings) => void (await step('check ')(settings)),
      run: step('run '),
      growth: 2,
    },
  };
};

t.test('one after the other, then in turn, as long as there is time', async (t) => {
  const { log, options } = clockWork({ 3: 1, 1: 2 });
  const trials = await tryAll({
    ...options,
    candidates: [{ level: 3 }, { level: 1 }],
    deadline: 13_000,
  });
  // 6 s for each once; a turn is reckoned as long as that, and takes 3.
  t.strictSame(log, ['check 3', 'run 3', 'check 1', 'run 1', 'run 3', 'run 1']);
  t.match(trials, {
    tried: [
      { settings: { level: 3 }, seconds: { median: 1 }, cpuSeconds: 2, bytesOut: 97 },
      { settings: { level: 1 }, seconds: { median: 2 }, cpuSeconds: 4, bytesOut: 99 },
    ],
    leftOut: [],
  });
});

t.test('what would take too long is left out, and all behind it', async (t) => {
  const { log, options } = clockWork({ 3: 1, 6: 5, 9: 20, 12: 1 });
  const levels = [{ level: 3 }, { level: 6 }, { level: 9 }, { level: 12 }] as const;
  const trials = await tryAll({ ...options, candidates: levels, deadline: 20_000 });
  t.strictSame(trials.leftOut, [{ level: 9 }, { level: 12 }]);
  t.equal(trials.tried.length, 2);
  t.notOk(log.includes('run 9'));
});

t.test('the default is tried without any time; and nothing too often', async (t) => {
  const late = clockWork({ 3: 1 });
  t.match(await tryAll({ ...late.options, candidates: [{ level: 3 }, {}], deadline: -1 }), {
    tried: [{ runs: 1 }],
    leftOut: [{}],
  });
  const long = clockWork({ 3: 1 });
  t.match(await tryAll({ ...long.options, candidates: [{ level: 3 }], deadline: 1e9 }), {
    tried: [{ runs: MAX_TRIAL_RUNS }],
  });
});
