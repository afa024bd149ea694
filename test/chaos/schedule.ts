/** What goes wrong in one run, and when: all of it follows from a seed. */
import { Random } from '../fuzz/random.ts';

/** Result codes that pass, of a scan. */
const SCAN_CODES = [9, 11, 14, 15, 18, 22];
/** The same of a batch, and of its rows. */
const WRITE_CODES = [9, 11, 14, 18, 152];
const CUTS = ['close', 'middle', 'reset'] as const;

/** What may happen. `node` is the n-th of those that are up; `ticks` later it is over. */
export type Event =
  | { readonly does: 'cut-scan'; readonly how: (typeof CUTS)[number]; readonly after: number }
  | { readonly does: 'answer-scan'; readonly code: number; readonly times: number }
  | {
      readonly does: 'hold';
      readonly from: number;
      readonly count: number;
      readonly scans: number;
    }
  | { readonly does: 'refuse'; readonly times: number }
  | { readonly does: 'reset' | 'add' }
  | { readonly does: 'kill' | 'close-port' | 'silence'; readonly ticks: number }
  | { readonly does: 'migrate'; readonly from: number; readonly count: number; readonly to: number }
  | { readonly does: 'answer-batch' | 'answer-row'; readonly code: number; readonly times: number }
  | { readonly does: 'apply-row'; readonly times: number }
  | {
      readonly does: 'cut-write';
      readonly after: number;
      readonly answered: boolean;
      readonly how: 'close' | 'reset';
    }
  | { readonly does: 'put' | 'delete'; readonly count: number };

export interface Timed {
  /** When: how many protos, answers to writes and notices came before. */
  readonly at: number;
  readonly node: number;
  readonly event: Event;
}

export interface Schedule {
  readonly seed: number;
  readonly nodes: number;
  readonly replicationFactor: number;
  readonly records: number;
  readonly parallel: number;
  readonly batchSize: number;
  readonly events: readonly Timed[];
}

/** Most that a cluster has, with those that come in between. */
const MAX_NODES = 4;

export const scheduleOf = (seed: number): Schedule => {
  const random = new Random(seed);
  const nodes = 1 + random.below(MAX_NODES);
  const count = 2 + random.below(14);
  return {
    seed,
    nodes,
    replicationFactor: 1 + random.below(3),
    records: random.pick([0, 1, 60, 200, 400]),
    parallel: 1 + random.below(8),
    batchSize: 1 + random.below(40),
    events: Array.from({ length: count }, () => ({
      at: random.below(40),
      node: random.below(MAX_NODES),
      event: eventOf(random),
    })).sort((one, other) => one.at - other.at),
  };
};

const eventOf = (random: Random): Event => {
  const times = 1 + random.below(3);
  const ticks = 1 + random.below(8);
  return random.pick<() => Event>([
    () => ({ does: 'cut-scan', how: random.pick(CUTS), after: random.below(80) }),
    () => ({ does: 'cut-scan', how: random.pick(CUTS), after: random.below(3) }),
    () => ({ does: 'answer-scan', code: random.pick(SCAN_CODES), times }),
    () => ({
      does: 'hold',
      from: random.below(4096),
      count: random.pick([1, 5, 3000]),
      scans: times,
    }),
    () => ({ does: 'refuse', times }),
    () => ({ does: 'reset' }),
    () => ({ does: 'add' }),
    () => ({ does: 'kill', ticks }),
    () => ({ does: 'close-port', ticks }),
    () => ({ does: 'silence', ticks }),
    () => ({
      does: 'migrate',
      from: random.below(4096),
      count: 1 + random.below(4096),
      to: random.below(MAX_NODES),
    }),
    () => ({ does: 'answer-batch', code: random.pick(WRITE_CODES), times }),
    () => ({ does: 'answer-row', code: random.pick(WRITE_CODES), times: times * 4 }),
    () => ({ does: 'apply-row', times }),
    () => ({
      does: 'cut-write',
      after: random.below(20),
      answered: random.below(2) === 0,
      how: random.pick(['close', 'reset'] as const),
    }),
    () => ({ does: 'put', count: 1 + random.below(50) }),
    () => ({ does: 'delete', count: 1 + random.below(20) }),
  ])();
};
