/**
 * Question: what does each stage cost over reading the socket? Every job reads the same prepared
 * replies from a server in a process of its own; draining the socket is the limit.
 */
import type { Measured } from './job.ts';
import { runJob, startReplayServer } from './process.ts';
import { type Row, table } from './table.ts';

const ROWS: readonly (readonly [job: string, title: string])[] = [
  ['drain', 'drain the socket (the limit)'],
  ['scan', 'scan'],
  ['serialize', 'scan, serialize'],
  ['compress', 'scan, serialize, compress'],
  ['rotate', 'scan, serialize, rotate to disk'],
  ['ndjson-out', 'scan, NDJSON out'],
  ['ndjson-in', 'NDJSON in, serialize'],
];

/** Text of one record of the benchmark is never shorter; less means that something was lost. */
const LEAST_TEXT = 200;

const check = (job: string, run: Measured, records: number): void => {
  const enough = job === 'drain' || run.records === records;
  const text = ['serialize', 'rotate', 'ndjson-out', 'ndjson-in'].includes(job);
  if (enough && (!text || run.bytes > records * LEAST_TEXT)) return;
  throw new Error(`${job}: ${run.records} records, ${run.bytes} bytes; ${records} were sent`);
};

export const benchReplay = async (
  records: number,
  repeats: number,
  place: string,
): Promise<string> => {
  const server = await startReplayServer(records);
  try {
    await runJob('ndjson-file', server.host, 'bench', place);
    const rows: (Row & { runs: Measured[] })[] = ROWS.map(([, name]) => ({ name, runs: [] }));
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [index, [job]] of ROWS.entries()) {
        const run = await runJob(job, server.host, 'bench', place);
        check(job, run, records);
        rows[index]!.runs.push(job === 'drain' ? { ...run, records } : run);
      }
    }
    return table(rows, rows[0]!);
  } finally {
    server.stop();
  }
};
