import type { StageFigures } from './figures.ts';
import { limitOf } from './limit.ts';
import { Meter } from './meter.ts';
import type { Stage } from './probe.ts';
import { tableOf } from './table.ts';
import { utilizationFromNow } from './utilization.ts';

/** Stages that are watched. */
export interface Metered<Stages extends Readonly<Record<string, Stage>>> {
  /** In their order, for `pipeline()`. */
  readonly stages: readonly Stages[keyof Stages][];
  /** What each has done until now. */
  figures(): StageFigures[];
  /** The same as a table for people, with the limiting stage, in lines. */
  report(): string;
}

/**
 * Watches a pipeline: how many items and bytes go into and out of each stage, and for how long it works, waits
 * for input, and is held back by its output. It costs a few looks at the clock a chunk.
 *
 *     const metered = meter({ scan: scan(…), serialize: serialize(…), rotate: rotate(…) });
 *     await pipeline(metered.stages);
 *     console.log(metered.report());
 *
 * @param stages by name, in the order in which they are piped; any streams of Node
 */
export const meter = <Stages extends Readonly<Record<string, Stage>>>(
  stages: Stages,
  {
    now = () => performance.now(),
    utilization = utilizationFromNow(),
  }: {
    /** A clock in milliseconds, for tests. */
    readonly now?: () => number;
    /** Share of the time until now for which the thread was at work, for tests. */
    readonly utilization?: () => number;
  } = {},
): Metered<Stages> => {
  const watching = new Meter({ now });
  const begin = now();
  watching.watch(stages);
  const list: Stages[keyof Stages][] = [];
  for (const name in stages) list.push(stages[name]);
  return {
    stages: list,
    figures: () => watching.figures(),
    report() {
      const figures = watching.figures();
      return tableOf(figures, now() - begin, limitOf(figures, utilization())).join('\n');
    },
  };
};
