/** What the commands that read a whole backup have in common: their options, and what they say. */
import type { BackupInput } from '../jobs/backup-input.ts';
import type { Operands } from './command.ts';
import type { Given } from './given.ts';
import type { Option } from './option.ts';
import { encryptionOf, encryptionOptions } from './options/encryption.ts';
import { noManifest } from './options/manifest.ts';
import { s3Of, s3ReadingOptions } from './options/s3.ts';
import type { Shell } from './shell.ts';

/** The path that stands for standard input. */
const STANDARD_INPUT = '-';

/** The backups that a command reads, as words that are no options. */
export const inputOperands: Operands = {
  name: 'PATH',
  describe:
    'a file, a directory with *.asb files, or s3://bucket/…; - for standard input, also if left out',
  min: 0,
};

export const inputOptions: readonly Option<unknown>[] = [
  noManifest,
  ...encryptionOptions,
  ...s3ReadingOptions,
];

export interface RecordInputOptions {
  /** In place of the operands of the command line. */
  readonly paths?: readonly string[];
  /** Other locations that the command line names: they may be in S3, too. */
  readonly places?: readonly (string | undefined)[];
  /** What records of NDJSON are to be of. */
  readonly namespace?: string | undefined;
}

/**
 * Opens the backup that the command line names.
 *
 * @returns it, with what the command line says of encryption and of S3: what is written goes by the
 *   same
 * @throws AsbError `USAGE` for options that do not go together; as {@link openInput}
 */
export const recordInputOf = async (
  given: Given,
  shell: Shell,
  { paths = given.operands, places = [], namespace }: RecordInputOptions = {},
) => {
  const encryption = await encryptionOf(given);
  const s3 = s3Of(given, shell, [...paths, ...places]);
  const isStream = paths.length === 0 || (paths.length === 1 && paths[0] === STANDARD_INPUT);
  const source = isStream ? { input: shell.input('text') } : { paths };
  const { openInput } = await import('../jobs/backup-input.ts');
  const input: BackupInput = await openInput({
    ...source,
    s3,
    encryption,
    namespace,
    manifest: !given.value(noManifest),
    signal: shell.signal,
    onNotice: (notice) => shell.say(`note: ${notice}`),
  });
  return { input, encryption, s3 };
};
