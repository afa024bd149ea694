import type { Trial, Trials } from './advice.ts';
import type { Gauge } from './gauge.ts';
import type { BenchSettings } from './settings.ts';
import { median, spreadOf } from './statistics.ts';
import type { Run } from './subject.ts';

/** Runs of each settings at most: more say nothing new. */
export const MAX_TRIAL_RUNS = 7;

/** What is tried, and for how long. */
export interface TrialOptions {
  /** The first one is the default, which is tried whatever the time is. */
  readonly candidates: readonly [BenchSettings, ...BenchSettings[]];
  /** Looks once whether what comes out is right; it warms up, too. */
  readonly check: (settings: BenchSettings) => Promise<void>;
  readonly run: (settings: BenchSettings) => Promise<Run>;
  readonly gauge: Gauge;
  /** How much longer than those before the next settings are reckoned to take. */
  readonly growth: number;
  /** On the gauge's clock: what would not be done by then is not begun. */
  readonly deadline: number;
}

/**
 * Tries settings one after the other, and then in turn for as long as there is time: what changes
 * slowly counts for all of them.
 */
export const tryAll = async (options: TrialOptions): Promise<Trials> => {
  const { candidates, check, run, gauge, growth, deadline } = options;
  const [preset, ...others] = candidates;
  const tryOne = async (settings: BenchSettings) => {
    const begin = gauge.now();
    await check(settings);
    const runs = [await run(settings)];
    return { settings, runs, cost: gauge.now() - begin };
  };

  let last = await tryOne(preset);
  const first = last;
  const rest: (typeof first)[] = [];
  let next = 0;
  for (; next < others.length && gauge.now() + growth * last.cost <= deadline; next++) {
    last = await tryOne(others[next]!);
    rest.push(last);
  }

  const all = [first, ...rest];
  const turn = all.reduce((sum, { cost }) => sum + cost, 0);
  for (let runs = 1; runs < MAX_TRIAL_RUNS && gauge.now() + turn <= deadline; runs++) {
    for (const each of all) each.runs.push(await run(each.settings));
  }
  return { tried: [trialOf(first), ...rest.map(trialOf)], leftOut: others.slice(next) };
};

const trialOf = ({
  settings,
  runs,
}: {
  readonly settings: BenchSettings;
  readonly runs: readonly Run[];
}): Trial => ({
  settings,
  seconds: spreadOf(runs.map(({ seconds }) => seconds)),
  cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
  bytesOut: runs[0]!.bytesOut,
  runs: runs.length,
});
