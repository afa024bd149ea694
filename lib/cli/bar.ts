/** Eighths of a character's width. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * A share as a bar, as fine as an eighth of a character; what is there is seen, however little.
 *
 * @param share 0 to 1
 * @param width of the bar for 1, in characters
 */
export const bar = (share: number, width: number): string => {
  const eighths = share > 0 ? Math.max(1, Math.round(share * width * 8)) : 0;
  return `${'█'.repeat(eighths >> 3)}${EIGHTHS[eighths & 7]}`;
};

/** `58%`, `0.3%`: two digits that count, and never 100 of what is not all, or 0 of what is there. */
export const percent = (share: number): string => {
  const hundred = share * 100;
  if (share === 0 || share === 1) return `${hundred}%`;
  if (hundred < 0.1) return '<0.1%';
  if (hundred < 9.95) return `${hundred.toFixed(1)}%`;
  return `${Math.min(99, Math.round(hundred))}%`;
};
