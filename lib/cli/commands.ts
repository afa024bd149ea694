import type { Command } from './command.ts';
import type { Commands } from './command-line.ts';
import type { Option } from './option.ts';
import { configOptions } from './options/config.ts';
import { logOptions } from './options/log.ts';
import { profile } from './options/profile.ts';
import { secretAgentOptions } from './options/secret-agent.ts';
import type { Shell } from './shell.ts';

/**
 * In the order of the help: the jobs first, the filters as data flows. Each is read when it is asked for:
 * all of them together take longer to read than most take to run.
 */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  filter: async () => (await import('./commands/filter.ts')).filterCommand,
  convert: async () => (await import('./commands/convert.ts')).convertCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  split: async () => (await import('./commands/split.ts')).splitCommand,
  recompress: async () => (await import('./commands/recompress.ts')).recompressCommand,
  reencrypt: async () => (await import('./commands/reencrypt.ts')).reencryptCommand,
  'rename-namespace': async () =>
    (await import('./commands/rename-namespace.ts')).renameNamespaceCommand,
  scan: async () => (await import('./commands/scan.ts')).scanCommand,
  serialize: async () => (await import('./commands/serialize.ts')).serializeCommand,
  compress: async () => (await import('./commands/compress.ts')).compressCommand,
  cat: async () => (await import('./commands/cat.ts')).catCommand,
  decompress: async () => (await import('./commands/decompress.ts')).decompressCommand,
  parse: async () => (await import('./commands/parse.ts')).parseCommand,
  encrypt: async () => (await import('./commands/encrypt.ts')).encryptCommand,
  decrypt: async () => (await import('./commands/decrypt.ts')).decryptCommand,
  rotate: async () => (await import('./commands/rotate.ts')).rotateCommand,
  upload: async () => (await import('./commands/upload.ts')).uploadCommand,
  download: async () => (await import('./commands/download.ts')).downloadCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandboxCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand(allCommands),
};

const completing: readonly Option<unknown>[] = [...configOptions, ...secretAgentOptions];

/** Where options come from that nobody types. Jobs tell of it: the help of a filter would be little else. */
const completingOf = ({ heading }: Command): readonly Option<unknown>[] =>
  heading === 'Whole jobs'
    ? completing
    : completing.map((option) => ({ ...option, isHidden: true }));

const loaded = async (load: () => Promise<Command>): Promise<Command> => {
  const command = await load();
  return {
    ...command,
    options: [...command.options, ...logOptions, ...completingOf(command)],
    async run(given, shell) {
      const place = given.value(profile);
      if (place === undefined) return command.run(given, shell);
      const { runProfiled } = await import('./profiled.ts');
      const run = (metered: Shell) => command.run(given, metered);
      return runProfiled(`asb ${command.name}`, place, shell, run);
    },
  };
};

/**
 * A command, with the options that every command has.
 * @returns `undefined` if there is none of that name
 */
export const commandNamed = async (name: string): Promise<Command | undefined> => {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  return load === undefined ? undefined : loaded(load);
};

/** All commands, in the order of the help. */
export const allCommands = (): Promise<readonly Command[]> =>
  Promise.all(Object.values(LOADERS).map(loaded));

/** The commands of asb, each read when it is asked for. */
export const commands: Commands = { named: commandNamed, all: allCommands };
