import { AsbError } from '../errors.ts';

/** What a moment looks like, for messages. */
export const MOMENT_FORMS = '2026-01-31, 2026-01-31T10:00:00Z, now, or +30d from now (s m h d w)';

/** Seconds of the units of a span. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^\d{4}-\d\d-\d\d[T_ ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?$/;

/**
 * Reads a moment: a day or a time as ISO 8601 has it, local unless it ends with its zone; `now`; or
 * a span from now, `+30d`, `-12h`.
 *
 * @throws AsbError `USAGE` for any other text, and for a day or hour that no calendar has
 */
export const parseMoment = (text: string, now = new Date()): Date => {
  if (text === 'now') return now;
  const moment = spanFrom(now, text) ?? calendarMoment(text);
  if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment;
  throw new AsbError('USAGE', `"${text}" is no moment; expected ${MOMENT_FORMS}`, {
    expected: MOMENT_FORMS,
  });
};

const spanFrom = (now: Date, text: string): Date | undefined => {
  const [, sign, count, unit = ''] = /^([+-])(\d{1,10})([smhdw])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  if (seconds === undefined) return undefined;
  return new Date(now.getTime() + (sign === '-' ? -1000 : 1000) * Number(count) * seconds);
};

const calendarMoment = (text: string): Date | undefined => {
  const day = text.slice(0, 10);
  // `Date` would make the 3rd of March of the 31st of February.
  if (!DAY.test(day) || new Date(`${day}T00:00Z`).getUTCDate() !== Number(day.slice(8))) {
    return undefined;
  }
  if (text === day) return new Date(`${day}T00:00`);
  return TIME.test(text) ? new Date(`${day}T${text.slice(11)}`) : undefined;
};
