/** Manual pages, for man(7), made of the commands' tables. */
import { type Command, HEADINGS } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { GENERAL_OPTIONS, TOPICS } from './help.ts';
import { dashed, type Option } from './option.ts';
import { wrap } from './wrap.ts';

/** Width of the source; formatters fill the lines themselves. */
const SOURCE_WIDTH = 76;

export interface ManOptions {
  /** Of the package. */
  readonly version: string;
  /** Of the pages, `YYYY-MM-DD`. */
  readonly date: string;
}

/**
 * All pages: of `asb`, and of each command.
 * @returns file name, `asb-backup.1` → its source
 */
export const manPages = (
  commands: readonly Command[],
  options: ManOptions,
): ReadonlyMap<string, string> =>
  new Map([
    ['asb.1', overview(commands, options)],
    ...commands.map((command) => [fileOf(command), page(command, options)] as const),
  ]);

const titleOf = ({ name }: Command): string => `asb-${name}`;
const fileOf = (command: Command): string => `${titleOf(command)}.1`;

/** Plain text as roff reads it: nothing in it is a command, and dashes and quotes stay what they are. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('"', '\\(dq')
    .replaceAll(/[^\n\u0020-\u007e]/gu, (letter) => {
      const code = letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      return `\\[u${code}]`;
    })
    .replaceAll(/^\./gm, '\\&.');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const italic = (text: string): string => `\\fI${roff(text)}\\fR`;

/** A text in paragraphs, which its empty lines part. */
const prose = (text: string): string[] =>
  text
    .split(/\n{2,}/)
    .flatMap((paragraph, index) => [
      ...(index > 0 ? ['.PP'] : []),
      ...filled(paragraph.replaceAll(/\s+/g, ' ')),
    ]);

/** One paragraph, in lines of the source. */
const filled = (text: string): string[] => wrap(text, SOURCE_WIDTH).map(roff);

const titled = (title: string, what: string, { version, date }: ManOptions): string[] => [
  `.TH ${roff(title.toUpperCase())} 1 ${date} \\(dqasb ${version}\\(dq`.replaceAll('\\(dq', '"'),
  // To the left: lines with long words in them can't be adjusted.
  '.ad l',
  '.nh',
  '.SH NAME',
  `${roff(title)} \\- ${roff(what)}`,
];

const optionHead = ({ name, alias, takesValue, valueIsOptional, shown }: Option<unknown>) => {
  const names = [...alias, name].map((each) => bold(dashed(each)));
  const value = valueIsOptional === true ? `[=${italic(shown)}]` : ` ${italic(shown)}`;
  return `${names.join(', ')}${takesValue ? value : ''}`;
};

/** Options under the headings that the help has for them. */
const optionSections = (options: readonly Option<unknown>[]): string[] => {
  const shown = [...options.filter(({ isHidden }) => isHidden !== true), ...GENERAL_OPTIONS];
  const groups = new Set(shown.map(({ group }) => group));
  return [...groups].flatMap((group) => [
    `.SS ${roff(group.replace(/:$/, ''))}`,
    ...shown
      .filter((option) => option.group === group)
      .flatMap((option) => ['.TP', optionHead(option), ...filled(option.describe)]),
  ]);
};

const exampleLines = ({ examples }: Command): string[] =>
  examples.flatMap(([line, what]) => ['.PP', ...filled(`${what}:`), '.PP', ...literal(line)]);

/** As it is, set in. */
const literal = (text: string): string[] => ['.RS 4', '.EX', roff(text), '.EE', '.RE'];

/** @param failed the status of a failure, where 1 is an answer */
const exitStatus = (failed: number = ExitCode.FAILED): string[] => {
  const rows: readonly (readonly [status: string, what: string])[] = [
    [`${ExitCode.DONE}`, 'All that was asked for is done.'],
    failed === ExitCode.FAILED
      ? [`${failed}`, 'It failed; standard error says why.']
      : [`${ExitCode.FAILED}`, 'An answer, which DESCRIPTION tells.'],
    failed === ExitCode.USAGE
      ? [`${failed}`, 'It failed, or the command line is wrong.']
      : [`${ExitCode.USAGE}`, 'The command line is wrong.'],
    ['128+N', 'Ended by signal N.'],
  ];
  return [
    '.SH EXIT STATUS',
    ...rows.flatMap(([status, what]) => ['.TP', bold(status), roff(what)]),
  ];
};

const page = (command: Command, options: ManOptions): string => {
  const { operands } = command;
  const more = operands === undefined ? '' : ` ${italic(operands.name)}`;
  const dots = operands === undefined || operands.max === 1 ? '' : '\\&...';
  return source([
    ...titled(titleOf(command), command.summary, options),
    '.SH SYNOPSIS',
    `${bold(`asb ${command.name}`)} [${italic('options')}]${more}${dots}`,
    '.SH DESCRIPTION',
    ...prose(command.description),
    ...(operands === undefined
      ? []
      : ['.SH OPERANDS', '.TP', italic(operands.name), ...filled(operands.describe)]),
    '.SH OPTIONS',
    ...optionSections(command.options),
    '.SH EXAMPLES',
    ...exampleLines(command).slice(1),
    ...exitStatus(command.failedStatus),
    '.SH SEE ALSO',
    `${bold('asb')}(1)`,
  ]);
};

const overview = (commands: readonly Command[], options: ManOptions): string =>
  source([
    ...titled('asb', 'backups of Aerospike namespaces as pipelines and filters', options),
    '.SH SYNOPSIS',
    `${bold('asb')} ${italic('command')} [${italic('options')}]`,
    '.SH DESCRIPTION',
    ...prose(
      'Backs up namespaces of an Aerospike cluster and restores them, as single commands and as ' +
        'filters for pipes. Its files are those of asbackup and absctl, and it takes their options.',
    ),
    '.SH COMMANDS',
    ...HEADINGS.flatMap((heading) => [
      `.SS ${roff(heading)}`,
      ...commands
        .filter((command) => command.heading === heading)
        .flatMap((command) => [
          '.TP',
          `${bold(titleOf(command))}(1)`,
          ...filled(`${command.summary}.`),
        ]),
    ]),
    '.SH WHERE TO FIND',
    ...TOPICS.flatMap(([what, where]) => ['.TP', roff(what), ...filled(where)]),
    ...exitStatus(),
    '.SH ENVIRONMENT',
    '.TP',
    `${bold('NO_COLOR')}, ${bold('FORCE_COLOR')}`,
    ...filled('No colours on standard error, or colours also where it is no terminal.'),
    '.TP',
    bold('HTTP_PROXY, HTTPS_PROXY, NO_PROXY'),
    ...filled('How S3 is reached, with --s3-allow-system-proxy.'),
    '.TP',
    bold('AWS_*'),
    ...filled('Credentials, region and profile for S3, as all AWS tools have them.'),
    '.SH SEE ALSO',
    `${commands.map((command) => `${bold(titleOf(command))}(1)`).join(',\n')}`,
  ]);

const source = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
