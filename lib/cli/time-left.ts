/** Times left that are calm to read: about right, and not another each time. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Up to where there are steps of which size. */
const STEPS = [
  [MINUTE, 10 * SECOND],
  [10 * MINUTE, MINUTE],
  [HOUR, 5 * MINUTE],
  [DAY, 10 * MINUTE],
] as const;

/** Below this it is a few seconds. */
const FEW_SECONDS = 10 * SECOND;

/** A time that was told is taken back only if it is exceeded by this part of it, and by a step. */
const SLACK = 0.25;

/**
 * The time to tell: rounded, coarser the longer it is; and not a step more than what was told before, if it is
 * only a little more.
 *
 * @param left milliseconds
 * @param told what was told before
 * @returns milliseconds; 0 for a few seconds
 */
export const calmLeft = (left: number, told: number | undefined): number => {
  const rounded = roundedLeft(left);
  if (told === undefined || rounded <= told) return rounded;
  const base = Math.max(told, FEW_SECONDS);
  return left < base + Math.max(stepAt(base), base * SLACK) ? told : rounded;
};

const roundedLeft = (left: number): number => {
  if (left < FEW_SECONDS) return 0;
  const step = stepAt(left);
  return Math.round(left / step) * step;
};

const stepAt = (time: number): number => STEPS.find(([end]) => time < end)?.[1] ?? HOUR;

/** `about 3 min left`, of a time that {@link calmLeft} gave. */
export const leftWords = (told: number): string => {
  if (told === 0) return 'a few seconds left';
  if (told < MINUTE) return `about ${told / SECOND} s left`;
  if (told < HOUR) return `about ${told / MINUTE} min left`;
  if (told >= 2 * DAY) return `about ${Math.round(told / DAY)} days left`;
  const minutes = (told % HOUR) / MINUTE;
  return `about ${Math.floor(told / HOUR)} h${minutes === 0 ? '' : ` ${minutes} min`} left`;
};
