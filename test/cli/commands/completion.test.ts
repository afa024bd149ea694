import t from 'tap';
import { allCommands } from '../../../lib/cli/commands.ts';
import { completionScript, SHELLS } from '../../../lib/cli/completion.ts';
import { runHere } from '../../helpers/in-process.ts';

const COMMANDS = await allCommands();

t.test('the script of a shell', async (t) => {
  for (const shell of SHELLS) {
    const { written, error } = await runHere(['completion', shell]);
    t.equal(error, undefined);
    t.equal(written.toString(), completionScript(shell, COMMANDS));
  }
});

t.test('for shells that it knows', async (t) => {
  for (const args of [[], ['fish'], ['bash', 'zsh']]) {
    t.match(await runHere(['completion', ...args]), { error: { code: 'USAGE' } }, args.join(' '));
  }
});
