import { existsSync } from 'node:fs';
import t from 'tap';
import { parseCommandLine } from '../../lib/cli/command-line.ts';
import { commands } from '../../lib/cli/commands.ts';
import { TOPICS } from '../../lib/cli/help.ts';

const COMMANDS = await commands.all();

t.test('every command has help that names all options, and examples', async (t) => {
  for (const { name, options, examples } of COMMANDS) {
    const help = await parseCommandLine(commands, [name, '--help'], 100);
    t.equal(help.kind, 'text', name);
    const text = help.kind === 'text' ? help.text : '';
    for (const { name: option, isHidden } of options) {
      if (isHidden !== true) t.match(text, `--${option}`, `${name} ${option}`);
    }
    t.match(text, /Examples:/, name);
    t.ok(examples.length > 0, name);
    for (const [line] of examples) t.match(line, `asb ${name}`);
  }
});

t.test('no command gives a name to two options', (t) => {
  const ours = ['help', 'Z', 'usage', 'version', 'V', 'options', 'O'];
  for (const { name, options } of COMMANDS) {
    const names = [...ours, ...options.flatMap((option) => [option.name, ...option.alias])];
    t.same([...new Set(names)], names, name);
  }
  t.end();
});

t.test('names are those of asbackup, one letter or long', (t) => {
  for (const { options } of COMMANDS) {
    for (const { name, alias } of options) {
      for (const each of [name, ...alias])
        t.match(each, /^(?:[A-Za-z]|[a-z][a-z\d]+(?:-[a-z\d]+)*)$/, each);
    }
  }
  t.end();
});

t.test('where to find what: it is there', (t) => {
  for (const [what, where] of TOPICS) {
    let options = COMMANDS[0]?.options ?? [];
    for (const [, name, option, file] of where.matchAll(/asb ([\w-]+)|(--?[\w-]+)|(docs\/\S+)/g)) {
      if (name !== undefined) {
        const command = COMMANDS.find((each) => each.name === name);
        t.ok(command, `${what}: ${name}`);
        options = command?.options ?? [];
      } else if (file !== undefined) {
        t.ok(existsSync(new URL(`../../${file}`, import.meta.url)), file);
      } else {
        const names = options.flatMap((each) => [each.name, ...each.alias]);
        t.ok(names.includes(`${option}`.replace(/^--?/, '')), `${what}: ${option}`);
      }
    }
  }
  t.end();
});
