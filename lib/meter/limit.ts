import type { StageFigures } from './figures.ts';

/** The stage that decides how fast a row is, and what shows it. Shares are of the time that the row took. */
export interface Limit {
  readonly stage: string;
  /**
   * How it limits: by what it reads from, or itself (the first of a row); by having the thread that all of them
   * need; or by what it does or waits for elsewhere: a disk, a network, libuv's pool.
   */
  readonly by: 'source' | 'thread' | 'stage';
  /** For which it waited or worked (source); had the thread (thread); was at work (stage). */
  readonly share: number;
  /** Share of the time for which the main thread was at work for anything, where that is known. */
  readonly thread?: number;
  /** The stage before it, and for how much of the time that was held back. */
  readonly before?: { readonly stage: string; readonly held: number };
  /** The stage behind it, and for how much of the time that waited. */
  readonly behind?: { readonly stage: string; readonly waiting: number };
}

/** A thread that is at work for so much of the time has none left: what needs it waits for it. */
const SATURATED = 0.9;
/** Share of such a thread below which its stages say nothing: most of it is for code that nobody sees. */
const MIN_RUNNING = 0.25;
/** Share of the time that a row must be able to gain by a faster stage: less tells nothing. */
const MIN_GAIN = 0.1;

const timeOf = ({ busy, waiting, held }: StageFigures): number => busy + waiting + held;

/**
 * How long the row took, in milliseconds: as long as its longest stage, since others end earlier; of rows that
 * ran at once, all of them together. Shares are of this.
 */
export const spanOf = (stages: readonly StageFigures[]): number =>
  Math.max(0, ...stages.map(timeOf));

/**
 * The limiting stage.
 *
 * - If the thread that they share is at work nearly always, it is the one that has it for longest. That others seem
 *   busy says nothing then: who writes to a disk is told that this is done when the thread is free.
 * - Else it is the one by which the row could gain most, if that took no time. That is no more than the time for
 *   which it was occupied: neither waited for those before it, nor was held back by those behind it (a source that
 *   waits for its server is occupied). It is no more than the time for which the stage before it was held back, or
 *   had ended; nor than the time for which the one behind it waited.
 * - Where no stage could gain anything, all of them are busy at a time. Then it is the one that was occupied for
 *   longest; of two, the first: the other only seems so if nothing piles up before it.
 *
 * @param stages a row, in its order
 * @param thread share of the time for which their thread was at work, if that is known
 * @returns `undefined` before anything has happened
 */
export const limitOf = (stages: readonly StageFigures[], thread?: number): Limit | undefined => {
  const span = spanOf(stages);
  if (span === 0) return undefined;
  const facts = thread === undefined ? {} : { thread };
  const byThread = mostOf(stages.map(({ running }) => running / span));
  if (thread !== undefined && thread >= SATURATED && byThread.share >= MIN_RUNNING) {
    return {
      ...aroundOf(stages, byThread.index, span),
      by: 'thread',
      share: byThread.share,
      ...facts,
    };
  }
  const occupied = stages.map(({ busy, waiting }, at) => (at === 0 ? busy + waiting : busy) / span);
  const kept = stages.map((_, at) => (at === 0 ? 1 : keptShare(stages[at - 1]!, span)));
  const gains = occupied.map((share, at) => {
    const behind = stages[at + 1];
    return Math.min(share, kept[at]!, behind === undefined ? 1 : behind.waiting / span);
  });
  const most = mostOf(gains);
  const { index } =
    most.share >= MIN_GAIN
      ? most
      : mostOf(occupied.map((share, at) => (kept[at]! < MIN_GAIN ? 0 : share)));
  const share = occupied[index]!;
  const by = index === 0 ? 'source' : 'stage';
  return { ...aroundOf(stages, index, span), by, share, ...facts };
};

/** The first of the largest. */
const mostOf = (shares: readonly number[]): { readonly index: number; readonly share: number } => {
  const share = Math.max(...shares);
  return { index: shares.indexOf(share), share };
};

/** Share of the time for which a stage was held back, or had given all it had. */
const keptShare = (stage: StageFigures, span: number): number =>
  (stage.held + span - timeOf(stage)) / span;

const aroundOf = (stages: readonly StageFigures[], index: number, span: number) => {
  const before = stages[index - 1];
  const behind = stages[index + 1];
  return {
    stage: stages[index]!.name,
    ...(before && { before: { stage: before.name, held: before.held / span } }),
    ...(behind && { behind: { stage: behind.name, waiting: behind.waiting / span } }),
  };
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The words of a limit: what limits, and what shows it. */
export interface LimitWords {
  /** `limited by compress` */
  readonly what: string;
  /** `busy 97 % of the time; serialize before it is held back 80 %, rotate behind it waits 92 %` */
  readonly why: string;
}

export const limitWords = ({ stage, by, share, thread, before, behind }: Limit): LimitWords => {
  const around = [
    ...(before ? [`${before.stage} before it is held back ${percent(before.held)}`] : []),
    ...(behind ? [`${behind.stage} behind it waits ${percent(behind.waiting)}`] : []),
  ].join(', ');
  const rest = around === '' ? '' : `; ${around}`;
  const hint = thread === undefined ? '' : `; the main thread is at work ${percent(thread)}`;
  const spent = { source: 'that takes', thread: 'it has the main thread', stage: 'busy' }[by];
  return {
    what: `limited by ${stage}${by === 'source' ? ', or what it reads from' : ''}`,
    why: `${spent} ${percent(share)} of the time${rest}${hint}`,
  };
};
