/** How far a backup is, as words: pure functions from a state to a line. */
import { countOf, formatBytes, formatCount, formatDuration } from './format.ts';

export interface ProgressState {
  readonly records: number;
  /** Records expected, where that is known. */
  readonly estimatedRecords?: number | undefined;
  /** Bytes written. */
  readonly bytes: number;
  readonly partitionsDone: number;
  readonly partitions: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
  /** Records a second, lately. */
  readonly rate: number;
}

/** Widest bar, in characters. */
const MAX_BAR = 30;
/** Below this, a bar tells nothing. */
const MIN_BAR = 8;

/** Share of the partitions that are done, 0 to 1. */
export const shareOf = (state: ProgressState): number =>
  state.partitions === 0 ? 0 : state.partitionsDone / state.partitions;

/**
 * Milliseconds left, if it goes on as so far: by the records expected, or by the share of the
 * partitions. `undefined` as long as there is nothing to go by.
 */
export const timeLeft = (state: ProgressState): number | undefined => {
  const expected = state.estimatedRecords ?? 0;
  const left = expected - state.records;
  if (left > 0 && state.rate > 0) return (left / state.rate) * 1000;
  const share = shareOf(state);
  return share === 0 ? undefined : (state.elapsed * (1 - share)) / share;
};

/** One line for a log: `1,234 records, 617/s, 1.2 MiB, 50 % of the partitions, 2.0 s left`. */
export const progressLine = (state: ProgressState): string => `${factsOf(state).join(', ')}`;

/** One line for a terminal, at most `columns - 1` wide: the last column would wrap. */
export const progressBar = (state: ProgressState, columns: number): string => {
  const words = factsOf(state).join(' · ');
  const room = Math.min(MAX_BAR, columns - words.length - 4);
  const filled = Math.round(shareOf(state) * room);
  const bar = room < MIN_BAR ? '' : `[${'#'.repeat(filled)}${'-'.repeat(room - filled)}] `;
  return `${bar}${words}`.slice(0, Math.max(0, columns - 1));
};

const factsOf = (state: ProgressState): string[] => {
  const left = timeLeft(state);
  return [
    countOf(state.records, 'record'),
    `${formatCount(state.rate)}/s`,
    formatBytes(state.bytes),
    `${Math.floor(shareOf(state) * 100)} % of the partitions`,
    ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
  ];
};
