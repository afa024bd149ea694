import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Command } from '../../lib/cli/command.ts';
import { allCommands } from '../../lib/cli/commands.ts';
import { manPages } from '../../lib/cli/man.ts';
import { choice, flag, secret, text } from '../../lib/cli/option.ts';

const COMMANDS = await allCommands();

const OPTIONS = { version: '1.2.3', date: '2026-01-02' };
const pages = manPages(COMMANDS, OPTIONS);

/** What man(7) knows, and we use. */
const REQUEST = /^\.(?:TH|SH|SS|TP|PP|RS|RE|EX|EE|ad|nh)(?: |$)/;
/** What may stand in a line of text: nothing that roff would take for its own but these. */
const TEXT =
  /^(?:[ !#-&(-,/-[\]_a-{|}]|\\(?:[e&-]|f[BIR]|\((?:aq|ga|ha|ti|dq)|\[u[0-9A-F]{4,6}\])|\.)+$/;

t.test('there is a page for each command, and package.json has them', (t) => {
  t.same([...pages.keys()], ['asb.1', ...COMMANDS.map(({ name }) => `asb-${name}.1`)]);
  const file = new URL('../../package.json', import.meta.url);
  const { man }: { man: string[] } = JSON.parse(readFileSync(file, 'utf8'));
  const paths = [...pages.keys()].map((name) => `./dist/man/${name}`);
  t.same(man.toSorted(), paths.sort(), 'who adds a command adds its page there');
  t.end();
});

t.test('each page names all that the help does', (t) => {
  for (const { name, options, examples } of COMMANDS) {
    const page = pages.get(`asb-${name}.1`) ?? '';
    const plain = page.replaceAll(/\\f[BIR]/g, '').replaceAll('\\-', '-');
    for (const option of options) {
      t.equal(plain.includes(`--${option.name}`), option.isHidden !== true, option.name);
    }
    t.match(plain, /\n--help\n|, --help\n/);
    t.equal(plain.split('.EX\n').length - 1, examples.length);
    t.match(pages.get('asb.1'), `asb\\-${name.replaceAll('-', '\\-')}\\fR(1)`);
  }
  t.end();
});

t.test('roff finds nothing in it that was not meant for it', (t) => {
  for (const [name, page] of pages) {
    for (const [index, line] of page.trimEnd().split('\n').entries()) {
      t.match(line, line.startsWith('.') ? REQUEST : TEXT, `${name}, line ${index + 1}`);
    }
  }
  t.end();
});

const command: Command = {
  name: 'odd',
  heading: 'Whole jobs',
  summary: 'An odd one',
  description: 'First\nparagraph, with "quotes".\n\n.second with \\ and ’.',
  options: [
    flag({ name: 'all', alias: ['a'], describe: '.All', group: 'Some: of "them":' }),
    choice({ name: 'by', describe: 'How', words: ['one-two', 'x'] }),
    secret({ name: 'password', describe: 'Password' }),
    text({ name: 'file', describe: 'Where', expected: 'a file', shown: 'PATH' }),
  ],
  operands: { name: 'PATH', describe: 'a file', min: 0 },
  examples: [
    ["asb odd ~ '^a' `b`", 'Odd'],
    ['asb odd', 'Not so'],
  ],
  run: async () => {},
};

t.test('a page, letter by letter', (t) => {
  const page = manPages([command], OPTIONS).get('asb-odd.1') ?? '';
  const parts = [
    '.TH ASB\\-ODD 1 2026-01-02 "asb 1.2.3"\n.ad l\n.nh\n.SH NAME\nasb\\-odd \\- An odd one\n',
    '.SH SYNOPSIS\n\\fBasb odd\\fR [\\fIoptions\\fR] \\fIPATH\\fR\\&...\n',
    'First paragraph, with \\(dqquotes\\(dq.\n.PP\n\\&.second with \\e and \\[u2019].\n',
    '.SH OPERANDS\n.TP\n\\fIPATH\\fR\na file\n',
    '.SS Some: of \\(dqthem\\(dq\n.TP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\n\\&.All\n',
    '.TP\n\\fB\\-\\-by\\fR \\fIone\\-two|x\\fR\nHow\n',
    '.TP\n\\fB\\-\\-password\\fR[=\\fISECRET\\fR]\n',
    '.SH EXAMPLES\nOdd:\n.PP\n.RS 4\n.EX\nasb odd \\(ti \\(aq\\(haa\\(aq \\(gab\\(ga\n.EE\n.RE\n.PP\nNot so:\n',
    '.TP\n\\fB2\\fR\nThe command line is wrong.\n',
  ];
  for (const part of parts) t.ok(page.includes(part), part);
  const answering = manPages([{ ...command, failedStatus: 2 }], OPTIONS).get('asb-odd.1');
  t.match(answering, '\\fB1\\fR\nAn answer, which DESCRIPTION tells.\n');
  t.match(answering, '\\fB2\\fR\nIt failed, or the command line is wrong.\n');
  const one = { ...command, operands: { name: 'URL', describe: 'it', min: 1, max: 1 } };
  t.match(manPages([one], OPTIONS).get('asb-odd.1'), '\\fIURL\\fR\n.SH DESCRIPTION');
  const { operands: _, ...bare } = command;
  const without = manPages([bare], OPTIONS).get('asb-odd.1');
  t.match(without, '[\\fIoptions\\fR]\n.SH DESCRIPTION');
  t.notMatch(without, 'OPERANDS');
  t.end();
});

/** Formatters that say what they find odd, where they are there. */
const LINTERS = [
  ['mandoc', '-T', 'lint', '-W', 'warning'],
  ['groff', '-man', '-T', 'utf8', '-w', 'w', '-z'],
].filter(([name = '']) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);

t.test('formatters find nothing to warn of', (t) => {
  for (const [linter = '', ...args] of LINTERS) {
    for (const [name, input] of pages) {
      const { stdout, stderr } = spawnSync(linter, args, { input, encoding: 'utf8' });
      t.equal(`${stdout}${stderr}`, '', `${linter} ${name}`);
    }
  }
  t.ok(pages.size > LINTERS.length);
  t.end();
});
