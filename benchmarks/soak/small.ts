/**
 * Many small jobs in one process, and what they leave behind:
 *
 *     node --expose-gc small.js BACKUPS DIRECTORY SERVERS [STEP]   prints a line of JSON
 *
 * @param SERVERS JSON, as `servers.js` prints it
 * @param STEP a piece of the name of the only steps after the first round: to find who leaks
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { BACKUPS } from './backups.ts';
import { READERS } from './readers.ts';
import { type Counts, DESCRIPTORS, heldNow, leftOver, objectsNow } from './resources.ts';
import type { Step, World } from './step.ts';
import { BUCKET, type Servers } from './world.ts';

export interface SmallJobs {
  readonly seconds: number;
  readonly backups: number;
  readonly others: number;
  /** In MB, after each step. */
  readonly rss: readonly number[];
  /** In MB, after each round, when all that can be collected is. */
  readonly heap: readonly number[];
  /** What was held and what was in memory after the first round, and at the end. */
  readonly atFirst: Counts;
  readonly atLast: Counts;
  /** What went wrong, or stayed open. */
  readonly failures: readonly string[];
}

/** Failures after which it goes no further. */
const MOST_FAILURES = 20;

const [, , count = '', place = '', json = '', piece = ''] = process.argv;
const servers: Servers = JSON.parse(json);
const wanted = Number(count);
const collect = globalThis.gc;
if (collect === undefined) throw new Error('node --expose-gc is needed');

const begin = performance.now();
const done = { backups: 0, others: 0 };
const heap: number[] = [];
const rss: number[] = [];
/** Each with how often it came. */
const failures = new Map<string, number>();
let failed = 0;
const fail = (failure: string): void => {
  failed++;
  failures.set(failure, (failures.get(failure) ?? 0) + 1);
};
// Node opens the standard streams when they are first used.
for (const stream of [process.stdout, process.stderr]) stream.write('');
let held = heldNow();

/** Does a step, and looks what is left of it. */
const doStep = async ({ name, backups, run }: Step, world: World): Promise<void> => {
  try {
    await run(world);
  } catch (error) {
    fail(`${name}: ${messageOf(error)}${causeOf(error)}`);
  }
  done.backups += backups;
  if (backups === 0) done.others++;
  const left = await leftOver(held);
  if (Object.keys(left).length > 0) {
    fail(`${name} leaves ${JSON.stringify(left)}`);
    held = heldNow(); // so that the next is not blamed
  }
  rss.push(process.memoryUsage.rss() / 1e6);
};

const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : '';

/** Does the steps, in a place of their own. */
const doRound = async (name: string, steps: readonly Step[]): Promise<void> => {
  const directory = join(place, name);
  const world: World = {
    servers,
    at: (file) => join(directory, file),
    s3: (key) => `s3://${BUCKET}/${name}/${key}`,
  };
  for (const step of steps) await doStep(step, world);
  rmSync(directory, { recursive: true, force: true });
  collect();
  heap.push(process.memoryUsage().heapUsed / 1e6);
};

const steps = [...BACKUPS, ...READERS];
// In the first round libuv opens what it keeps, and connections to S3 come about that jobs share.
held = { ...held, [DESCRIPTORS]: Number.POSITIVE_INFINITY };
await doRound('first', steps);
held = heldNow();
const atFirst = { ...held, ...objectsNow() };

const chosen = steps.filter(({ name }) => name.includes(piece));
for (let round = 1; done.backups < wanted && failed < MOST_FAILURES; round++) {
  await doRound(`round-${round}`, chosen);
}

const summary: SmallJobs = {
  seconds: (performance.now() - begin) / 1000,
  ...done,
  ...{ heap, rss, atFirst, atLast: { ...heldNow(), ...objectsNow() } },
  failures: Array.from(failures, ([failure, times]) => `${failure} (${times} times)`),
};
console.log(JSON.stringify(summary));
