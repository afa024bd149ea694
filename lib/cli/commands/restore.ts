import { AsbError } from '../../errors.ts';
import type { RestoreSource } from '../../jobs/restore-source.ts';
import { MAX_WORKERS } from '../../jobs/workers.ts';
import type { Command } from '../command.ts';
import type { Given } from '../given.ts';
import { tellLoaded, uncheckedLine } from '../load-summary.ts';
import { choiceOrNone, flag, integer, list, namesOf, text } from '../option.ts';
import { acceptedByRestore, tellAccepted } from '../options/accepted.ts';
import { verbose } from '../options/common.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { loadingOf, loadingOptions, noRecords } from '../options/loading.ts';
import { machine } from '../options/machine.ts';
import { noManifest } from '../options/manifest.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3ReadingOptions } from '../options/s3.ts';
import { runRestore } from '../run-restore.ts';
import type { Shell } from '../shell.ts';
import { runVerify } from './verify.ts';

const group = 'Input:';

export const namespaces = text({
  name: 'namespace',
  alias: ['n'],
  describe:
    'FROM, the namespace of the backup, or FROM,TO to restore it to another (default: as the ' +
    'files say)',
  expected: 'a namespace, or two with a comma between',
  pattern: /^[^,]+(?:,[^,]+)?$/,
});

export const directory = text({
  name: 'directory',
  alias: ['d'],
  group,
  describe: 'Directory with the files of a backup, or s3://bucket/prefix',
  expected: 'a directory, or s3://bucket/prefix',
  shown: 'PATH',
});

export const inputFile = text({
  name: 'input-file',
  alias: ['i'],
  group,
  describe: 'One file, - for standard input, or s3://bucket/key',
  expected: 'a file, s3://bucket/key, or - for standard input',
  shown: 'PATH',
});

export const directoryList = list({
  name: 'directory-list',
  group,
  describe:
    'Several backups one after another, the oldest first, with commas between; each may be ' +
    's3://bucket/prefix. With --no-generation the later backup wins, also of a record made anew',
  expected: 'directories, with commas between',
  shown: 'PATH,…',
});

export const parentDirectory = text({
  name: 'parent-directory',
  group,
  describe: 'Where the directories of the list are; may be s3://bucket/prefix',
  expected: 'a directory, or s3://bucket/prefix',
  shown: 'PATH',
});

export const parallel = integer({
  name: 'parallel',
  alias: ['t', 'threads'],
  group: 'Speed:',
  describe: 'Files read at once: more than one helps only where they are slow to come',
  min: 1,
  max: 4096,
  unit: 'files',
  default: 1,
});

export const workers = integer({
  name: 'workers',
  group: 'Speed:',
  describe:
    'Threads that load files, each over its own connections, for a machine with many cores; 0: the ' +
    'main thread does it. No file is cut: more threads than files are of no use',
  min: 0,
  max: MAX_WORKERS,
  unit: 'threads',
  default: 0,
});

export const validate = flag({
  name: 'validate',
  group,
  describe: 'Write nothing, need no cluster: read all, and tell what is in it, as asb verify',
});

export const compression = choiceOrNone({
  name: 'compress',
  alias: ['z'],
  group,
  describe: 'Not needed: compressed files are known by their first bytes',
  words: ['zstd'],
});

export const stateFile = text({
  name: 'state-file-dst',
  group,
  describe:
    'Where it is kept which files are done, so that --continue can go on: a file, s3://bucket/key, ' +
    'or a directory for NAMESPACE.restore.state; removed at the end',
  expected: 'a file, a directory, or s3://bucket/key',
  shown: 'PATH',
});

export const continueFrom = text({
  name: 'continue',
  alias: ['c'],
  group,
  describe:
    'Go on with a restore that was cut off: its state, or the directory with it; files that are ' +
    'done are left out',
  expected: 'the state of a restore, or the directory with it',
  shown: 'PATH',
});

const SOURCES = [directory, inputFile, directoryList];

export const restoreCommand: Command = {
  name: 'restore',
  heading: 'Whole jobs',
  summary: 'Restore a backup of asb, asbackup or absctl to a cluster',
  description:
    'Reads backup files, plain, compressed or encrypted, and writes what is in them to a cluster:\n' +
    'UDF modules, then secondary indexes, then records. It ends with 0 only when every record is\n' +
    'acknowledged, or counted as left out. Where a backup has its manifest beside it, files that are\n' +
    'missing, cut or foreign are told before anything is written, and changed ones when they are read.',
  options: [
    namespaces,
    directory,
    inputFile,
    directoryList,
    parentDirectory,
    noManifest,
    validate,
    stateFile,
    continueFrom,
    compression,
    ...encryptionOptions,
    ...s3ReadingOptions,
    ...loadingOptions,
    parallel,
    workers,
    machine,
    ...acceptedByRestore,
    profile,
    verbose,
  ],
  examples: [
    ['asb restore -h 10.0.0.1 -d out', 'Restore a directory to the namespace of the backup'],
    ['asb restore -n test,copy -d out -r -g', 'To another namespace, over what is there'],
    ['asb restore --directory-list monday,tuesday --parent-directory week', 'Full, incremental'],
    ['ssh vault cat test.asb | asb restore -i -', 'From another machine'],
    ['asb restore -d s3://vault/monday', 'From S3'],
    ['asb restore -d out --workers 4', 'On more than one core, file by file'],
    ['asb restore -d out --state-file-dst out.state', 'So that it can go on if it is cut off'],
    ['asb restore -d out --continue out.state', 'Go on with it'],
  ],
  async run(given, shell) {
    checkSource(given);
    tellAccepted(given, shell, acceptedByRestore);
    const loading = await loadingOf(given, shell);
    const encryption = await encryptionOf(given);
    const { pathsOf } = await import('../../jobs/restore-source.ts');
    const place = sourceOf(given, shell);
    const [state, continued] = [given.value(stateFile), given.value(continueFrom)];
    const s3 = s3Of(given, shell, [...pathsOf(place), state, continued]);
    const manifest = !given.value(noManifest);
    if (given.value(validate)) {
      const { input } = place;
      const what = {
        paths: pathsOf(place),
        s3,
        manifest,
        ...(input === undefined ? {} : { input }),
      };
      const encrypted = encryption === undefined ? {} : { encryption };
      await runVerify({ ...what, ...encrypted }, given, shell);
      return;
    }
    const [from, to = from] = given.value(namespaces)?.split(',') ?? [];
    const job = {
      ...loading,
      ...place,
      s3,
      manifest,
      ...(state === undefined ? {} : { stateFile: state }),
      ...(continued === undefined ? {} : { continueFrom: continued }),
      ...(from === undefined ? {} : { source: from }),
      ...(to === undefined ? {} : { namespace: to }),
      ...(encryption === undefined ? {} : { encryption }),
      parallel: given.value(parallel),
      workers: given.value(workers),
    };
    const summary = await runRestore(shell, job, given.value(machine));
    tellLoaded(shell, 'restored', summary);
    const line = uncheckedLine(summary.unchecked);
    if (shell.verbose && line !== undefined) shell.say(line);
  },
};

/** @throws AsbError `USAGE` unless there is one source, and nothing that belongs to another */
const checkSource = (given: Given): void => {
  for (const [index, one] of SOURCES.entries()) {
    for (const other of SOURCES.slice(index + 1)) given.exclusive(one, other);
  }
  given.needs(parentDirectory, directoryList);
  given.exclusive(machine, validate);
  given.exclusive(stateFile, continueFrom);
  for (const option of [stateFile, continueFrom]) {
    given.exclusive(option, validate);
    given.exclusive(option, noRecords);
    if (!given.has(option) || given.value(inputFile) !== '-') continue;
    throw new AsbError('USAGE', `${namesOf(option)}: standard input cannot be read again`);
  }
  if (SOURCES.some((option) => given.has(option))) return;
  const expected = SOURCES.map(namesOf).join(' or ');
  throw new AsbError('USAGE', `${expected} is needed: where the backup is`, { expected });
};

const sourceOf = (given: Given, shell: Shell): RestoreSource => {
  const file = given.value(inputFile);
  if (file === '-') return { input: shell.input('text') };
  if (file !== undefined) return { inputFile: file };
  if (given.has(directory)) return { directory: given.required(directory) };
  const parent = given.value(parentDirectory);
  return {
    directoryList: given.value(directoryList),
    ...(parent === undefined ? {} : { parentDirectory: parent }),
  };
};
