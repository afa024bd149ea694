import type { RestoreOptions, RestoreProgress, RestoreSummary } from '../jobs/restore.ts';
import { Machine } from './machine.ts';
import { restoreSummaryLine } from './machine-lines.ts';
import { type ProgressCounts, ProgressDisplay } from './progress-display.ts';
import type { Shell } from './shell.ts';
import { stopWith } from './stopping.ts';

/**
 * Restores, and shows how far it is; a signal ends it.
 * @param machine where lines for programs go, if anywhere
 * @throws what the job's `done` rejects with
 */
export const runRestore = async (
  shell: Shell,
  options: RestoreOptions,
  machine?: string,
): Promise<RestoreSummary> => {
  const lines = await Machine.open(machine, shell);
  const { restore } = await import('../jobs/restore.ts');
  shell.signal.throwIfAborted();
  const job = restore({ ...options, meter: shell.meter });
  const over = stopWith(shell.signal, job);
  const counts = () => countsOf(job.progress);
  const display = new ProgressDisplay({ shell, counts });
  lines?.watch(counts);
  return job.done
    .then((summary) => {
      lines?.say(restoreSummaryLine(summary));
      return summary;
    })
    .catch((error: unknown) => {
      const { stateFile = options.continueFrom } = options;
      const { records, bytesTotal } = job.progress;
      // What is read from a pipe cannot go on.
      if (stateFile === undefined && records > 0 && bytesTotal !== undefined) shell.say(HINT);
      throw error;
    })
    .finally(async () => {
      display.close();
      await lines?.close();
      over();
    });
};

const HINT = 'note: with --state-file-dst FILE, --continue FILE can go on with what is cut off';

/** Of a stream nobody knows the end: it has no share. */
export const countsOf = ({ records, bytesRead, bytesTotal }: RestoreProgress): ProgressCounts => ({
  records,
  bytes: bytesRead,
  share: bytesTotal ? bytesRead / bytesTotal : undefined,
  whole: 'the bytes',
});
