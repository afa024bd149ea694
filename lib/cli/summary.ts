import type { BackupSummary } from '../jobs/backup.ts';
import { countOf, formatBytes, formatCount, formatDuration } from './format.ts';
import type { Shell } from './shell.ts';

/** Tells what a finished backup holds: in lines for people, and for programs as facts beside the first. */
export const tellBackup = (shell: Pick<Shell, 'say'>, summary: BackupSummary): void => {
  for (const [index, line] of summaryLines(summary).entries()) {
    shell.say(line, index === 0 ? { event: 'summary', ...summary } : {});
  }
};

/** What a finished backup holds, in lines for people. */
export const summaryLines = (summary: BackupSummary): string[] => {
  const { records, indexes, udfs, files, bytes, elapsed, retries, vectors, version } = summary;
  const { recordsBefore } = summary;
  const rate = elapsed > 0 ? (records - recordsBefore) / (elapsed / 1000) : 0;
  // What goes on has no globals, which may have asked for more.
  const versionWords = recordsBefore > 0 ? '' : `, .asb version ${version}`;
  const lines = [
    `backed up ${countOf(records, 'record')}, ` +
      `${countOf(indexes, 'secondary index', 'secondary indexes')}, ` +
      `${countOf(udfs, 'UDF module')} to ${countOf(files, 'file')}, ${formatBytes(bytes)}, ` +
      `in ${formatDuration(elapsed)} (${formatCount(rate)} records/s${versionWords})`,
  ];
  if (recordsBefore > 0) {
    lines.push(`note: went on behind ${countOf(recordsBefore, 'record')} that were safe already`);
  }
  if (retries > 0) lines.push(`note: parts of the scan were asked for again (${retries} times)`);
  if (vectors > 0) {
    lines.push(
      `warning: ${countOf(vectors, 'vector bin')}; asrestore and absctl can't read such a backup, ` +
        'only asb can',
    );
  }
  return lines;
};
