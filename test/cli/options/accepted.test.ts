import t from 'tap';
import { allCommands } from '../../../lib/cli/commands.ts';
import { Given } from '../../../lib/cli/given.ts';
import {
  acceptedByBackup,
  acceptedByRestore,
  tellAccepted,
} from '../../../lib/cli/options/accepted.ts';

const COMMANDS = await allCommands();

t.test('they are taken, and not in the help', (t) => {
  const tables = [
    ['backup', acceptedByBackup],
    ['restore', acceptedByRestore],
  ] as const;
  for (const [name, accepted] of tables) {
    const options = COMMANDS.find((command) => command.name === name)?.options ?? [];
    for (const option of accepted) {
      t.ok(options.includes(option), `${name} ${option.name}`);
      t.equal(option.isHidden, true);
    }
  }
  t.end();
});

t.test('who wants to know more is told of those that were given', (t) => {
  const given = new Given(new Map([['event-loops', '2']]));
  const toldOf = (verbose: boolean): string[] => {
    const said: string[] = [];
    const shell = { verbose, say: (line: string) => void said.push(line) };
    tellAccepted(given, shell, acceptedByRestore);
    return said;
  };
  t.same(toldOf(false), []);
  t.match(toldOf(true), [/^note: --event-loops: No effect here/]);
  t.equal(toldOf(true).length, 1);
  t.end();
});
