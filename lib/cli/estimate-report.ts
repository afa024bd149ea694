import type { Estimated, EstimateSummary } from '../jobs/estimate.ts';
import { CONFIDENCE } from '../jobs/estimate-math.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import type { Shell } from './shell.ts';

/** A value that is off by more than this share of it is told by its bounds. */
const ROUGH = 0.5;

/**
 * What a backup would hold, in a line for people:
 * `estimated 1,000,000 records, 229.7 MiB ± 0.1 % (99.9 % sure), 97.4 MiB compressed; from 10,048 samples`
 */
export const estimateText = (summary: EstimateSummary): string => {
  const { records, bytes, compressedBytes, samples } = summary;
  const isKnown = [records, bytes].every(({ least, most }) => least === most);
  const parts = [
    about(records, (count) => countOf(count, 'record'), formatCount),
    about(bytes, formatBytes, formatBytes) + (isKnown ? '' : ` (${CONFIDENCE} % sure)`),
    ...(compressedBytes === undefined ? [] : [`${formatBytes(compressedBytes)} compressed`]),
  ];
  return `estimated ${parts.join(', ')}; from ${countOf(samples, 'sample')}`;
};

/** `1,234 records ± 2 %`, or `10 to 20 records`. */
const about = (
  { value, least, most }: Estimated,
  withUnit: (value: number) => string,
  bare: (value: number) => string,
): string => {
  if (least === most) return withUnit(value);
  const off = Math.max(value - least, most - value) / value;
  if (!(off <= ROUGH)) return `${bare(least)} to ${withUnit(most)}`;
  return `${withUnit(value)} ± ${percentOf(off)} %`;
};

/** Whole percents, and below one a digit that counts, rounded up: a bound must not look closer than it is. */
const percentOf = (share: number): string => {
  const percent = share * 100;
  if (percent >= 1) return String(Math.ceil(percent));
  const digit = 10 ** Math.floor(Math.log10(percent));
  return (Math.ceil(percent / digit) * digit).toPrecision(1);
};

/** Tells it: in a line for people, and for programs as facts beside it. */
export const tellEstimate = (shell: Pick<Shell, 'say'>, summary: EstimateSummary): void =>
  shell.say(estimateText(summary), { event: 'estimate', ...summary });
