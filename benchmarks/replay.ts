/**
 * Question: what does each stage cost over doing nothing? On the way out every job reads the same
 * prepared replies from a server in a process of its own, and draining the socket is the limit; on
 * the way back it reads a file, and reading it is the limit. Writes go to the same server, which
 * answers "done" to all.
 */
import type { Measured } from './job.ts';
import { runJob, startReplayServer } from './process.ts';
import { type Row, table } from './table.ts';

type Job = readonly [job: string, title: string];

/** The first is the limit of the others. */
const BACKUP: readonly Job[] = [
  ['drain', 'drain the socket (the limit)'],
  ['scan', 'scan'],
  ['serialize', 'scan, serialize'],
  ['compress', 'scan, serialize, compress'],
  ['rotate', 'scan, serialize, rotate to disk'],
  ['ndjson-out', 'scan, NDJSON out'],
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
const WRITERS = ['serialize', 'rotate', 'ndjson-out', 'parse-ndjson', 'ndjson-in'];

const check = (job: string, run: Measured, records: number): void => {
  const enough = LIMITS.includes(job) || run.records === records;
  const text = WRITERS.includes(job);
  if (enough && (!text || run.bytes > records * LEAST_TEXT)) return;
  throw new Error(`${job}: ${run.records} records, ${run.bytes} bytes; ${records} were sent`);
};

const measure = async (
  jobs: readonly Job[],
  records: number,
  repeats: number,
  run: (job: string) => Promise<Measured>,
): Promise<string> => {
  const rows: (Row & { runs: Measured[] })[] = jobs.map(([, name]) => ({ name, runs: [] }));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, [job]] of jobs.entries()) {
      const measured = await run(job);
      check(job, measured, records);
      rows[index]!.runs.push(LIMITS.includes(job) ? { ...measured, records } : measured);
    }
  }
  return table(rows, rows[0]!);
};

export const benchReplay = async (
  records: number,
  repeats: number,
  place: string,
): Promise<string> => {
  const server = await startReplayServer(records);
  const run = (job: string): Promise<Measured> => runJob(job, server.host, 'bench', place);
  try {
    await run('files');
    const out = await measure(BACKUP, records, repeats, run);
    return `${out}\n\n${await measure(RESTORE, records, repeats, run)}`;
  } finally {
    server.stop();
  }
};
