import type { LoadInfo } from '../stages/load.ts';
import { countOf, formatBytes, formatCount, formatDuration } from './format.ts';
import type { Shell } from './shell.ts';

/** What a finished restore or load tells beside its counters. */
export interface Loaded extends LoadInfo {
  /** Where it went. */
  readonly namespace: string;
  /** Milliseconds. */
  readonly elapsed: number;
  /** Files read, and their bytes as they are stored; left out for a stream. */
  readonly files?: number;
  readonly bytesRead?: number;
  /** Files that were done before a restore went on, and the records read from them. */
  readonly filesBefore?: number;
  readonly recordsBefore?: number;
}

/**
 * Tells what was restored or loaded: in lines for people, and for programs as facts beside the first.
 * @param verb what was done: `restored`
 */
export const tellLoaded = (shell: Pick<Shell, 'say'>, verb: string, loaded: Loaded): void => {
  for (const [index, line] of loadedLines(verb, loaded).entries()) {
    shell.say(line, index === 0 ? { event: 'summary', ...loaded } : {});
  }
};

/** What was restored or loaded, in lines for people: every record read stands in one number. */
export const loadedLines = (verb: string, loaded: Loaded): string[] => {
  const { namespace, elapsed, files, bytesRead, inserted, indexes, udfs } = loaded;
  const { filesBefore = 0, recordsBefore = 0 } = loaded;
  const rate = elapsed > 0 ? loaded.total / (elapsed / 1000) : 0;
  const from =
    files === undefined ? '' : ` from ${countOf(files, 'file')}, ${formatBytes(bytesRead ?? 0)},`;
  const lines = [
    `${verb} ${countOf(inserted, 'record')}${from} to namespace ${namespace} ` +
      `in ${formatDuration(elapsed)} (${formatCount(rate)} records/s)`,
    `records: ${counters([
      [loaded.total, 'read'],
      [inserted, 'inserted'],
      [loaded.existed, 'existed'],
      [loaded.fresher, 'fresher'],
      [loaded.expired, 'expired'],
      [loaded.skipped, 'skipped'],
      [loaded.ignored, 'ignored'],
      [loaded.inDoubt, 'in doubt'],
      [loaded.retried, 'retried'],
    ])}`,
    `secondary indexes: ${counters([...kept(indexes), [indexes.skipped, 'skipped']])}`,
    `UDF modules: ${counters(kept(udfs))}`,
  ];
  if (filesBefore > 0) {
    lines.push(
      `note: went on behind ${countOf(filesBefore, 'file')} with ` +
        `${countOf(recordsBefore, 'record')} that were done already`,
    );
  }
  if (loaded.ignored > 0) {
    lines.push(`warning: ${countOf(loaded.ignored, 'record')} could not be written`);
  }
  if (loaded.inDoubt > 0) {
    lines.push(
      `warning: of ${countOf(loaded.inDoubt, 'record')} nobody can know whether this wrote what ` +
        'is there now: an answer was lost, and then it was there',
    );
  }
  return lines;
};

/**
 * What nobody could know of what was read.
 * @param places without a manifest
 */
export const uncheckedLine = (places: readonly string[]): string | undefined => {
  if (places.length === 0) return undefined;
  const more = places.length > 1 ? ` and ${places.length - 1} more` : '';
  return (
    `note: not held against a manifest: ${places[0]}${more}; a missing file, or one cut exactly ` +
    'between two records, was not noticed there'
  );
};

type Counter = readonly [count: number, what: string];

const kept = ({ created, replaced, same }: LoadInfo['udfs']): Counter[] => [
  [created, 'created'],
  [replaced, 'replaced'],
  [same, 'there already'],
];

const counters = (all: readonly Counter[]): string =>
  all.map(([count, what]) => `${formatCount(count)} ${what}`).join(', ');
