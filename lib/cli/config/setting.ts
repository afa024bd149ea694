/** What a config file says of one option. */
import { AsbError } from '../../errors.ts';
import { isSecretReference } from '../../secrets/reference.ts';
import { placeOf } from '../given.ts';
import type { Option } from '../option.ts';
import type { TomlEntry } from './toml-file.ts';

/**
 * The value of an option: `''` for a flag that is set, `false` for an option that is left out, though
 * an earlier file may have given it.
 */
export type Word = string | false;

export interface Setting {
  readonly word: Word;
  readonly file: string;
  readonly line: number | undefined;
}

/**
 * The word that a value of TOML stands for: a flag takes true and false, all others text or whole
 * numbers, and nothing if the text is empty. A secret may stand for any of them.
 *
 * @throws AsbError `USAGE`, with file and line, for values of other kinds; the message does not show them
 */
export const wordOf = (option: Option<unknown>, entry: TomlEntry, file: string): Word => {
  const { value, line } = entry;
  if (typeof value === 'string' && isSecretReference(value)) return value;
  if (option.takesValue) {
    if (typeof value === 'string') return value === '' ? false : value;
    if (Number.isSafeInteger(value)) return String(value);
  } else if (typeof value === 'boolean') {
    return value ? '' : false;
  }
  const expected = option.takesValue ? 'text in quotes, or a whole number' : 'true or false';
  throw new AsbError(
    'USAGE',
    `${placeOf(file, line)}: ${entry.key} takes ${expected}, not ${kindOf(value)}`,
    { file, ...(line === undefined ? {} : { line }), expected },
  );
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date without quotes';
  if (typeof value === 'object') return 'a table';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
};
