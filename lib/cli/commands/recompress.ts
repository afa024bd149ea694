import type { Command } from '../command.ts';
import { verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';
import { inputOperands, inputOptions } from '../record-input.ts';
import { outputOptions } from '../record-output.ts';
import { rewrite } from '../rewrite.ts';

export const recompressCommand: Command = {
  name: 'recompress',
  heading: 'Backups without a cluster',
  summary: 'Compress a backup, compress it anew, or take compression away',
  description:
    'Reads a backup, and writes the same records compressed with zstd, at another level, or, with\n' +
    '-z none, plain. Indexes, UDF modules and every byte of every record stay. It is written to a new\n' +
    'place, with a manifest; the old one stays as it is.',
  options: [...inputOptions, ...outputOptions, profile, verbose],
  operands: inputOperands,
  examples: [
    ['asb recompress out -d small --compression-level 15', 'For the archive'],
    ['asb recompress small -d out -z none', 'Plain text, to look into'],
  ],
  async run(given, shell) {
    await rewrite(given, shell, { compress: 'zstd' });
  },
};
