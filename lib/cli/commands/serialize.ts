import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { compact, namespace, verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';

export const serializeCommand: Command = {
  name: 'serialize',
  heading: 'Filters, for pipes',
  summary: 'Turn NDJSON into .asb text',
  description:
    'Reads NDJSON from standard input, as asb scan writes it, and writes .asb text to standard\n' +
    'output: the form that asrestore and absctl read. A line that is wrong ends it with an error.',
  options: [namespace, compact, profile, verbose],
  examples: [
    ['asb scan -n test | asb serialize -n test > test.asb', 'Back up to one file'],
    [
      `echo '{"set":"users","key":"ada","bins":{"born":1815}}' | asb serialize -n test > ada.asb`,
      'Write a record by hand',
    ],
  ],
  speaks: 'text',
  async run(given, shell) {
    const name = given.required(namespace);
    const input = shell.input('ndjson');
    const { fromNdjson } = await import('../../stages/from-ndjson.ts');
    const { serialize } = await import('../../stages/serialize.ts');
    // The output gives back what it has written.
    const stages = {
      fromNdjson: fromNdjson({ namespace: name }),
      serialize: serialize({ namespace: name, compact: given.value(compact), reuseMemory: true }),
    };
    await runFilter(shell, { input, ...stages }, 'text');
  },
};
