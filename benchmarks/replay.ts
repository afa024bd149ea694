/**
 * Question: what does each stage cost over doing nothing? On the way out every job reads the same
 * prepared replies from a server in a process of its own, and draining the socket is the limit; on
 * the way back it reads a file, and reading it is the limit. Writes go to the same server, which
 * answers "done" to all.
 */
import type { Measured } from './job.ts';
import { runJob, startReplayServer } from './process.ts';
import { inTurn, type Section } from './table.ts';

type Job = readonly [job: string, title: string];

/** The first is the limit of the others. */
const BACKUP: readonly Job[] = [
  ['drain', 'drain the socket (the limit)'],
  ['scan', 'scan'],
  ['serialize', 'scan, serialize'],
  ['compress', 'scan, serialize, compress'],
  ['rotate', 'scan, serialize, rotate to disk'],
  ['ndjson-out', 'scan, NDJSON out'],
  ['backup', 'backup to /dev/null'],
];

/** Threads take a while to begin: of many records, that counts for less. */
const WORKERS: readonly Job[] = [
  ['drain', 'drain the socket (the limit)'],
  ['backup', 'backup to /dev/null'],
  ['backup-workers-1', 'the same, `--workers 1`'],
  ['backup-workers-2', 'the same, `--workers 2`'],
  ['backup-workers-3', 'the same, `--workers 3`'],
];

const RESTORE: readonly Job[] = [
  ['read', 'read the file (the limit)'],
  ['parse', 'parse'],
  ['load', 'parse, load'],
  ['parse-ndjson', 'parse, NDJSON out'],
  ['ndjson-records', 'NDJSON in'],
  ['ndjson-in', 'NDJSON in, serialize'],
];

/** Text of one record of the benchmark is never shorter; less means that something was lost. */
const LEAST_TEXT = 200;

const LIMITS = ['drain', 'read'];
const WRITERS = /^(?:serialize|rotate|backup.*|ndjson-out|parse-ndjson|ndjson-in)$/;

const check = (job: string, run: Measured, records: number): void => {
  const enough = LIMITS.includes(job) || run.records === records;
  const text = WRITERS.test(job);
  if (enough && (!text || run.bytes > records * LEAST_TEXT)) return;
  throw new Error(`${job}: ${run.records} records, ${run.bytes} bytes; ${records} were sent`);
};

/** The ways of jobs against a server, each of which must move so many records. */
const waysOf = (jobs: readonly Job[], host: string, records: number, place: string) =>
  jobs.map(([job, title]) => {
    const run = async (): Promise<Measured> => {
      const measured = await runJob(job, host, 'bench', place);
      check(job, measured, records);
      return LIMITS.includes(job) ? { ...measured, records } : measured;
    };
    return [title, run] as const;
  });

/** @param records that the replay server answers with */
export const benchReplay = async (
  records: number,
  repeats: number,
  place: string,
): Promise<Section[]> => {
  const { host, stop } = await startReplayServer(records);
  const measure = (jobs: readonly Job[]) => inTurn(waysOf(jobs, host, records, place), repeats);
  try {
    await runJob('files', host, 'bench', place);
    return [
      {
        title: 'On the way out, from a replay server',
        rows: await measure(BACKUP),
        by: 'records',
      },
      {
        title: 'On the way back, from a file of text',
        rows: await measure(RESTORE),
        by: 'records',
      },
    ];
  } finally {
    stop();
  }
};

/** Question: what do more threads bring, where nothing else limits? Eight times the records. */
export const benchWorkers = async (
  records: number,
  repeats: number,
  place: string,
): Promise<Section[]> => {
  const { host, stop } = await startReplayServer(8 * records);
  try {
    const rows = await inTurn(waysOf(WORKERS, host, 8 * records, place), repeats);
    return [{ title: 'Workers, from a replay server, 8 times the records', rows, by: 'records' }];
  } finally {
    stop();
  }
};
