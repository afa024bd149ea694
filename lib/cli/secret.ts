/** Where passwords come from. No message shows any of what was read. */
import { readBounded } from '../bounded-file.ts';
import { AsbError, codeOf } from '../errors.ts';
import { namesOf, type Option } from './option.ts';
import { MAX_SECRET_SIZE } from './secret-line.ts';

/** Asks somebody who sits there, in words without a colon behind them. */
export type AskSecret = (question: string) => Promise<string>;

/**
 * Reads what an option says of a password: `env:VARIABLE`, `file:PATH` (without one newline at its
 * end), nothing to be asked for it, or the password itself; and absctl's `b64:PASSWORD` and
 * `env-b64:VARIABLE`, in base64.
 *
 * @param given the option's value
 * @throws AsbError `USAGE` if the variable is not set, base64 is none, the file can't be read or is larger than
 *   {@link MAX_SECRET_SIZE}, or as `ask` does
 */
export const readSecret = async (
  option: Pick<Option<unknown>, 'name' | 'alias'>,
  given: string,
  question: string,
  ask: AskSecret,
): Promise<string> => {
  if (given === '') return ask(question);
  const [, source, place = ''] = /^(env|file|b64|env-b64):(.*)$/s.exec(given) ?? [];
  if (source === 'env') return readVariable(option, place);
  if (source === 'b64') return decoded(option, place);
  if (source === 'env-b64') return decoded(option, readVariable(option, place));
  if (source === 'file') return readFile(option, place);
  return given;
};

/** @throws AsbError `USAGE`, without the text: it may be the password itself */
const decoded = (option: Pick<Option<unknown>, 'name' | 'alias'>, text: string): string => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes.toString();
  const expected = 'base64';
  throw new AsbError('USAGE', `${namesOf(option)}: what should be ${expected} is none`, {
    expected,
  });
};

const readVariable = (option: Pick<Option<unknown>, 'name' | 'alias'>, name: string): string => {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new AsbError('USAGE', `${namesOf(option)}: environment variable ${name} is not set`);
};

const readFile = async (
  option: Pick<Option<unknown>, 'name' | 'alias'>,
  file: string,
): Promise<string> => {
  const bytes = await readBounded(file, MAX_SECRET_SIZE).catch((cause: unknown) => {
    const what = `${namesOf(option)}: cannot read ${file} (${codeOf(cause)})`;
    throw new AsbError('USAGE', what, { file, cause });
  });
  if (bytes !== undefined) return bytes.toString().replace(/\r?\n$/, '');
  const what = `${namesOf(option)}: ${file} has more than ${MAX_SECRET_SIZE} bytes`;
  throw new AsbError('USAGE', what, { file });
};
