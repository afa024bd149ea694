/**
 * What the SDK tells a logger, on its way to another thread: it hands over whole requests, answers and streams,
 * which cannot be copied, and are not for a log.
 */
import type { S3Options } from './options.ts';

type S3Logger = NonNullable<S3Options['logger']>;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** One call of a logger, as it can be copied: words, or what is known of a request. */
export interface S3LogLine {
  readonly level: (typeof LEVELS)[number];
  readonly told: string | S3LogEntry;
}

/** What was asked, and how it ended. */
interface S3LogEntry {
  readonly commandName: unknown;
  readonly input: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly error: { readonly name: string; readonly message: string } | undefined;
}

/** A logger that makes lines of what it is told. */
export const copyingLogger = (tell: (line: S3LogLine) => void): S3Logger => {
  const log =
    (level: S3LogLine['level']) =>
    (what: unknown): void =>
      tell({ level, told: copied(what) });
  const [trace, debug, info, warn, error] = LEVELS.map(log);
  return { trace: trace!, debug: debug!, info: info!, warn: warn!, error: error! };
};

/** Tells a logger what one in another thread was told; nobody, if there is none. */
export const logCopied = (logger: S3Logger | undefined, { level, told }: S3LogLine): void => {
  if (typeof told === 'string' || told.error === undefined) {
    logger?.[level]?.(told);
    return;
  }
  const { name, message } = told.error;
  logger?.[level]?.({ ...told, error: Object.assign(new Error(message), { name }) });
};

const copied = (what: unknown): S3LogLine['told'] => {
  if (typeof what !== 'object' || what === null) return String(what);
  const error: unknown = Reflect.get(what, 'error');
  return {
    commandName: plainOf(Reflect.get(what, 'commandName')),
    input: plainFields(Reflect.get(what, 'input')),
    metadata: plainFields(Reflect.get(what, 'metadata')),
    error: error instanceof Error ? { name: error.name, message: error.message } : undefined,
  };
};

const isPlain = (value: unknown): boolean =>
  ['string', 'number', 'boolean', 'bigint'].includes(typeof value);

const plainOf = (value: unknown): unknown => (isPlain(value) ? value : undefined);

/** The fields that are words or numbers. */
const plainFields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => isPlain(field)))
    : {};
