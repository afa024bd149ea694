import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { level, verbose } from '../options/common.ts';

export const compressCommand: Command = {
  name: 'compress',
  heading: 'Filters, for pipes',
  summary: 'Compress .asb text as zstd frames',
  description:
    'Reads .asb text from standard input and writes it to standard output as zstd frames of about\n' +
    '3 MiB of whole records each, so that asb rotate may cut between them.',
  options: [level, verbose],
  examples: [
    [
      'asb scan -n test | asb serialize -n test | asb compress > test.asb.zst',
      'Back up to one compressed file',
    ],
    ['asb compress --level 9 < test.asb > test.asb.zst', 'Compress a file that is there'],
  ],
  speaks: 'frames',
  async run(given, shell) {
    const input = shell.input('text');
    const { compress } = await import('../../stages/compress.ts');
    const { units } = await import('../../stages/units.ts');
    await runFilter(shell, input, [units(), compress({ level: given.value(level) })], 'frames');
  },
};
