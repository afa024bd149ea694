/** How far a job is, as words: pure functions from a state to a line. */
import { countOf, formatBytes, formatCount, formatDuration } from './format.ts';

export interface ProgressState {
  readonly records: number;
  /** Records expected, where that is known. */
  readonly estimatedRecords?: number | undefined;
  /** Bytes of files written or read. */
  readonly bytes: number;
  /** How much is done, 0 to 1; `undefined` if nobody can know. */
  readonly share: number | undefined;
  /** What `share` is a share of: `the partitions`. */
  readonly whole: string;
  /** Milliseconds since the start. */
  readonly elapsed: number;
  /** Records a second, lately. */
  readonly rate: number;
}

/** Widest bar, in characters. */
const MAX_BAR = 30;
/** Below this, a bar tells nothing. */
const MIN_BAR = 8;

/**
 * Milliseconds left, if it goes on as so far: by the records expected, or by the share that is
 * done. `undefined` as long as there is nothing to go by.
 */
export const timeLeft = (state: ProgressState): number | undefined => {
  const expected = state.estimatedRecords ?? 0;
  const left = expected - state.records;
  if (left > 0 && state.rate > 0) return (left / state.rate) * 1000;
  const { share = 0 } = state;
  return share === 0 ? undefined : (state.elapsed * (1 - share)) / share;
};

/** One line for a log: `1,234 records, 617/s, 1.2 MiB, 50 % of the partitions, 2.0 s left`. */
export const progressLine = (state: ProgressState): string => `${factsOf(state).join(', ')}`;

/** One line for a terminal, at most `columns - 1` wide: the last column would wrap. */
export const progressBar = (state: ProgressState, columns: number): string => {
  const words = factsOf(state).join(' · ');
  const room = Math.min(MAX_BAR, columns - words.length - 4);
  const { share } = state;
  const filled = Math.round((share ?? 0) * room);
  const bar =
    share === undefined || room < MIN_BAR
      ? ''
      : `[${'#'.repeat(filled)}${'-'.repeat(room - filled)}] `;
  return `${bar}${words}`.slice(0, Math.max(0, columns - 1));
};

const factsOf = (state: ProgressState): string[] => {
  const left = timeLeft(state);
  const { share, whole } = state;
  return [
    countOf(state.records, 'record'),
    `${formatCount(state.rate)}/s`,
    formatBytes(state.bytes),
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} % of ${whole}`]),
    ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
  ];
};
