/** What `asb --help` and `--options` show; `command-help.ts` has the help of a command. */
import { type Command, HEADINGS } from './command.ts';
import { flag, namesOf, type Option } from './option.ts';
import { wrap } from './wrap.ts';

/** What every command has, and what stands without one. */
export const GENERAL_OPTIONS = [
  flag({ name: 'help', alias: ['Z', 'usage'], describe: 'Show this help' }),
  flag({ name: 'version', alias: ['V'], describe: 'Show the version' }),
  flag({ name: 'options', alias: ['O'], describe: 'List the options, one a line' }),
] as const;

/** What somebody may look for, and where it is. */
export const TOPICS = [
  ['look into a backup', 'asb inspect, asb verify, asb cat'],
  ['only what has changed', 'asb backup --modified-after, asb merge'],
  ['a part of the records', 'asb backup --set, --filter-exp, --partition-list; asb filter'],
  ['several machines, one backup', 'asb backup --shard'],
  ['some nodes or racks only', 'asb backup --node-list, --rack-list, --prefer-racks'],
  ['go on after a failure', 'asb backup --continue, asb restore --continue'],
  ['away with an old backup', 'asb backup --remove-files, --remove-artifacts'],
  ['how large it will be', 'asb backup --estimate'],
  ['where the time goes', 'asb backup --profile, docs/profile.md'],
  ['spare the cluster', 'asb backup --records-per-second, --nice'],
  ['S3', 'asb backup -d s3://bucket/prefix'],
  ['encryption', 'asb backup --encrypt, asb reencrypt'],
  ['another namespace', 'asb restore -n from,to; asb rename-namespace'],
  ['a spreadsheet, a warehouse', 'asb convert --to csv'],
  ['options from a file', 'asb backup --config-file, and /etc/aerospike/astools.conf'],
  ['secrets kept elsewhere', 'asb backup --sa-address, and secrets:RESOURCE:KEY as a value'],
  ['for programs', '--log-json, --machine, docs/ndjson.md'],
  ['options of asbackup and absctl', 'docs/options.md'],
  ['scripts and code to begin with', 'examples/README.md'],
  ['beside the official client', 'docs/client.md'],
  ['manuals', 'man asb'],
] as const;

/**
 * All commands under their headings, and where to find what.
 * @param columns width, in characters
 */
export const commandList = (commands: readonly Command[], columns: number): string => {
  const sections = HEADINGS.map((heading) => {
    const rows = commands
      .filter((command) => command.heading === heading)
      .map(({ name, summary }) => [name, summary] as const);
    return rows.length === 0 ? [] : ['', `${heading}:`, ...table(rows, columns)];
  });
  return [
    'asb COMMAND [options]',
    '',
    'Backups of Aerospike namespaces as pipelines and filters.',
    ...sections.flat(),
    '',
    'Where to find:',
    ...table(TOPICS, columns),
    '',
    'asb help COMMAND tells more, asb COMMAND --options lists its options one a line,',
    'asb completion bash|zsh completes what you type.',
  ].join('\n');
};

/** The options of a command, one a line, as long as they are: for `grep`, and for programs. */
export const optionLines = (command: Command): string =>
  command.options.map((option) => optionLine(option)).join('\n');

/** `-w, --parallel N`, as manuals name an option. */
export const headOf = (option: Option<unknown>): string => {
  const value = option.valueIsOptional === true ? `[=${option.shown}]` : ` ${option.shown}`;
  return `${namesOf(option)}${option.takesValue ? value : ''}`;
};

const optionLine = (option: Option<unknown>): string => `${headOf(option)}\t${option.describe}`;

/** Two columns: what stands to the right is wrapped. */
const table = (rows: readonly (readonly [string, string])[], columns: number): string[] => {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, words]) =>
    wrap(words, columns - width).map(
      (line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(width)}${line}`,
    ),
  );
};
