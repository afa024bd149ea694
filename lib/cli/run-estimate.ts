import type { EstimateOptions } from '../jobs/estimate.ts';
import { tellEstimate } from './estimate-report.ts';
import type { Machine } from './machine.ts';
import { estimateLine } from './machine-lines.ts';
import { ProgressDisplay } from './progress-display.ts';
import type { Shell } from './shell.ts';
import { stopWith } from './stopping.ts';

/**
 * Estimates, shows how far it is, and tells what came of it; a signal ends it.
 *
 * @param lines for programs; closed in the end
 * @throws what the job's `done` rejects with
 */
export const runEstimate = async (
  shell: Shell,
  options: EstimateOptions,
  lines: Machine | undefined,
): Promise<void> => {
  const { estimate } = await import('../jobs/estimate.ts');
  const job = estimate(options);
  const over = stopWith(shell.signal, job);
  const counts = () => {
    const { samples, wanted, bytes } = job.progress;
    return { records: samples, bytes, share: Math.min(1, samples / wanted), whole: 'the sample' };
  };
  const display = new ProgressDisplay({ shell, counts });
  lines?.watch(counts);
  try {
    const summary = await job.done;
    const { records, bytes } = summary;
    // asbackup's number of bytes: what a record has at most on average, before it is compressed.
    lines?.say(estimateLine(records.value, bytes.most / Math.max(1, records.value)));
    display.close();
    tellEstimate(shell, summary);
  } finally {
    display.close();
    over();
    await lines?.close();
  }
};
