/** Where passwords come from. No message shows any of what was read. */
import { createReadStream } from 'node:fs';
import { AsbError, codeOf } from '../errors.ts';
import { namesOf, type Option } from './option.ts';
import { MAX_SECRET_SIZE } from './secret-line.ts';

/** Asks somebody who sits there, in words without a colon behind them. */
export type AskSecret = (question: string) => Promise<string>;

/**
 * Reads what an option says of a password: `env:VARIABLE`, `file:PATH` (without one newline at its
 * end), nothing to be asked for it, or the password itself.
 *
 * @param given the option's value
 * @throws AsbError `USAGE` if the variable is not set, the file can't be read or is larger than
 *   {@link MAX_SECRET_SIZE}, or as `ask` does
 */
export const readSecret = async (
  option: Pick<Option<unknown>, 'name' | 'alias'>,
  given: string,
  question: string,
  ask: AskSecret,
): Promise<string> => {
  if (given === '') return ask(question);
  const [, source, place = ''] = /^(env|file):(.*)$/s.exec(given) ?? [];
  if (source === 'env') return readVariable(option, place);
  if (source === 'file') return readFile(option, place);
  return given;
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
  const chunks: Buffer[] = [];
  try {
    // One byte more than may be in it: `end` counts from 0. A pipe (`<(…)` in a shell) will do.
    for await (const chunk of createReadStream(file, { end: MAX_SECRET_SIZE })) chunks.push(chunk);
  } catch (cause) {
    const what = `${namesOf(option)}: cannot read ${file} (${codeOf(cause)})`;
    throw new AsbError('USAGE', what, { file, cause });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > MAX_SECRET_SIZE) {
    const what = `${namesOf(option)}: ${file} has more than ${MAX_SECRET_SIZE} bytes`;
    throw new AsbError('USAGE', what, { file });
  }
  return bytes.toString().replace(/\r?\n$/, '');
};
