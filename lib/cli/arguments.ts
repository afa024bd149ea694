/** What yargs-parser leaves open: values glued to their letter, and flags that are given a value. */
import { AsbError } from '../errors.ts';
import { namesOf, type Option } from './option.ts';

/**
 * Splits `-nVALUE` and `-RnVALUE` as getopt does for asbackup; it would take every letter for a
 * flag.
 * @throws AsbError `USAGE` for a flag that is given a value (`--compact=no`) but true or false, which
 *   says that it is off, whatever config files say
 */
export const splitArguments = (
  options: readonly Option<unknown>[],
  args: readonly string[],
): string[] => {
  const byName = new Map(
    options.flatMap((option) => [option.name, ...option.alias].map((name) => [name, option])),
  );
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  const split = joinValues(byName, words).flatMap((word) => splitWord(byName, word));
  return [...split, ...args.slice(words.length)];
};

/** A word with a space in it is no option, even if it begins as one: `--tls-protocols "-all +TLSv1.2"`. */
const joinValues = (
  byName: ReadonlyMap<string, Option<unknown>>,
  words: readonly string[],
): string[] => {
  const joined: string[] = [];
  for (const word of words) {
    const option = byName.get(/^--?([^-].*)$/.exec(joined.at(-1) ?? '')?.[1] ?? '');
    const needsValue = option?.takesValue === true && option.valueIsOptional !== true;
    if (needsValue && /^-.*\s/.test(word)) joined[joined.length - 1] = `--${option.name}=${word}`;
    else joined.push(word);
  }
  return joined;
};

const splitWord = (byName: ReadonlyMap<string, Option<unknown>>, word: string): string[] => {
  const long = /^--([^=]+)=/.exec(word)?.[1];
  if (long !== undefined) {
    const option = byName.get(long);
    const value = word.slice(long.length + 3);
    if (option?.takesValue === false && value !== 'true' && value !== 'false') {
      const expected = 'true or false';
      const what = `${namesOf(option)} takes no value but ${expected}: "${word}"`;
      throw new AsbError('USAGE', what, { expected });
    }
    return [word];
  }
  if (byName.get(/^--(.*)$/.exec(word)?.[1] ?? '')?.valueNeedsEquals === true) return [`${word}=`];
  if (!/^-[A-Za-z]./.test(word)) return [word];
  for (let at = 1; at < word.length; at++) {
    const option = byName.get(word[at]!);
    if (option === undefined) return [word];
    if (option.takesValue) {
      if (at === word.length - 1) return [word];
      const flags = at > 1 ? [word.slice(0, at)] : [];
      return [...flags, `--${option.name}=${word.slice(at + 1).replace(/^=/, '')}`];
    }
  }
  return [word];
};
