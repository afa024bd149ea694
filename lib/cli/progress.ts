/** How far a job is, as words: pure functions from a state to a line. */
import { countOf, formatBytes, formatRate } from './format.ts';
import type { PaceCounts } from './pace.ts';
import { leftWords } from './time-left.ts';

/** What a job tells of itself while it runs. */
export interface ProgressCounts extends PaceCounts {
  /** Bytes of files written or read. */
  readonly bytes: number;
  /** What `share` is a share of: `the partitions`. */
  readonly whole: string;
}

export interface ProgressState extends ProgressCounts {
  /** Records a second, lately. */
  readonly rate: number;
  /** Milliseconds left, as `calmLeft` gives them; `undefined` as long as there is nothing to go by. */
  readonly left: number | undefined;
}

/** Widest bar, in characters. */
const MAX_BAR = 30;
/** Below this, a bar tells nothing. */
const MIN_BAR = 8;

/** One line for a log: `1,234 records, 620/s, 1.2 MiB, 50 % of the partitions, about 20 s left`. */
export const progressLine = (state: ProgressState): string => `${wordsOf(state).join(', ')}`;

/** The same for programs; `share` is from 0 to 1, `left` in milliseconds, what nobody knows is not there. */
export const progressFacts = (state: ProgressState) => {
  const { records, estimatedRecords, bytes, share, rate, left } = state;
  return {
    event: 'progress',
    records,
    estimatedRecords,
    bytes,
    share,
    rate: Math.round(rate),
    left,
  };
};

/** One line for a terminal, at most `columns - 1` wide: the last column would wrap. */
export const progressBar = (state: ProgressState, columns: number): string => {
  const words = wordsOf(state).join(' · ');
  const room = Math.min(MAX_BAR, columns - words.length - 4);
  const { share } = state;
  const filled = Math.round((share ?? 0) * room);
  const bar =
    share === undefined || room < MIN_BAR
      ? ''
      : `[${'#'.repeat(filled)}${'-'.repeat(room - filled)}] `;
  return `${bar}${words}`.slice(0, Math.max(0, columns - 1));
};

const wordsOf = ({ records, rate, bytes, share, whole, left }: ProgressState): string[] => [
  countOf(records, 'record'),
  formatRate(rate),
  formatBytes(bytes),
  ...(share === undefined ? [] : [`${Math.floor(share * 100)} % of ${whole}`]),
  ...(left === undefined ? [] : [leftWords(left)]),
];
