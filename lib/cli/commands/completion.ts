import { AsbError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { verbose } from '../options/common.ts';

/** @param commands what is completed: all there are, this one too */
export const completionCommand = (commands: () => Promise<readonly Command[]>): Command => ({
  name: 'completion',
  heading: 'Beside these',
  summary: 'Write a script that completes asb in bash or zsh',
  description:
    'Writes a script for a shell, which then completes commands, options, their values and files.\n' +
    'Its first lines say where it goes.',
  options: [verbose],
  operands: { name: 'SHELL', describe: SHELLS.join(' or '), min: 1, max: 1, words: SHELLS },
  examples: [
    ['source <(asb completion bash)', 'In the shell you are in, or in ~/.bashrc'],
    ['asb completion zsh > ~/.zfunc/_asb', 'For zsh, in a directory of its fpath'],
  ],
  async run(given, shell) {
    const [name] = given.operands;
    const known = SHELLS.find((each) => each === name);
    if (known === undefined) {
      const expected = SHELLS.join(' or ');
      throw new AsbError('USAGE', `completion is for ${expected}, not "${name}"`, { expected });
    }
    // Text may go to a terminal, as NDJSON may.
    const output = shell.output('ndjson');
    await output.write(Buffer.from(completionScript(known, await commands())));
    await output.end();
  },
});
