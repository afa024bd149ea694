import type { Given } from '../given.ts';
import { LOG_LEVELS } from '../log.ts';
import { choice, flag, type Option, text } from '../option.ts';
import { openWords, type Words } from '../words.ts';
import { verbose } from './common.ts';

const group = 'Log:';

export const logJson = flag({
  name: 'log-json',
  group,
  describe:
    'Tell what goes to standard error as lines of JSON: time, level, msg, and facts such as code, ' +
    'file and offset',
});

export const logLevel = choice({
  name: 'log-level',
  group,
  describe: 'Tell only what is as bad as this: debug (as --verbose), info (default), warn or error',
  words: LOG_LEVELS,
  ignoreCase: true,
});

export const logFile = text({
  name: 'log-file',
  group,
  describe: 'Append it to this file; a failure goes to standard error, too',
  expected: 'a file',
  shown: 'PATH',
});

/** On every command. */
export const logOptions: readonly Option<unknown>[] = [logJson, logLevel, logFile];

/** Whether a command line asks to be told more. */
export const isVerbose = (given: Given): boolean =>
  given.value(verbose) || given.value(logLevel) === 'debug';

/**
 * Words as the command line asks for them.
 * @throws AsbError `STORAGE` if the log file can't be opened
 */
export const wordsOf = (given: Given, command: string): Words =>
  openWords({
    json: given.value(logJson),
    least: given.value(logLevel) ?? (given.value(verbose) ? 'debug' : 'info'),
    file: given.value(logFile),
    command,
  });

/** The same of a command line that nobody could read. */
export const wordsOfUnread = (args: readonly string[], command: string | undefined): Words =>
  openWords({ json: args.includes(`--${logJson.name}`), command });
