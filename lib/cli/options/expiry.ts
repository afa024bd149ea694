import { MOMENT_FORM, parseMoment } from './moment.ts';

/** What {@link parseExpiry} reads, for help and errors. */
export const EXPIRY_FORM = `now, +30d or -12h from now (s m h d w), or ${MOMENT_FORM}`;

/** Seconds of the units of a span. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const NANOSECONDS_IN_MS = 1_000_000n;

/**
 * Reads a moment at which records may expire: `now`, a span from now, or what {@link parseMoment}
 * reads.
 *
 * @throws AsbError `USAGE` for anything else
 */
export const parseExpiry = (text: string, now = new Date()): Date => {
  if (text === 'now') return now;
  const [, sign, count, unit = ''] = /^([+-])(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  if (seconds === undefined) return new Date(Number(parseMoment(text, now) / NANOSECONDS_IN_MS));
  return new Date(now.getTime() + (sign === '-' ? -1000 : 1000) * Number(count) * seconds);
};
