import t from 'tap';
import { type Command, HEADINGS } from '../../lib/cli/command.ts';
import { commandList, headOf, optionLines } from '../../lib/cli/help.ts';
import { flag, integer, secret, text } from '../../lib/cli/option.ts';

const command = (name: string, heading: Command['heading'], summary: string): Command => ({
  name,
  heading,
  summary,
  description: '',
  options: [],
  examples: [[`asb ${name}`, '']],
  run: async () => {},
});

t.test('commands stand under their headings, in the order of the headings', (t) => {
  const commands = [
    command('scan', HEADINGS[2], 'Read a namespace'),
    command('backup', HEADINGS[0], 'Back up a namespace to files that others read, too'),
    command('restore', HEADINGS[0], 'Restore'),
  ];
  const list = commandList(commands, 40);
  t.match(
    list,
    [
      'Whole jobs:',
      '  backup   Back up a namespace to files',
      '           that others read, too',
      '  restore  Restore',
      '',
      'Filters, for pipes:',
      '  scan  Read a namespace',
      '',
      'Where to find:',
    ].join('\n'),
  );
  t.notMatch(list, HEADINGS[1], 'a heading without commands is left out');
  t.match(commandList(commands, 0), /\n {2}scan {2}Read\n {8}a\n/, 'no room at all');
  t.end();
});

t.test('an option is named with what stands for its value', (t) => {
  const base = { name: 'thing', alias: ['t'], describe: 'A thing' };
  const cases = [
    [flag(base), '-t, --thing'],
    [text({ ...base, expected: 'a word' }), '-t, --thing TEXT'],
    [text({ ...base, expected: 'a file', shown: 'PATH' }), '-t, --thing PATH'],
    [integer({ ...base, alias: [], min: 0, max: 1 }), '--thing N'],
    [secret(base), '-t, --thing[=SECRET]'],
  ] as const;
  for (const [option, expected] of cases) t.equal(headOf(option), expected);
  t.end();
});

t.test('options one a line', (t) => {
  const options = [
    flag({ name: 'all', alias: ['a'], describe: 'All' }),
    integer({ name: 'number', describe: 'So many', min: 0, max: 9, unit: 'of them' }),
  ];
  t.equal(
    optionLines({ ...command('scan', HEADINGS[0], ''), options }),
    '-a, --all\tAll\n--number N\tSo many [0 to 9 of them]',
  );
  t.end();
});
