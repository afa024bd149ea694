/** The help of one command, which yargs lays out. Loading it takes a good part of what a start takes. */
import yargs, { type Argv } from 'yargs';
import type { Command } from './command.ts';
import { GENERAL_OPTIONS } from './help.ts';
import type { Option } from './option.ts';
import { configFile } from './options/config.ts';

/**
 * What `asb COMMAND --help` shows.
 * @param columns width, in characters
 */
export const commandHelp = (command: Command, columns: number): string => {
  const layout = layoutOf(columns);
  describe(layout, command);
  let text = '';
  layout.showHelp((words) => {
    text = words;
  });
  return `${text}\n\n${elsewhereOf(command)}${examplesOf(command)}`;
};

const layoutOf = (columns: number): Argv => {
  const layout = yargs([])
    .scriptName('asb')
    .exitProcess(false)
    .detectLocale(false)
    .updateLocale({ boolean: 'flag' })
    .help(false)
    .version(false)
    .wrap(columns);
  for (const { name, alias, describe: words } of GENERAL_OPTIONS) {
    layout.option(name, { alias: [...alias], boolean: true, describe: words });
  }
  return layout;
};

const describe = (layout: Argv, command: Command): void => {
  layout.usage(usageOf(command));
  for (const option of command.options) {
    layout.option(option.name, {
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
