/** From what was typed to what is given: config files are read, and secrets are asked for. */
import { statSync } from 'node:fs';
import { AsbError } from '../../errors.ts';
import { isSecretReference } from '../../secrets/reference.ts';
import type { Command } from '../command.ts';
import { Given, type Origin } from '../given.ts';
import type { Option } from '../option.ts';
import { configFile, instance, noConfigFile, onlyConfigFile } from '../options/config.ts';
import { tlsEnable } from '../options/security.ts';
import type { Typed } from '../typed.ts';
import type { ConfigSource } from './files.ts';
import type { Setting } from './setting.ts';

/** Where tools look for options that nobody typed, the later winning. */
export const defaultConfigFiles = (home: string | undefined): string[] => [
  '/etc/aerospike/astools.conf',
  ...(home === undefined ? [] : [`${home}/.aerospike/astools.conf`]),
];

export interface SettleOptions {
  readonly command: Command;
  /** All commands, whose options and sections may stand in the files. */
  readonly commands: () => Promise<readonly Command[]>;
  /** Files that are read unless the command line says otherwise; they need not be there. */
  readonly defaults: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Settled {
  readonly given: Given;
  /** What came from files, one line a file, for who wants to know. */
  readonly told: readonly string[];
}

/**
 * Completes what was typed. The command line beats files, and a later file an earlier one.
 *
 * @throws AsbError `USAGE` for values outside their range and options that do not go together, with
 *   the file and line they came from; as `readConfigFiles` and `SecretAgent.fetch` do
 */
export const settle = async (typed: Typed, options: SettleOptions): Promise<Settled> => {
  const { command, signal } = options;
  const settings = await settingsFor(typed, options);
  const values = new Map<string, string>();
  const origins = new Map<string, Origin>();
  for (const { name } of command.options) {
    const setting = settings.get(name);
    const word = typed.values.get(name) ?? setting?.word ?? false;
    if (word === false) continue;
    values.set(name, word);
    if (setting !== undefined && !typed.values.has(name))
      origins.set(name, { file: setting.file, line: setting.line });
  }
  if (has(command, tlsEnable) && !values.has(tlsEnable.name)) {
    leaveOutTls(values, origins);
  }
  const told = tell(origins);
  if ([...values.values()].some(isSecretReference)) {
    const { fillSecrets } = await import('./fill-secrets.ts');
    await fillSecrets(command.options, values, origins, signal);
  }
  const given = new Given(values, typed.operands, origins);
  given.check(command.options);
  return { given, told };
};

const has = ({ options }: Command, { name }: Option<unknown>): boolean =>
  options.some((option) => option.name === name);

const settingsFor = async (
  typed: Typed,
  { command, commands, defaults }: SettleOptions,
): Promise<ReadonlyMap<string, Setting>> => {
  const settings = new Map<string, Setting>();
  if (!has(command, configFile)) return settings;
  const asked = new Given(new Map([...typed.values].flatMap(wordsOnly)));
  const sources = sourcesOf(asked, defaults);
  const wanted = asked.value(instance);
  let isFound = wanted === undefined;
  if (sources.length > 0) {
    const { readConfigFiles } = await import('./files.ts');
    const { hasInstance, settingsIn } = await import('./sections.ts');
    const all = await commands();
    for (const toml of await readConfigFiles(sources)) {
      isFound ||= hasInstance(toml, wanted);
      const found = settingsIn(toml, { command, commands: all, instance: wanted });
      for (const [name, setting] of found) settings.set(name, setting);
    }
  }
  if (isFound) return settings;
  const expected = `[cluster_${wanted}]`;
  throw new AsbError(
    'USAGE',
    `no config file has a section for --instance ${wanted}: ${expected}`,
    {
      expected,
    },
  );
};

const wordsOnly = ([name, word]: readonly [string, string | false]): (readonly [
  string,
  string,
])[] => (word === false ? [] : [[name, word]]);

/** Those that are there, or must be. */
const sourcesOf = (asked: Given, defaults: readonly string[]): ConfigSource[] => {
  for (const option of [configFile, onlyConfigFile, instance]) {
    asked.exclusive(option, noConfigFile);
  }
  asked.exclusive(configFile, onlyConfigFile);
  if (asked.value(noConfigFile)) return [];
  const named = [configFile, onlyConfigFile]
    .map((option) => asked.value(option))
    .filter((file) => file !== undefined)
    .map((file) => ({ file, isOptional: false }));
  if (asked.has(onlyConfigFile)) return named;
  const there = defaults.filter(isThere).map((file) => ({ file, isOptional: true }));
  return [...there, ...named];
};

/** Nearly nobody has one, so this is all that they wait for. */
const isThere = (file: string): boolean => {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // whoever reads it says why it cannot be read
  }
};

/** The sample of astools.conf says that they are ignored without tls-enable. */
const leaveOutTls = (values: Map<string, string>, origins: Map<string, Origin>): void => {
  for (const name of [...origins.keys()].filter((each) => each.startsWith('tls-'))) {
    values.delete(name);
    origins.delete(name);
  }
};

const tell = (origins: ReadonlyMap<string, Origin>): string[] => {
  const byFile = Map.groupBy(origins, ([, { file }]) => file);
  return Array.from(byFile, ([file, entries]) => {
    return `from ${file}: ${entries.map(([name]) => name).join(', ')}`;
  });
};
