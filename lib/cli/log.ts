/** What a command tells beside its output, as entries; and their two forms, for people and for programs. */
import { coloured } from './colours.ts';
import { printable } from './report.ts';

/** From the least to the worst, as absctl names them. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside a line, for programs; all that JSON can say. */
export type LogFacts = Readonly<Record<string, unknown>>;

export interface LogEntry {
  readonly level: LogLevel;
  /** One line for people. */
  readonly line: string;
  readonly facts: LogFacts;
  /** All there is to know of a failure, in lines. */
  readonly details?: string;
}

/** Turns an entry into what is written, with its newline. */
export type LogForm = (entry: LogEntry) => string;

/** How lines begin that are not plain news. */
const NOTE = 'note: ';
const WARNING = 'warning: ';

/** A line as an entry: how it begins says how bad it is; one with the code of a failure is one. */
export const entryOf = (line: string, facts: LogFacts = {}): LogEntry => {
  const level = line.startsWith(WARNING) ? 'warn' : 'info';
  return { level: 'code' in facts ? 'error' : level, line, facts };
};

/** Whether `level` is as bad as `least`, or worse. */
export const isTold = (level: LogLevel, least: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);

/** Lines for people: failures in red, notes dim, what a terminal would obey escaped. */
export const plainForm =
  (colours: boolean): LogForm =>
  ({ level, line, details }) => {
    const words = printable(line);
    const more = details === undefined ? '' : `${details}\n`;
    if (!colours) return `${words}\n${more}`;
    if (level === 'error') return `${coloured('red', words)}\n${more}`;
    return `${line.startsWith(NOTE) ? coloured('dim', words) : words}\n${more}`;
  };

/**
 * A line of JSON for each entry: `time` (ISO 8601), `level`, `msg`, then the facts. An entry says its
 * level, so `msg` does not begin with it.
 *
 * @param base facts of every entry
 * @param now the time, for tests
 */
export const jsonForm =
  (base: LogFacts = {}, now: () => Date = () => new Date()): LogForm =>
  ({ level, line, facts, details }) => {
    const msg = [NOTE, WARNING].reduce(
      (words, prefix) => (words.startsWith(prefix) ? words.slice(prefix.length) : words),
      line,
    );
    const entry = { time: now().toISOString(), level, msg, ...base, ...facts };
    return `${JSON.stringify(details === undefined ? entry : { ...entry, details })}\n`;
  };
