/** Moments as people give them on a command line. */
import { AsbError } from '../../errors.ts';

/** What {@link parseMoment} reads, for help and errors. */
export const MOMENT_FORM =
  'YYYY-MM-DD[_HH:MM:SS] or HH:MM:SS of today, in local time, or ISO 8601 with Z or an offset';

const DATE = String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)`;
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<part>\d{1,9}))?)?`;
const ZONE = String.raw`(?<zone>Z|[+-]\d\d(?::?\d\d)?)`;
const MOMENT = new RegExp(`^(?:${DATE}(?:[_T ]${TIME}${ZONE}?)?)$`);
const TIME_OF_TODAY = new RegExp(`^${TIME}$`);

/** The farthest zones are 14 hours from UTC. */
const MAX_OFFSET = 14 * 60;
const MINUTE = 60_000;
const NANOSECONDS_IN_MS = 1_000_000n;

/** Year, month from 0, day, hour, minute, second: as `Date` takes them. */
type Fields = [number, number, number, number, number, number];

/**
 * Reads a moment: asbackup's three forms, and ISO 8601 with a zone and up to nine digits of a second.
 * Without a zone it is the time of this machine; what its clocks skip in spring counts on from before,
 * and what they have twice in autumn is the first of both.
 *
 * @param now says which day is today
 * @returns nanoseconds since 1970-01-01T00:00:00Z
 * @throws AsbError `USAGE` for anything else, also for a day that no month has
 */
export const parseMoment = (text: string, now = new Date()): bigint => {
  const match = MOMENT.exec(text) ?? TIME_OF_TODAY.exec(text);
  const {
    year,
    month,
    day,
    hour = 0,
    minute = 0,
    second = 0,
    part = '',
    zone,
  } = match?.groups ?? {};
  const today = [now.getFullYear(), now.getMonth(), now.getDate()] as const;
  const [y, m, d] = year === undefined ? today : ([+year, Number(month) - 1, Number(day)] as const);
  const fields: Fields = [y, m, d, Number(hour), Number(minute), Number(second)];
  const offset = zone === undefined ? 0 : offsetOf(zone);
  if (match === null || !isOnCalendar(fields) || Math.abs(offset) > MAX_OFFSET) throw wrong(text);
  const ms =
    zone === undefined ? new Date(...fields).getTime() : Date.UTC(...fields) - offset * MINUTE;
  return BigInt(ms) * NANOSECONDS_IN_MS + BigInt(part.padEnd(9, '0'));
};

/** Minutes that the zone is before UTC; more than there can be for one that is none. */
const offsetOf = (zone: string): number => {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (minutes >= 60) return Number.POSITIVE_INFINITY;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
};

/** `Date` takes the 31st of February for the 3rd of March, and the year 50 for 1950. */
const isOnCalendar = (fields: Fields): boolean => {
  const date = new Date(Date.UTC(...fields));
  const found: Fields = [
    ...([date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()] as const),
    ...([date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] as const),
  ];
  return found.every((value, index) => value === fields[index]);
};

const wrong = (text: string): AsbError =>
  new AsbError('USAGE', `"${text}" is no time; expected ${MOMENT_FORM}`, { expected: MOMENT_FORM });
