import yargs, { type Argv } from 'yargs';
import { AsbError } from '../errors.ts';
import { packageVersion } from '../jobs/version.ts';
import { splitArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { insteadOf } from './foreign.ts';
import { commandList, GENERAL_OPTIONS, optionLines } from './help.ts';
import { nearest } from './nearest.ts';
import { dashed, namesOf, type Option } from './option.ts';
import { configFile } from './options/config.ts';
import type { Typed } from './typed.ts';

/** What a command line asks for: a text to show, or a command to run. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'run'; readonly command: Command; readonly typed: Typed };

/** What yargs reads: words that are no options in `_`, values by the main name of the option. */
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

/**
 * Reads a command line.
 *
 * @param given without the interpreter and the script; `help COMMAND` is `COMMAND --help`
 * @param columns width of the help
 * @throws AsbError `USAGE` for what no command takes; values are looked at when all is there (`settle`)
 */
export const parseCommandLine = (
  commands: readonly Command[],
  given: readonly string[],
  columns: number,
): Request => {
  const asked = given.slice(given[1] === 'help' ? 2 : 1);
  const args = given[0] === 'help' ? [...asked, '--help'] : given;
  const command = commands.find(({ name }) => name === args[0]);
  if (command === undefined && args[0]?.startsWith('-') === false) {
    throw unknownCommand(commands, args[0]);
  }
  const words =
    command === undefined ? args : splitArguments([...command.options, ...GENERAL_OPTIONS], args);
  const parser = parserOf(words, columns);
  // Not as a command of yargs: it would write the help of whatever has run, which takes 0.04 s.
  if (command !== undefined) describe(parser, command);
  let values: Values = { _: [], $0: '' };
  let wrong: Error | undefined;
  parser.parse([...words], {}, (error: Error | undefined, read: Values) => {
    wrong = error;
    values = read;
  });
  const isAsked = ({ name }: Option<unknown>): boolean => (values[name] ?? false) !== false;
  if (isAsked(help)) return { kind: 'text', text: helpOf(parser, commands, command, columns) };
  if (isAsked(version)) return { kind: 'text', text: packageVersion() };
  if (wrong) throw new AsbError('USAGE', wrong.message);
  if (isAsked(list)) return { kind: 'text', text: optionsOf(commands, command) };
  if (command === undefined) throw unknownCommand(commands, String(args[0]));
  return { kind: 'run', command, typed: typedOf(command, values) };
};

/**
 * Help and version are flags as others: yargs's own would take a last operand for `--help`, where
 * somebody's backup is called `help`.
 */
const parserOf = (words: readonly string[], columns: number): Argv => {
  const parser = yargs([...words])
    .scriptName('asb')
    .parserConfiguration(PARSER)
    .exitProcess(false)
    .detectLocale(false)
    .updateLocale({
      'Not enough arguments following: %s': 'option %s needs a value',
      boolean: 'flag',
    })
    .help(false)
    .version(false)
    .wrap(columns);
  for (const { name, alias, describe } of GENERAL_OPTIONS) {
    parser.option(name, { alias: [...alias], boolean: true, describe });
  }
  return parser;
};

/** What is shown instead of, or beside, what yargs says. */
const helpOf = (
  parser: Argv,
  commands: readonly Command[],
  command: Command | undefined,
  columns: number,
): string => {
  if (command === undefined) return commandList(commands, columns);
  let text = '';
  parser.showHelp((words) => {
    text = words;
  });
  return `${text}\n\n${elsewhereOf(command)}${examplesOf(command)}`;
};

const optionsOf = (commands: readonly Command[], command: Command | undefined): string =>
  (command === undefined ? commands : [command]).map(optionLines).join('\n');

const describe = (parser: Argv, command: Command): void => {
  parser.usage(usageOf(command));
  for (const option of command.options) {
    parser.option(option.name, {
      alias: [...option.alias],
      describe: option.describe,
      group: option.group,
      hidden: option.isHidden === true,
      ...kindOf(option),
    });
  }
};

/** What yargs is told of an option's value. */
const kindOf = ({ takesValue, valueIsOptional }: Option<unknown>) => {
  if (!takesValue) return { boolean: true };
  return valueIsOptional === true ? { string: true } : { requiresArg: true };
};

const usageOf = ({ name, operands, description }: Command): string => {
  if (operands === undefined) return `asb ${name} [options]\n\n${description}`;
  const { name: one, describe: what, max } = operands;
  const more = max === 1 ? '' : '…';
  return `asb ${name} [options] ${one}${more}\n\n${description}\n\n${one}  ${what}`;
};

/** Where the help is of what many commands have. */
const elsewhereOf = ({ options }: Command): string =>
  options.some(({ name, isHidden }) => name === configFile.name && isHidden === true)
    ? 'Options may stand in config files, and a Secret Agent may have their values: asb backup --help\n' +
      'tells of both.\n\n'
    : '';

/** Examples in lines of their own, as long as they are: yargs would break a command in two. */
const examplesOf = (command: Command): string =>
  ['Examples:', ...command.examples.map(([line, what]) => `  # ${what}\n  ${line}`)].join('\n');

const unknownCommand = (commands: readonly Command[], name: string): AsbError => {
  const names = [...commands.map((command) => command.name), 'help'];
  const near = nearest(name, names);
  const hint =
    near === undefined ? `one of ${names.join(', ')} comes first` : `did you mean ${near}?`;
  return new AsbError('USAGE', `there is no command "${name}"; ${hint}`, {
    expected: near ?? names.join(', '),
  });
};

/** Holds what yargs read against the command's table. */
const typedOf = (command: Command, read: Values): Typed => {
  const { _: words, $0: _, ...values } = read;
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
  const known = [...command.options, ...GENERAL_OPTIONS];
  const near = nearest(
    name,
    known.flatMap((option) => [option.name, ...option.alias]).filter((each) => each.length > 1),
  );
  const hint = near === undefined ? '' : `; did you mean ${dashed(near)}?`;
  const facts = near === undefined ? {} : { expected: dashed(near) };
  return new AsbError('USAGE', `there is no option ${dashed(name)}${hint}`, facts);
};
