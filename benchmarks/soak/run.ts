/**
 *     npm run soak [-- --gigabytes 5 --backups 1000 --minutes 30 --place DIRECTORY]
 *
 * Question: does anything grow that must not? A backup of a few GB, its verification and its restore,
 * each in a process of its own, whose memory is watched; then many small jobs in one process, after
 * each of which all must be given back. The exit status is 1 if anything is off.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { messageOf } from '../../lib/errors.ts';
import { runScript, startReplayServer, startServer } from '../process.ts';
import type { LargeJob } from './large.ts';
import { type LargeRow, largeRow, largeTable, smallTable, type Verdict } from './report.ts';
import { lackOfRoom, recordsFor, roomFor } from './size.ts';
import type { SmallJobs } from './small.ts';
import type { Servers } from './world.ts';

const { argv } = yargs(process.argv.slice(2))
  .options({
    gigabytes: { type: 'number', default: 5, describe: 'text of the large backup, in GB' },
    backups: { type: 'number', default: 1000, describe: 'small backups, 500 or more' },
    minutes: { type: 'number', default: 30, describe: 'it must be done within' },
    place: { type: 'string', default: tmpdir(), describe: 'where files are written' },
  })
  .strict();
const { gigabytes, backups, minutes, place } = await argv;

const stop = new AbortController();
// Not once: npm passes on what a terminal has sent already, and files are still to be removed.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
}
const timeLimit = AbortSignal.timeout(minutes * 60_000);
const signal = AbortSignal.any([stop.signal, timeLimit]);

const runLarge = async (directory: string, records: number): Promise<Verdict> => {
  const server = await startReplayServer(records);
  const rows: LargeRow[] = [];
  try {
    for (const name of ['backup', 'verify', 'restore']) {
      console.error(`${name}: ${records.toLocaleString('en')} records`);
      const args = [name, server.host, directory, String(records)];
      const job: LargeJob = JSON.parse(await runScript('soak/large', args, { signal }));
      rows.push(largeRow(name, records, job));
    }
  } finally {
    server.stop();
  }
  return largeTable(rows);
};

const runSmall = async (directory: string): Promise<Verdict> => {
  const server = await startServer('soak/servers');
  try {
    console.error(`${backups} small backups, and what goes with them`);
    const { s3Environment: env }: Servers = JSON.parse(server.line);
    const args = [String(backups), directory, server.line];
    const options = { flags: ['--expose-gc'], env, signal };
    const jobs: SmallJobs = JSON.parse(await runScript('soak/small', args, options));
    return smallTable(jobs);
  } finally {
    server.stop();
  }
};

/** Failures of one part are told at the end, and the next part still has its turn. */
const attempt = async (part: () => Promise<Verdict>): Promise<Verdict> => {
  try {
    signal.throwIfAborted();
    return await part();
  } catch (error) {
    const reason = timeLimit.aborted ? `not done within ${minutes} minutes` : messageOf(error);
    return { table: '', failures: [stop.signal.aborted ? messageOf(stop.signal.reason) : reason] };
  }
};

const soak = async (records: number): Promise<void> => {
  const directory = mkdtempSync(join(place, 'asb-soak-'));
  try {
    const verdicts = [
      await attempt(() => runLarge(join(directory, 'large'), records)),
      await attempt(() => runSmall(join(directory, 'small'))),
    ];
    const failures = new Set(verdicts.flatMap((verdict) => verdict.failures));
    const tables = verdicts.map(({ table }) => table).filter((table) => table !== '');
    const told =
      failures.size === 0
        ? ['nothing grew, and nothing was left over']
        : Array.from(failures, (failure) => `OFF: ${failure}`);
    console.log([...tables, ...told].join('\n\n'));
    process.exitCode = failures.size === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const records = recordsFor(gigabytes);
const room = roomFor(records);
const lack = await lackOfRoom(place, room);
if (lack === undefined) {
  console.error(`takes up to ${Math.ceil(room / 1e6)} MB in ${place}, and ${minutes} minutes`);
  await soak(records);
} else {
  console.error(lack);
  process.exitCode = 1;
}
