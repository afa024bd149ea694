/** The lines of `--machine`, letter by letter those of asbackup and asrestore, whose readers are strict. */
import type { BackupSummary } from '../jobs/backup-options.ts';
import type { LoadInfo } from '../stages/load.ts';
import type { PaceCounts } from './pace.ts';

/** Seconds beyond which nobody counts. */
const MAX_SECONDS = 100 * 86_400;

/** Only its end says that a backup has all. */
const NOT_YET_ALL = 0.99;

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Of the records expected, which may be a few more or less; if nobody knows them, of the whole. */
export const shareOf = (counts: PaceCounts): number | undefined => {
  const { records, estimatedRecords = 0, share } = counts;
  return estimatedRecords > 0 ? Math.min(records / estimatedRecords, NOT_YET_ALL) : share;
};

/**
 * How far a job is: `PROGRESS:` and whole percents, and `REMAINING:` if that is known.
 *
 * @param share 0 to 1; `undefined` tells nothing
 * @param left milliseconds
 */
export const progressLines = (share: number | undefined, left: number | undefined): string[] => [
  ...(share === undefined ? [] : [`PROGRESS:${Math.floor(share * 100)}`]),
  ...(share === undefined || left === undefined ? [] : [`REMAINING:${remainingOf(left)}`]),
];

/** `1d2h3m4s`: from the first unit that counts on, all of them; `>100d` beyond that. */
const remainingOf = (left: number): string => {
  let seconds = Math.floor(left / 1000);
  if (seconds > MAX_SECONDS) return '>100d';
  let words = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0 || words !== '' || unit === 's') words += `${count}${unit}`;
  }
  return words;
};

/** Records, indexes, UDF modules, bytes, and bytes of a record. */
export const backupSummaryLine = (
  summary: Pick<BackupSummary, 'records' | 'indexes' | 'udfs' | 'bytes'>,
): string => {
  const { records, indexes, udfs, bytes } = summary;
  const each = records === 0 ? 0 : Math.floor(bytes / records);
  return `SUMMARY:${records}:${indexes}:${udfs}:${bytes}:${each}`;
};

/** Records that there are about, and bytes of a record. */
export const estimateLine = (records: number, bytesPerRecord: number): string =>
  `ESTIMATE:${Math.round(records)}:${Math.ceil(bytesPerRecord)}`;

/** UDF modules, indexes, then records by what became of them; the space is asrestore's. */
export const restoreSummaryLine = (
  loaded: Pick<LoadInfo, 'indexes' | 'udfs' | 'total' | 'expired' | 'skipped'> &
    Pick<LoadInfo, 'ignored' | 'inserted' | 'existed' | 'fresher'>,
): string => {
  const { total, expired, skipped, ignored, inserted, existed, fresher } = loaded;
  const [udfs, indexes] = [loaded.udfs, loaded.indexes].map(
    ({ created, replaced, same }) => created + replaced + same,
  );
  const read = `${udfs}:${indexes}:${total}:${expired}:${skipped}:${ignored}`;
  return `SUMMARY:${read} :${inserted}:${existed}:${fresher}`;
};
