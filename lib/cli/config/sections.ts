/** Which sections of a config file speak to a command, and what their keys say. */
import { AsbError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { placeOf } from '../given.ts';
import { nearest } from '../nearest.ts';
import type { Option } from '../option.ts';
import { configOptions } from '../options/config.ts';
import { connectionOptions, host } from '../options/connection.ts';
import { secretAgentOptions } from '../options/secret-agent.ts';
import { type Setting, wordOf } from './setting.ts';
import type { TomlEntry, TomlFile } from './toml-file.ts';

/** The sections of asbackup's tools that are commands of ours. */
const PEER_SECTIONS: ReadonlyMap<string, string> = new Map([
  ['backup', 'asbackup'],
  ['restore', 'asrestore'],
]);

/** Keys that have another name on the peers' command lines. */
const PEER_KEYS: ReadonlyMap<string, string> = new Map([
  ['use-services-alternate', 'services-alternate'],
  ['tps', 'records-per-second'],
]);

/** A section that speaks to a command. */
interface SectionPlan {
  readonly name: string;
  /** What may stand in it. */
  readonly options: readonly Option<unknown>[];
  /** Names of options that may stand in it too: other commands have them. */
  readonly ignored: ReadonlySet<string>;
  /** With an instance: whether the section without it is read if there is none with it. */
  readonly isDefault: boolean;
}

const NONE: ReadonlySet<string> = new Set();

const isConfigOption = (name: string): boolean =>
  configOptions.some((option) => option.name === name);

/** The sections, each beating those before it. */
const plansOf = ({ name, options }: Command): readonly SectionPlan[] => {
  const ours = options.filter((option) => !isConfigOption(option.name));
  const clusterNames = new Set(connectionOptions.map((option) => option.name));
  const cluster: SectionPlan = {
    name: 'cluster',
    options: ours.filter((option) => clusterNames.has(option.name)),
    ignored: clusterNames,
    isDefault: false, // as with asbackup: nobody is to reach another cluster than he thinks
  };
  const peer = PEER_SECTIONS.get(name);
  const plan = (section: string, options: readonly Option<unknown>[]): SectionPlan => ({
    name: section,
    options,
    ignored: NONE,
    isDefault: true,
  });
  return [
    plan('secret-agent', secretAgentOptions),
    // The sandbox has a port and TLS, too, but they are its own.
    ...(options.includes(host) ? [cluster] : []),
    ...(peer === undefined ? [] : [plan(peer, ours)]),
    plan(`asb-${name}`, ours),
  ];
};

/**
 * What a file says to a command.
 *
 * @param commands all of them, whose sections may stand there
 * @param instance end of the names of sections that are read; those without an end if left out
 * @returns by main name of the option, the last setting of each
 * @throws AsbError `USAGE`, with file and line, for keys and values that the command does not take,
 *   and for sections of commands that are none
 */
export const settingsIn = (
  toml: TomlFile,
  { command, commands, instance }: SectionChoice,
): Map<string, Setting> => {
  checkNames(toml, commands);
  const settings = new Map<string, Setting>();
  for (const plan of plansOf(command)) {
    const section = sectionOf(toml, plan, instance);
    for (const entry of toml.sections.get(section) ?? []) {
      const option = optionOf(entry, plan, toml.file, section);
      if (option === undefined) continue;
      const { line } = entry;
      settings.set(option.name, { file: toml.file, line, word: wordOf(option, entry, toml.file) });
    }
  }
  return settings;
};

export interface SectionChoice {
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly instance: string | undefined;
}

/** Whether a file has any section with this end: who mistypes it would reach another cluster. */
export const hasInstance = (toml: TomlFile, instance: string | undefined): boolean =>
  instance === undefined || [...toml.sections.keys()].some((name) => name.endsWith(`_${instance}`));

const sectionOf = (
  { sections }: TomlFile,
  { name, isDefault }: SectionPlan,
  instance: string | undefined,
): string => {
  if (instance === undefined) return name;
  const own = `${name}_${instance}`;
  return isDefault && !sections.has(own) ? name : own;
};

/** @returns `undefined` for a key that only other commands take */
const optionOf = (
  { key, line }: TomlEntry,
  { options, ignored }: SectionPlan,
  file: string,
  section: string,
): Option<unknown> | undefined => {
  const lower = key.toLowerCase(); // as with asbackup
  const name = PEER_KEYS.get(lower) ?? lower;
  const longNames = new Map(options.flatMap((option) => longNamesOf(option)));
  const option = longNames.get(name);
  if (option !== undefined) return option;
  if (ignored.has(name)) return undefined;
  const place = { file, ...(line === undefined ? {} : { line }) };
  const where = `${placeOf(file, line)}: "${key}" in [${section}]`;
  if (isConfigOption(name)) {
    const what = `${where} can only be given on the command line`;
    throw new AsbError('USAGE', what, place);
  }
  const near = nearest(name, longNames.keys());
  const hint = near === undefined ? 'it takes the long names of options' : `did you mean ${near}?`;
  const facts = near === undefined ? place : { ...place, expected: near };
  throw new AsbError('USAGE', `${where} is not known; ${hint}`, facts);
};

const longNamesOf = (option: Option<unknown>): (readonly [string, Option<unknown>])[] =>
  [option.name, ...option.alias]
    .filter((name) => name.length > 1)
    .map((name) => [name, option] as const);

/** Sections of other tools are theirs; those that begin as ours must be of a command. */
const checkNames = (toml: TomlFile, commands: readonly Command[]): void => {
  const known = commands.map(({ name }) => `asb-${name}`);
  for (const name of toml.sections.keys()) {
    const [ours] = /^asb-[^_]*/.exec(name) ?? [];
    if (ours === undefined || known.includes(ours)) continue;
    const line = toml.lineOf(name);
    const near = nearest(ours, known);
    const hint = near === undefined ? '' : `; did you mean [${near}]?`;
    throw new AsbError('USAGE', `${placeOf(toml.file, line)}: [${name}] is for no command${hint}`, {
      file: toml.file,
      ...(line === undefined ? {} : { line }),
    });
  }
};
