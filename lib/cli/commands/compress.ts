import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { concurrency, frameSize, level, verbose } from '../options/common.ts';
import { MIB } from '../options/files.ts';
import { profile } from '../options/profile.ts';

export const compressCommand: Command = {
  name: 'compress',
  heading: 'Filters, for pipes',
  summary: 'Compress .asb text as zstd frames',
  description:
    'Reads .asb text from standard input and writes it to standard output as zstd frames of about\n' +
    '3 MiB of whole records each, so that asb rotate may cut between them. asb bench --advise tells\n' +
    'which level and which frames are best for some data on this machine.',
  options: [level, frameSize, concurrency, profile, verbose],
  examples: [
    [
      'asb scan -n test | asb serialize -n test | asb compress > test.asb.zst',
      'Back up to one compressed file',
    ],
    ['asb compress --level 9 < test.asb > test.asb.zst', 'Compress a file that is there'],
    [
      'asb compress --frame-size 8 --concurrency 4 < test.asb > test.asb.zst',
      'In larger frames, four at a time',
    ],
  ],
  speaks: 'frames',
  async run(given, shell) {
    const input = shell.input('text');
    const { compress } = await import('../../stages/compress.ts');
    const { units } = await import('../../stages/units.ts');
    const frames = compress({
      level: given.value(level),
      frameSize: given.value(frameSize) * MIB,
      concurrency: given.value(concurrency),
    });
    await runFilter(shell, { input, units: units(), compress: frames }, 'frames');
  },
};
