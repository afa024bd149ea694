import { AsbError } from '../../errors.ts';
import type { ManifestOptions } from '../../jobs/manifest-check.ts';
import type { StoredFile } from '../../storage/stored-file.ts';
import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { countOf, formatBytes } from '../format.ts';
import { verbose } from '../options/common.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { noManifest } from '../options/manifest.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3ReadingOptions } from '../options/s3.ts';
import type { Shell } from '../shell.ts';

/** The path that stands for standard input. */
const STANDARD_INPUT = '-';

export const catCommand: Command = {
  name: 'cat',
  heading: 'Filters, for pipes',
  summary: 'Join the files of a backup into one .asb text',
  description:
    'Reads backup files, .asb text or zstd frames of it, encrypted or not, and writes them to\n' +
    'standard output as one .asb text: one header, each index and UDF module once, then the records\n' +
    'of all files. A backup whose manifest misses files, or says that it is not complete, is refused;\n' +
    'only asb verify and asb restore hold each byte against it.',
  options: [noManifest, ...encryptionOptions, ...s3ReadingOptions, profile, verbose],
  operands: {
    name: 'PATH',
    describe: 'a file, a directory with *.asb files, or s3://bucket/…; - alone for standard input',
    min: 1,
  },
  examples: [
    ['asb cat out | asb parse | jq -c .key', 'Look into a backup'],
    ['asb cat out/test_00000.asb more | asb compress > all.asb', 'Join files of two places'],
  ],
  speaks: 'text',
  async run(given, shell) {
    const encryption = await encryptionOf(given);
    const s3 = s3Of(given, shell, given.operands);
    const manifest = !given.value(noManifest);
    const files = await filesOf(given.operands, shell, { s3, manifest });
    const { cat } = await import('../../stages/cat.ts');
    const joined = cat(files, { encryption });
    await runFilter(shell, { cat: joined }, 'text');
    if (!shell.verbose) return;
    const { files: read, records, bytes } = joined.info;
    shell.say(
      `read ${countOf(records, 'record')} in ${countOf(read, 'file')}, ${formatBytes(bytes)} of text`,
    );
  },
};

const filesOf = async (
  paths: readonly string[],
  shell: Shell,
  options: ManifestOptions,
): Promise<StoredFile[]> => {
  if (paths.includes(STANDARD_INPUT)) {
    if (paths.length > 1) {
      throw new AsbError(
        'USAGE',
        `${STANDARD_INPUT} stands alone: other files come by their paths`,
      );
    }
    const input = shell.input('text');
    const { streamedFile } = await import('../../storage/stored-file.ts');
    return [streamedFile(input, 'standard input')];
  }
  const { findFiles } = await import('../../jobs/restore-source.ts');
  const { groups } = await findFiles({ directoryList: paths, ...options });
  return groups.flat();
};
