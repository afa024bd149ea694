import type { Command } from './command.ts';
import { backupCommand } from './commands/backup.ts';
import { catCommand } from './commands/cat.ts';
import { completionCommand } from './commands/completion.ts';
import { compressCommand } from './commands/compress.ts';
import { convertCommand } from './commands/convert.ts';
import { decompressCommand } from './commands/decompress.ts';
import { decryptCommand } from './commands/decrypt.ts';
import { diffCommand } from './commands/diff.ts';
import { downloadCommand } from './commands/download.ts';
import { encryptCommand } from './commands/encrypt.ts';
import { filterCommand } from './commands/filter.ts';
import { inspectCommand } from './commands/inspect.ts';
import { loadCommand } from './commands/load.ts';
import { mergeCommand } from './commands/merge.ts';
import { parseCommand } from './commands/parse.ts';
import { recompressCommand } from './commands/recompress.ts';
import { reencryptCommand } from './commands/reencrypt.ts';
import { renameNamespaceCommand } from './commands/rename-namespace.ts';
import { restoreCommand } from './commands/restore.ts';
import { rotateCommand } from './commands/rotate.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { scanCommand } from './commands/scan.ts';
import { serializeCommand } from './commands/serialize.ts';
import { splitCommand } from './commands/split.ts';
import { uploadCommand } from './commands/upload.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Option } from './option.ts';
import { configOptions } from './options/config.ts';
import { logOptions } from './options/log.ts';
import { secretAgentOptions } from './options/secret-agent.ts';

/** In the order of the help: the job first, then the filters as data flows. */
const ALL: readonly Command[] = [
  backupCommand,
  restoreCommand,
  verifyCommand,
  inspectCommand,
  filterCommand,
  convertCommand,
  mergeCommand,
  diffCommand,
  splitCommand,
  recompressCommand,
  reencryptCommand,
  renameNamespaceCommand,
  scanCommand,
  serializeCommand,
  compressCommand,
  catCommand,
  decompressCommand,
  parseCommand,
  encryptCommand,
  decryptCommand,
  rotateCommand,
  uploadCommand,
  downloadCommand,
  loadCommand,
  sandboxCommand,
  completionCommand(() => COMMANDS),
];

const completing: readonly Option<unknown>[] = [...configOptions, ...secretAgentOptions];

/** Where options come from that nobody types. Jobs tell of it: the help of a filter would be little else. */
const completingOf = ({ heading }: Command): readonly Option<unknown>[] =>
  heading === 'Whole jobs'
    ? completing
    : completing.map((option) => ({ ...option, isHidden: true }));

/** All commands, with the options that each of them has. */
export const COMMANDS: readonly Command[] = ALL.map((command) => ({
  ...command,
  options: [...command.options, ...logOptions, ...completingOf(command)],
}));
