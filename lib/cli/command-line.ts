import parser from 'yargs-parser';
import { AsbError } from '../errors.ts';
import { packageVersion } from '../jobs/version.ts';
import { splitArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { insteadOf } from './foreign.ts';
import { commandList, GENERAL_OPTIONS, optionLines } from './help.ts';
import { nearest } from './nearest.ts';
import { dashed, namesOf, type Option } from './option.ts';
import type { Typed } from './typed.ts';

/** What a command line asks for: a text to show, or a command to run. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'run'; readonly command: Command; readonly typed: Typed };

/** Commands, each read when it is asked for. */
export interface Commands {
  /** @returns `undefined` if there is none of that name */
  readonly named: (name: string) => Promise<Command | undefined>;
  /** In the order of the help. */
  readonly all: () => Promise<readonly Command[]>;
}

/** What yargs-parser reads: words that are no options in `_`, values by the main name of the option. */
interface Values {
  readonly _: readonly (string | number)[];
  readonly [name: string]: unknown;
}

const [help, version, list] = GENERAL_OPTIONS;

/** Values stay as they were typed: a namespace may look like a number. */
const PARSER = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
} as const;

/** How yargs-parser says the one thing that it refuses in options as these. */
const WORDING = { __: (_words: string, name: string): string => `option ${name} needs a value` };

/**
 * Reads a command line.
 *
 * @param given without the interpreter and the script; `help COMMAND` is `COMMAND --help`
 * @param columns width of the help
 * @throws AsbError `USAGE` for what no command takes; values are looked at when all is there (`settle`)
 */
export const parseCommandLine = async (
  commands: Commands,
  given: readonly string[],
  columns: number,
): Promise<Request> => {
  const asked = given.slice(given[1] === 'help' ? 2 : 1);
  const args = given[0] === 'help' ? [...asked, '--help'] : given;
  const [name = ''] = args;
  const command = await commands.named(name);
  if (command === undefined && args[0]?.startsWith('-') === false) {
    throw unknownCommand(await commands.all(), name);
  }
  const options = [...GENERAL_OPTIONS, ...(command?.options ?? [])];
  const { values, wrong } = read(
    options,
    command === undefined ? args : splitArguments(options, args),
  );
  const isAsked = (option: Option<unknown>): boolean => (values[option.name] ?? false) !== false;
  if (isAsked(help)) return { kind: 'text', text: await helpOf(commands, command, columns) };
  if (isAsked(version)) return { kind: 'text', text: packageVersion() };
  if (wrong !== null) throw new AsbError('USAGE', wrong.message);
  if (isAsked(list)) return { kind: 'text', text: await optionsOf(commands, command) };
  if (command === undefined) throw unknownCommand(await commands.all(), name);
  if (namesOperands(args)) throw unknownOption(command, '_');
  return { kind: 'run', command, typed: typedOf(command, values) };
};

/** @returns the values, and what yargs-parser finds wrong with the words: that one is missing */
const read = (options: readonly Option<unknown>[], words: readonly string[]) => {
  // It compares all names with each other, so it is told of those only that may have been typed.
  const typed = words.filter((word) => word.startsWith('-'));
  const named = options.filter((option) =>
    everyName([option]).some((name) => typed.some((word) => word.includes(name))),
  );
  const needed = named.filter((option) => option.takesValue && option.valueIsOptional !== true);
  const { argv, error } = parser.detailed([...words], {
    ...WORDING,
    configuration: PARSER,
    alias: Object.fromEntries(named.map(({ name, alias }) => [name, [...alias]])),
    boolean: everyName(named.filter(({ takesValue }) => !takesValue)),
    string: everyName(named.filter(({ valueIsOptional }) => valueIsOptional === true)),
    narg: Object.fromEntries(needed.map(({ name }) => [name, 1])),
  });
  const values: Values = argv;
  return { values, wrong: error };
};

/** Whether there is an option of the name that yargs-parser has for operands: it would take it for one. */
const namesOperands = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((word) => /^--?_(=|$)/.test(word));
};

const everyName = (options: readonly Option<unknown>[]): string[] =>
  options.flatMap(({ name, alias }) => [name, ...alias]);

/** The modules of help take longer to read than most commands, so only who asks reads them. */
const helpOf = async (
  commands: Commands,
  command: Command | undefined,
  columns: number,
): Promise<string> => {
  if (command === undefined) return commandList(await commands.all(), columns);
  const { commandHelp } = await import('./command-help.ts');
  return commandHelp(command, columns);
};

const optionsOf = async (commands: Commands, command: Command | undefined): Promise<string> =>
  (command === undefined ? await commands.all() : [command]).map(optionLines).join('\n');

const unknownCommand = (commands: readonly Command[], name: string): AsbError => {
  const names = [...commands.map((command) => command.name), 'help'];
  const near = nearest(name, names);
  const hint =
    near === undefined ? `one of ${names.join(', ')} comes first` : `did you mean ${near}?`;
  return new AsbError('USAGE', `there is no command "${name}"; ${hint}`, {
    expected: near ?? names.join(', '),
  });
};

/** Holds what was read against the command's table. */
const typedOf = (command: Command, read: Values): Typed => {
  const { _: words, ...values } = read;
  const known = new Map(command.options.map((option) => [option.name, option]));
  const typed = new Map<string, string | false>();
  for (const [name, value] of Object.entries(values)) {
    if (GENERAL_OPTIONS.some((option) => option.name === name)) continue;
    const option = known.get(name);
    if (option === undefined) throw unknownOption(command, name);
    typed.set(name, wordOf(option, value));
  }
  return { values: typed, operands: operandsOf(command, words.slice(1).map(String)) };
};

const operandsOf = ({ operands }: Command, words: string[]): string[] => {
  if (operands === undefined && words.length > 0) {
    throw new AsbError(
      'USAGE',
      `"${words[0]}" is no option; files come by < and go by >, or by -d`,
    );
  }
  if (operands !== undefined && words.length < operands.min) {
    const { name, describe: expected } = operands;
    throw new AsbError('USAGE', `${name} is needed: ${expected}`, { expected });
  }
  if (operands?.max !== undefined && words.length > operands.max) {
    const expected = `${operands.max} ${operands.name}`;
    throw new AsbError('USAGE', `"${words[operands.max]}" is one too many; expected ${expected}`, {
      expected,
    });
  }
  return words;
};

const wordOf = (option: Option<unknown>, value: unknown): string | false => {
  if (Array.isArray(value)) {
    throw new AsbError('USAGE', `${namesOf(option)} was given ${value.length} times`);
  }
  if (option.takesValue) return String(value);
  return value === false ? false : '';
};

const unknownOption = (command: Command, name: string): AsbError => {
  const instead = insteadOf(name);
  if (instead !== undefined) {
    throw new AsbError('USAGE', `there is no option ${dashed(name)}: ${instead}`, {
      expected: instead,
    });
  }
  const known = everyName([...command.options, ...GENERAL_OPTIONS]);
  const near = nearest(
    name,
    known.filter((each) => each.length > 1),
  );
  const hint = near === undefined ? '' : `; did you mean ${dashed(near)}?`;
  const facts = near === undefined ? {} : { expected: dashed(near) };
  return new AsbError('USAGE', `there is no option ${dashed(name)}${hint}`, facts);
};
