import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { AsbError } from '../errors.ts';
import type { BackupInput } from '../jobs/backup-input.ts';
import type { S3Options } from '../storage/s3/options.ts';
import { runPipeline, type Streams } from './filter.ts';
import type { Given } from './given.ts';
import { namesOf } from './option.ts';
import { outputFile, removeFiles } from './options/files.ts';
import { isToStandardOutput, outputOptions } from './record-output.ts';
import { readingDisplay } from './rewrite.ts';
import type { Shell } from './shell.ts';

/** What records are written as, one a line. */
export type LineLanguage = 'ndjson' | 'csv';

/** A shell that draws no bar between lines which go to the same terminal. */
export const besideLines = (shell: Shell): Shell =>
  isatty(1) ? { ...shell, columns: undefined } : shell;

/** @throws AsbError `USAGE` for options of what is no line */
export const checkLineOptions = (given: Given): void => {
  const fitting = isToStandardOutput(given) ? [outputFile] : [outputFile, removeFiles];
  const wrong = outputOptions.find((option) => given.has(option) && !isOf(option.name, fitting));
  if (wrong === undefined) return;
  throw new AsbError('USAGE', `${namesOf(wrong)} has no meaning here: what is written is lines`);
};

/**
 * Writes what stages make of records, as lines: to standard output, or to the file that the command
 * line names, which is there when it is whole. Lines are never encrypted: others read them.
 *
 * @param stages by name; the last one gives bytes
 * @throws AsbError `USAGE` for options of what is no line, and if the file is being read; `EXISTS` if it
 *   is there; what the stages throw; the signal's reason
 */
export const exportLines = async (
  given: Given,
  shell: Shell,
  { input, s3 }: { readonly input: BackupInput; readonly s3: S3Options },
  stages: Streams,
  language: LineLanguage,
): Promise<void> => {
  checkLineOptions(given);
  const path = given.value(outputFile) ?? '-';
  let sink: Writable;
  if (path === '-') {
    sink = shell.output(language).stream();
  } else {
    const { oneFile } = await import('../stages/one-file.ts');
    const { fileAt } = await import('../storage/homes.ts');
    const { isInside } = await import('../storage/inside.ts');
    for (const { location } of input.files) {
      if (!(await isInside(location, path))) continue;
      throw new AsbError('USAGE', `${path} is being read; write elsewhere`, { file: path });
    }
    const home = fileAt(path, s3);
    const replaces = given.value(removeFiles);
    sink = oneFile({
      prepare: () => home.prepare({ removeFiles: replaces }),
      open: () => home.create(home.name),
    });
  }
  const display = readingDisplay(path === '-' ? besideLines(shell) : shell, input);
  // What gives the records is watched where it reads.
  shell.meter?.watch({ ...stages, output: sink });
  const { signal } = shell;
  const streams = { chunks: input.chunks(), ...stages, output: sink };
  await runPipeline({ signal }, streams).finally(() => display.close());
};

const isOf = (name: string, options: readonly { readonly name: string }[]): boolean =>
  options.some((option) => option.name === name);
