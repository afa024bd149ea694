import type { Transform } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import type { BackupInput } from '../jobs/backup-input.ts';
import type { WrittenBackup } from '../jobs/backup-output.ts';
import { countOf, formatBytes } from './format.ts';
import type { Given } from './given.ts';
import { ProgressDisplay } from './progress-display.ts';
import { recordInputOf } from './record-input.ts';
import { outputPlaces, recordOutputOf } from './record-output.ts';
import type { Shell } from './shell.ts';

export interface RewriteOptions {
  /** The backup, if it was opened already. Default: that of the command line. */
  readonly read?: Awaited<ReturnType<typeof recordInputOf>>;
  /** What is done to the records on the way, by name; nothing if left out. */
  readonly stages?: Readonly<Record<string, Transform>>;
  /** The namespace that is read, which must be this one; any if left out. */
  readonly source?: string | undefined;
  /** The namespace that is written. Default: the same. */
  readonly namespace?: string | undefined;
  /** How what is written is encrypted; as what was read, if left out. */
  readonly encryption?: Encryption | 'none' | undefined;
  /** Whether it is compressed if the command line does not say. Default: as what was read. */
  readonly compress?: 'zstd';
  /** What is said that was done: `wrote`. */
  readonly verb?: string;
}

/**
 * Reads the backup of the command line, and writes what the stages make of it, as a backup again. On
 * standard output it says nothing unless it is to tell more.
 *
 * @throws AsbError as `recordInputOf`, `recordOutputOf` and `writeBackup` do; `USAGE` if nothing says a
 *   namespace; `FORMAT` if the backup is of another one than `source`
 */
export const rewrite = async (
  given: Given,
  shell: Shell,
  options: RewriteOptions = {},
): Promise<WrittenBackup> => {
  const { stages = {}, source, namespace: wanted, encryption, verb = 'wrote' } = options;
  const read =
    options.read ??
    (await recordInputOf(given, shell, {
      places: outputPlaces(given),
      namespace: source ?? wanted,
    }));
  const { input } = read;
  const found = input.namespace;
  checkSource(found, source);
  const namespace = requireNamespace(wanted ?? found);
  const seal = encryption === 'none' ? undefined : (encryption ?? read.encryption);
  const { isStandardOutput, ...place } = recordOutputOf(
    given,
    shell,
    { ...read, encryption: seal },
    options.compress,
  );
  const { writeBackup } = await import('../jobs/backup-output.ts');
  shell.meter?.watch(stages);
  const display = readingDisplay(shell, input);
  const written = await writeBackup(input.chunks(), {
    ...place,
    namespace,
    ...(found === undefined ? {} : { source: found }),
    stages: Object.values(stages),
    meter: shell.meter,
    files: input.files,
    origin: input,
    signal: shell.signal,
  }).finally(() => display.close());
  if (!isStandardOutput || shell.verbose) shell.say(`${verb} ${wordsOf(written)}`);
  return written;
};

/** Shows how much of a backup was read. */
export const readingDisplay = (shell: Shell, { info, bytesTotal }: BackupInput): ProgressDisplay =>
  new ProgressDisplay({
    shell,
    counts: () => ({
      records: info.records,
      bytes: info.bytesRead,
      share: bytesTotal ? info.bytesRead / bytesTotal : undefined,
      whole: 'the bytes',
    }),
  });

/** @throws AsbError `USAGE` if nothing says one */
export const requireNamespace = (namespace: string | undefined): string => {
  if (namespace !== undefined) return namespace;
  throw new AsbError(
    'USAGE',
    'nothing says of which namespace this is; say it with -n, --namespace',
    { expected: 'a namespace' },
  );
};

const wordsOf = ({ records, indexes, udfs, files, fileBytes }: WrittenBackup): string =>
  [
    countOf(records, 'record'),
    countOf(indexes, 'secondary index', 'secondary indexes'),
    `${countOf(udfs, 'UDF module')} to ${countOf(files, 'file')}`,
    formatBytes(fileBytes),
  ].join(', ');

/** @throws AsbError `FORMAT` if a backup is of another namespace than the one that is expected, if any */
export const checkSource = (found: string | undefined, expected: string | undefined): void => {
  if (expected === undefined || found === expected) return;
  const namespace = found ?? 'none';
  throw new AsbError(
    'FORMAT',
    `this is a backup of namespace "${namespace}", and not of "${expected}"`,
    { namespace, expected },
  );
};
