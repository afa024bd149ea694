/**
 * What yargs leaves open: values glued to their letter, flags that are given a value, and names
 * that nobody knows, with the nearest name that somebody does.
 */
import { AsbError } from '../errors.ts';
import { namesOf, type Option } from './option.ts';

/**
 * Splits `-nVALUE` and `-RnVALUE` as getopt does for asbackup; yargs would take every letter for a
 * flag.
 * @throws AsbError `USAGE` for a flag that is given a value (`--compact=no`)
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
    if (option?.takesValue === false) {
      throw new AsbError('USAGE', `${namesOf(option)} takes no value: "${word}"`);
    }
    return [word];
  }
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

/**
 * The known name nearest to `word`, if it is near: at most two of five letters differ.
 * @returns `undefined` if none is near
 */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let least = Math.max(1, Math.round(word.length / 2.5));
  for (const name of known) {
    const difference = distance(word, name);
    if (difference > least || (difference === least && best !== undefined)) continue;
    best = name;
    least = difference;
  }
  return best;
};

/** Levenshtein's distance, two rows at a time. */
const distance = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const changed = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      line.push(Math.min(changed, above[column]! + 1, line[column - 1]! + 1));
    }
    above = line;
  }
  return above[other.length]!;
};
