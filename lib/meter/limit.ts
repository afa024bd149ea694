import type { StageFigures } from './figures.ts';

/** The stage that decides how fast a row is, and what shows it. Shares are of the time that the row took. */
export interface Limit {
  readonly stage: string;
  /** Whether it is the first: then it may be what it reads from. */
  readonly isSource: boolean;
  /** For which it was at work; of a source, for which it was not held back. */
  readonly share: number;
  /** The stage before it, and for how much of the time that was held back. */
  readonly before?: { readonly stage: string; readonly held: number };
  /** The stage behind it, and for how much of the time that waited. */
  readonly behind?: { readonly stage: string; readonly waiting: number };
}

/**
 * Share of the time for which the stage before must be held back: what that stage would gain is all that a row
 * can gain by a faster stage, and less than this is no limit.
 */
const MIN_HELD = 0.1;

const timeOf = ({ busy, waiting, held }: StageFigures): number => busy + waiting + held;

/**
 * How long the row took, in milliseconds: as long as its longest stage, since others end earlier; of rows that
 * ran at once, all of them together. Shares are of this.
 */
export const spanOf = (stages: readonly StageFigures[]): number =>
  Math.max(0, ...stages.map(timeOf));

/**
 * The limiting stage: the one that was occupied for most of the time, where the stage before it was held back.
 *
 * - Occupied is a stage that neither waits for those before it nor is held back by those behind it: so a source
 *   that waits for its server is.
 * - That a stage seems busy is not enough: stages share a thread, and who writes to a disk is told that this is
 *   done when others leave the thread, and seems busy until then. Were it the limit, its input would pile up, and
 *   hold back the stage before; or that would have ended long since.
 *
 * @param stages a row, in its order
 * @returns `undefined` before anything has happened
 */
export const limitOf = (stages: readonly StageFigures[]): Limit | undefined => {
  const span = spanOf(stages);
  if (span === 0) return undefined;
  let found = -1;
  let most = -1;
  for (const [index, stage] of stages.entries()) {
    const before = stages[index - 1];
    const share = (before === undefined ? stage.busy + stage.waiting : stage.busy) / span;
    const isCandidate = before === undefined || keptFrom(before, span) >= MIN_HELD;
    if (!isCandidate || share <= most) continue;
    found = index;
    most = share;
  }
  const before = stages[found - 1];
  const behind = stages[found + 1];
  return {
    stage: stages[found]!.name,
    isSource: found === 0,
    share: most,
    ...(before && { before: { stage: before.name, held: before.held / span } }),
    ...(behind && { behind: { stage: behind.name, waiting: behind.waiting / span } }),
  };
};

/** Share of the time for which a stage was held back, or had given all it had. */
const keptFrom = (stage: StageFigures, span: number): number =>
  (stage.held + span - timeOf(stage)) / span;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/**
 * The same in words: `limited by compress: busy 97 % of the time; serialize before it is held back 80 %, rotate
 * behind it waits 92 %`.
 */
export const limitWords = ({ stage, isSource, share, before, behind }: Limit): string => {
  const what = isSource
    ? `limited by ${stage}, or what it reads from: that takes ${percent(share)} of the time`
    : `limited by ${stage}: busy ${percent(share)} of the time`;
  const around = [
    ...(before ? [`${before.stage} before it is held back ${percent(before.held)}`] : []),
    ...(behind ? [`${behind.stage} behind it waits ${percent(behind.waiting)}`] : []),
  ];
  return around.length === 0 ? what : `${what}; ${around.join(', ')}`;
};
