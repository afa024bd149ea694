import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';

export const decompressCommand: Command = {
  name: 'decompress',
  heading: 'Filters, for pipes',
  summary: 'Turn zstd frames into what they hold',
  description:
    'Reads zstd frames of any size and from any writer from standard input and writes what they\n' +
    'hold to standard output. A frame that is cut off, and bytes that are no frame, are errors.',
  options: [profile, verbose],
  examples: [
    ['asb decompress < out/test_00000.asb | head', 'Look into a compressed backup'],
    ['asb decompress < test.asb.zst > test.asb', 'Decompress a file'],
  ],
  speaks: 'text',
  async run(_given, shell) {
    const input = shell.input('frames');
    const { decompress } = await import('../../stages/decompress.ts');
    await runFilter(shell, { input, decompress: decompress() }, 'text');
  },
};
