import { messageOf } from '../errors.ts';
import type { RestoreOptions, RestoreProgress, RestoreSummary } from '../jobs/restore.ts';
import { type ProgressCounts, ProgressDisplay } from './progress-display.ts';
import type { Shell } from './shell.ts';

/**
 * Restores, and shows how far it is; a signal ends it.
 * @throws what the job's `done` rejects with
 */
export const runRestore = async (
  shell: Shell,
  options: RestoreOptions,
): Promise<RestoreSummary> => {
  const { restore } = await import('../jobs/restore.ts');
  shell.signal.throwIfAborted();
  const job = restore(options);
  const stop = () => job.abort(messageOf(shell.signal.reason));
  shell.signal.addEventListener('abort', stop);
  const display = new ProgressDisplay({ shell, counts: () => countsOf(job.progress) });
  return job.done.finally(() => {
    display.close();
    shell.signal.removeEventListener('abort', stop);
  });
};

/** Of a stream nobody knows the end: it has no share. */
export const countsOf = ({ records, bytesRead, bytesTotal }: RestoreProgress): ProgressCounts => ({
  records,
  bytes: bytesRead,
  share: bytesTotal ? bytesRead / bytesTotal : undefined,
  whole: 'the bytes',
});
