/**
 * Prints, as a line of JSON, how many bytes of V8's heap each engine takes for a record:
 *
 *     node --expose-gc --single-threaded --min-semi-space-size=64 --max-semi-space-size=64 measure.ts
 *
 * Nothing is compiled beside it, and nothing is collected while it counts; so it counts the same
 * however busy the machine is.
 */
import { GCProfiler, getHeapStatistics } from 'node:v8';
import { ENGINES, type Engine, RECORDS } from './engines.ts';

/** Calls in which an engine is compiled: what is not, takes more. */
const CALLS_BEFORE = 60;
/** The figure is the least of so many rounds: what is compiled late counts in one of them. */
const ROUNDS = 5;
/** Calls of an engine in one round. */
const CALLS = 3;

const call = (run: Engine): void => {
  const records = run();
  if (records !== RECORDS) throw new Error(`${records} of ${RECORDS} records`);
};

const bytesOfRound = (run: Engine): number => {
  globalThis.gc?.();
  const profiler = new GCProfiler();
  profiler.start();
  const before = getHeapStatistics().used_heap_size;
  for (let count = 0; count < CALLS; count++) call(run);
  const after = getHeapStatistics().used_heap_size;
  const collected = profiler.stop().statistics.length;
  if (collected > 0) throw new Error(`the heap was collected ${collected} times in between`);
  return (after - before) / (CALLS * RECORDS);
};

const bytesOf = (run: Engine): number => {
  for (let count = 0; count < CALLS_BEFORE; count++) call(run);
  return Math.min(...Array.from({ length: ROUNDS }, () => bytesOfRound(run)));
};

const figures = Object.entries(ENGINES).map(([name, make]) => [name, bytesOf(make())]);
console.log(JSON.stringify(Object.fromEntries(figures)));
