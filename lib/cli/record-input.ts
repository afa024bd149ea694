/** What the commands that read a whole backup have in common: their options, and what they say. */
import { AsbError } from '../errors.ts';
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
 * @throws AsbError `USAGE` for options that do not go together, and for standard input beside paths; as
 *   {@link openInput}
 */
export const recordInputOf = async (
  given: Given,
  shell: Shell,
  { paths = given.operands, places = [], namespace }: RecordInputOptions = {},
) => {
  const isStream = paths.length === 0 || paths.includes(STANDARD_INPUT);
  if (isStream && paths.length > 1) {
    throw new AsbError('USAGE', `${STANDARD_INPUT} is standard input, which is read alone`);
  }
  const opening = await openingOf(given, shell, [...paths, ...places]);
  const input = await opening.open(isStream ? STANDARD_INPUT : paths, namespace);
  return { ...opening, input };
};

/**
 * Opens the backups that the command line names, each by itself, in their order.
 *
 * @throws AsbError as {@link recordInputOf}; `USAGE` for standard input twice
 */
export const recordInputsOf = async (
  given: Given,
  shell: Shell,
  { paths = given.operands, places = [], namespace }: RecordInputOptions = {},
) => {
  if (paths.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new AsbError('USAGE', `${STANDARD_INPUT} is standard input, which can be read once`);
  }
  const opening = await openingOf(given, shell, [...paths, ...places]);
  const inputs: BackupInput[] = [];
  for (const path of paths) {
    const place = path === STANDARD_INPUT ? STANDARD_INPUT : [path];
    inputs.push(await opening.open(place, namespace));
  }
  return { ...opening, inputs };
};

/** How the command line says that backups are opened. */
const openingOf = async (
  given: Given,
  shell: Shell,
  locations: readonly (string | undefined)[],
) => {
  const encryption = await encryptionOf(given);
  const s3 = s3Of(given, shell, locations);
  const open = async (
    place: readonly string[] | typeof STANDARD_INPUT,
    namespace: string | undefined,
  ): Promise<BackupInput> => {
    const source = place === STANDARD_INPUT ? { input: shell.input('text') } : { paths: place };
    const { openInput } = await import('../jobs/backup-input.ts');
    return openInput({
      ...source,
      s3,
      encryption,
      namespace,
      manifest: !given.value(noManifest),
      signal: shell.signal,
      meter: shell.meter,
      onNotice: (notice) => shell.say(`note: ${notice}`),
    });
  };
  return { encryption, s3, open };
};
