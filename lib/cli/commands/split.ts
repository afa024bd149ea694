import { AsbError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { countOf, formatBytes } from '../format.ts';
import { flag, integer, namesOf } from '../option.ts';
import { verbose } from '../options/common.ts';
import { directory, outputFile } from '../options/files.ts';
import { inputOperands, inputOptions, recordInputOf } from '../record-input.ts';
import { outputOptions, outputPlaces, recordOutputOf } from '../record-output.ts';
import { readingDisplay, requireNamespace } from '../rewrite.ts';

const group = 'Parts:';

export const bySet = flag({
  name: 'by-set',
  group,
  describe: 'A part for each set, named as it is (%XX for odd characters), %none for no set',
});

export const parts = integer({
  name: 'parts',
  group,
  describe: 'So many parts of about the same size, each with its share of the partitions',
  min: 1,
  max: 256,
  unit: 'parts',
});

export const splitCommand: Command = {
  name: 'split',
  heading: 'Backups without a cluster',
  summary: 'Take a backup apart: by set, or into equal parts',
  description:
    'Reads a backup, and writes its parts, each in a directory of its own with a manifest: a backup\n' +
    'that can be restored alone, with the indexes and UDF modules that belong to it. (To cut files\n' +
    'to another size, asb recompress -F does.)',
  options: [
    bySet,
    parts,
    ...inputOptions,
    ...outputOptions.filter((option) => option !== outputFile),
    verbose,
  ],
  operands: inputOperands,
  examples: [
    ['asb split out --by-set -d sets', 'sets/users, sets/orders …'],
    ['asb split out --parts 4 -d quarters', 'quarters/part-1-of-4 …, to restore side by side'],
  ],
  async run(given, shell) {
    given.exclusive(bySet, parts);
    const by = given.value(bySet) ? 'set' : given.value(parts);
    if (by === undefined) {
      const expected = `${namesOf(bySet)} or ${namesOf(parts)}`;
      throw new AsbError('USAGE', `${expected} is needed: how it is taken apart`, { expected });
    }
    const place = given.required(directory);
    const read = await recordInputOf(given, shell, { places: outputPlaces(given) });
    const { input } = read;
    const namespace = requireNamespace(input.namespace);
    const { isStandardOutput: _, ...packing } = recordOutputOf(given, shell, read);
    const { splitBackup } = await import('../../jobs/split.ts');
    const display = readingDisplay(shell, input);
    const written = await splitBackup(input, {
      ...packing,
      directory: place,
      namespace,
      by,
      signal: shell.signal,
    }).finally(() => display.close());
    for (const { location, records, fileBytes } of written) {
      shell.say(`wrote ${countOf(records, 'record')}, ${formatBytes(fileBytes)}, to ${location}`);
    }
  },
};
