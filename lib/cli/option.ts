/**
 * Options as data: each knows its names, its words in the help, and how to read what was given.
 * The tables of the commands hold nothing else, so help, checks and documentation agree.
 */
import { AsbError } from '../errors.ts';
import { nearest } from './nearest.ts';

export interface Option<T> {
  /** Long name, without the dashes; asbackup's where it has one. */
  readonly name: string;
  /** Other names, one letter each or long. */
  readonly alias: readonly string[];
  /** A flag takes no value. */
  readonly takesValue: boolean;
  /** It may stand alone, for the value `''`: before another option, and at the end. */
  readonly valueIsOptional?: boolean;
  /** Its value stands behind an `=` and nowhere else: the next word is none. */
  readonly valueNeedsEquals?: boolean;
  /** What stands for the value in lists of options: `N`, `a|b`; nothing for a flag. */
  readonly shown: string;
  /** The words that the value may be, where there are only some. */
  readonly words?: readonly string[];
  /** One line of help: what it does, its unit, its range, its default. */
  readonly describe: string;
  /** Heading in the help. */
  readonly group: string;
  /** It names a PEM file, or is the text of one, which begins as PEM does: the Secret Agent has no files. */
  readonly isPemFile?: boolean;
  /** Left out of the command's help: what many commands have is told by a few. */
  readonly isHidden?: boolean;
  /**
   * What the option says.
   * @param given the value, `''` for a flag that is set, `undefined` if it was left out
   * @throws AsbError `USAGE` if it does not have the form, or is outside the range
   */
  read(given: string | undefined): T;
}

/** What every kind of option is made of. */
export interface OptionFacts {
  readonly name: string;
  readonly alias?: readonly string[];
  readonly describe: string;
  readonly group?: string;
  /** What stands for the value in lists of options, where the kind of option does not say it: `PATH`. */
  readonly shown?: string;
}

const DEFAULT_GROUP = 'Options:';
/** A range up to here and beyond is said to be open: its end tells nobody anything. */
const OPEN_END = 0xffffffff;

/** `-w, --parallel`, as messages name an option. */
export const namesOf = (option: Pick<Option<unknown>, 'name' | 'alias'>): string =>
  [...option.alias, option.name].map(dashed).join(', ');

/** A name as it is typed: `-w`, `--parallel`. */
export const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const usage = (
  option: Pick<Option<unknown>, 'name' | 'alias'>,
  expected: string,
  given: string,
): AsbError =>
  new AsbError('USAGE', `${namesOf(option)} takes ${expected}, not "${given}"`, { expected });

const base = (facts: OptionFacts) => ({
  name: facts.name,
  alias: facts.alias ?? [],
  group: facts.group ?? DEFAULT_GROUP,
});

/** An option that is there or not. */
export const flag = (facts: OptionFacts): Option<boolean> => ({
  ...base(facts),
  takesValue: false,
  shown: '',
  describe: facts.describe,
  read: (given) => given !== undefined,
});

/** A text that is not empty, of the form that `pattern` says. */
export const text = (
  facts: OptionFacts & {
    readonly expected: string;
    readonly pattern?: RegExp;
    readonly isPemFile?: boolean;
  },
): Option<string | undefined> => {
  const option: Option<string | undefined> = {
    ...base(facts),
    takesValue: true,
    ...(facts.isPemFile === undefined ? {} : { isPemFile: facts.isPemFile }),
    shown: facts.shown ?? 'TEXT',
    describe: facts.describe,
    read(given) {
      if (given === undefined) return undefined;
      if (given === '' || facts.pattern?.test(given) === false) {
        throw usage(option, facts.expected, given);
      }
      return given;
    },
  };
  return option;
};

/** A password, or where it is; `''` if somebody is to be asked. See `readSecret`. */
export const secret = (facts: OptionFacts): Option<string | undefined> => ({
  ...base(facts),
  takesValue: true,
  shown: facts.shown ?? 'SECRET',
  valueIsOptional: true,
  describe: `${facts.describe}: env:VARIABLE, file:PATH, or the password itself, which others see \
in the list of processes; asks if it stands alone`,
  read: (given) => given,
});

/** Names with commas between them; none of them empty, none twice. */
export const list = (
  facts: OptionFacts & { readonly expected: string },
): Option<readonly string[]> => {
  const option: Option<readonly string[]> = {
    ...base(facts),
    takesValue: true,
    shown: facts.shown ?? 'A,B…',
    describe: facts.describe,
    read(given) {
      const names = given?.split(',') ?? [];
      if (names.includes('') || new Set(names).size < names.length) {
        throw usage(option, facts.expected, given!);
      }
      return names;
    },
  };
  return option;
};

const NONE = 'none';

/** Longest list of words that stands for the value, in characters. */
const MAX_SHOWN = 40;

const shownWords = (words: readonly string[]): string => {
  const all = words.join('|');
  return all.length > MAX_SHOWN ? 'WORD' : all;
};

/** One word of a few; with `ignoreCase`, in small or large letters. */
export const choice = <Word extends string>(
  facts: OptionFacts & { readonly words: readonly Word[]; readonly ignoreCase?: boolean },
): Option<Word | undefined> => {
  const { words, ignoreCase = false } = facts;
  const formOf = (word: string): string => (ignoreCase ? word.toLowerCase() : word);
  const option: Option<Word | undefined> = {
    ...base(facts),
    takesValue: true,
    shown: shownWords(words),
    words,
    describe: facts.describe,
    read(given) {
      if (given === undefined) return undefined;
      const word = words.find((known) => formOf(known) === formOf(given));
      if (word === undefined) throw unknownWord(option, words, given);
      return word;
    },
  };
  return option;
};

/** One word of a few, in small or large letters; `none`, as absctl has it, is as if it was left out. */
export const choiceOrNone = <Word extends string>(
  facts: OptionFacts & { readonly words: readonly Word[] },
): Option<Word | undefined> => {
  const all = choice({ ...facts, words: [...facts.words, NONE], ignoreCase: true });
  return {
    ...all,
    read(given) {
      const word = all.read(given);
      return facts.words.find((known) => known === word);
    },
  };
};

const unknownWord = (
  option: Pick<Option<unknown>, 'name' | 'alias'>,
  words: readonly string[],
  given: string,
): AsbError => {
  const all = words.join(' or ');
  const near = nearest(
    given.toLowerCase(),
    words.map((word) => word.toLowerCase()),
  );
  const meant = words.find((word) => word.toLowerCase() === near);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new AsbError('USAGE', `${namesOf(option)} takes ${all}, not "${given}"${hint}`, {
    expected: meant ?? all,
  });
};

export interface IntegerFacts extends OptionFacts {
  readonly min: number;
  readonly max: number;
  /** What is counted, in the plural: `MiB`, `records`. */
  readonly unit?: string;
}

/** A whole number in a range; its help ends with the range and the default. */
export function integer(facts: IntegerFacts & { readonly default: number }): Option<number>;
export function integer(facts: IntegerFacts): Option<number | undefined>;
export function integer(
  facts: IntegerFacts & { readonly default?: number },
): Option<number | undefined> {
  const unit = facts.unit === undefined ? '' : ` ${facts.unit}`;
  const range = `${facts.min} ${facts.max < OPEN_END ? `to ${facts.max}` : 'or more'}${unit}`;
  const preset = facts.default === undefined ? '' : `; default ${facts.default}`;
  const option: Option<number | undefined> = {
    ...base(facts),
    takesValue: true,
    shown: facts.shown ?? 'N',
    describe: `${facts.describe} [${range}${preset}]`,
    read(given) {
      if (given === undefined) return facts.default;
      const number = /^[+-]?\d+$/.test(given) ? Number(given) : Number.NaN;
      if (number >= facts.min && number <= facts.max) return number;
      throw usage(option, `a whole number, ${range}`, given);
    },
  };
  return option;
}

/** Whole numbers in a range, with commas between them; none twice. */
export const numbers = (
  facts: OptionFacts & { readonly min: number; readonly max: number },
): Option<readonly number[]> => {
  const { min, max } = facts;
  const option: Option<readonly number[]> = {
    ...base(facts),
    takesValue: true,
    shown: facts.shown ?? 'N,N…',
    describe: `${facts.describe} [${min} to ${max}]`,
    read(given) {
      if (given === undefined) return [];
      const values = given.split(',').map((word) => (/^\d+$/.test(word) ? Number(word) : -1));
      const isRight = values.every((value) => value >= min && value <= max);
      if (isRight && new Set(values).size === values.length) return values;
      throw usage(option, `whole numbers, ${min} to ${max}, with commas between`, given);
    },
  };
  return option;
};
