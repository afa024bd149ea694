/** What S3 is asked, for people: what was asked, of which object, and how it ended. */
import type { S3Options } from '../storage/s3/options.ts';
import { s3UrlOf } from '../storage/s3/url.ts';
import { countOf } from './format.ts';

/** As asbackup names them; each tells what those before it do. */
export const S3_LOG_LEVELS = ['Off', 'Fatal', 'Error', 'Warn', 'Info', 'Debug', 'Trace'] as const;
export type S3LogLevel = (typeof S3_LOG_LEVELS)[number];

type Logger = NonNullable<S3Options['logger']>;

/** The status of an answer that says that there is no such thing: asked for, and told. */
const NOT_FOUND = 404;

/**
 * A logger for the SDK. One line for a request, and for a remark of the SDK's from `Warn` on. Of what
 * the SDK hands over, which are whole requests, answers and errors, it takes the few fields that it
 * names, and nothing else: headers, bodies and credentials are not for a log.
 *
 * @returns `undefined` if the level tells nothing: what ends a command, it tells by itself
 */
export const s3Logger = (level: S3LogLevel, say: (line: string) => void): Logger | undefined => {
  const tells = (needed: S3LogLevel): boolean =>
    S3_LOG_LEVELS.indexOf(level) >= S3_LOG_LEVELS.indexOf(needed);
  if (!tells('Error')) return undefined;

  const request = (entry: unknown): void => {
    if (fieldOf(entry, 'commandName') === undefined) return;
    const { status, attempts } = outcomeOf(entry);
    const failed = fieldOf(entry, 'error') !== undefined && status !== NOT_FOUND;
    const needed = attempts > 1 ? 'Warn' : 'Info';
    if (tells(failed ? 'Error' : needed)) say(`s3: ${requestLine(entry)}`);
  };
  const remark =
    (needed: S3LogLevel) =>
    (words: unknown): void => {
      if (typeof words === 'string' && tells(needed)) say(`s3: ${words}`);
    };
  return {
    error: request,
    info: request,
    warn: remark('Warn'),
    debug: remark('Debug'),
    trace: remark('Trace'),
  };
};

/** `UploadPart s3://bucket/key part 3: 503 SlowDown, 10 attempts` */
const requestLine = (entry: unknown): string => {
  const input = fieldOf(entry, 'input');
  const error = fieldOf(entry, 'error');
  const { status, attempts } = outcomeOf(entry);
  const command = textOf(fieldOf(entry, 'commandName')).replace(/Command$/, '');
  const bucket = textOf(fieldOf(input, 'Bucket'));
  const key = textOf(fieldOf(input, 'Key') ?? fieldOf(input, 'Prefix'));
  const part = fieldOf(input, 'PartNumber');
  const range = fieldOf(input, 'Range');
  const asked = [
    command,
    ...(bucket === '' ? [] : [s3UrlOf(bucket, key)]),
    ...(part === undefined ? [] : [`part ${textOf(part)}`]),
    ...(range === undefined ? [] : [textOf(range)]),
  ];
  const told = [
    ...(status === undefined ? [] : [status]),
    ...(error instanceof Error ? [error.name] : []),
  ];
  return `${asked.join(' ')}: ${told.join(' ')}, ${countOf(attempts, 'attempt')}`;
};

const outcomeOf = (entry: unknown): { status: number | undefined; attempts: number } => {
  const metadata = fieldOf(entry, 'metadata');
  const [status, attempts] = ['httpStatusCode', 'attempts'].map((name) => fieldOf(metadata, name));
  return {
    status: typeof status === 'number' ? status : undefined,
    attempts: typeof attempts === 'number' ? attempts : 1,
  };
};

const fieldOf = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
