import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Command } from '../../lib/cli/command.ts';
import { allCommands } from '../../lib/cli/commands.ts';
import { completionScript, SHELLS } from '../../lib/cli/completion.ts';
import { choice, flag, secret, text } from '../../lib/cli/option.ts';

const COMMANDS = await allCommands();

const hasShell = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

const example: Command = {
  name: 'pack',
  heading: 'Whole jobs',
  summary: "Pack what's there: all",
  description: '',
  options: [
    flag({ name: 'all', alias: ['a'], describe: 'All [of it]: a\\b' }),
    choice({ name: 'method', alias: ['m', 'by'], describe: 'How', words: ['zstd', 'none'] }),
    text({ name: 'file', describe: 'Where', expected: 'a file', shown: 'PATH' }),
    secret({ name: 'password', alias: ['P'], describe: 'Password' }),
    { ...flag({ name: 'hidden', describe: 'Not told' }), isHidden: true },
  ],
  operands: { name: 'HOW', describe: 'fast or well', min: 1, words: ['fast', 'well'] },
  examples: [['asb pack fast', '']],
  run: async () => {},
};
const plain: Command = {
  ...example,
  name: 'peel',
  operands: { name: 'PATH', describe: 'a file', min: 1 },
};
const { operands: _, ...bare } = { ...example, name: 'poll' };
const commands = [example, plain, bare];

/** What is typed up to the cursor → what it may become, in any order. */
const CASES: readonly (readonly [line: string, expected: readonly string[]])[] = [
  ['asb pe', ['peel']],
  ['asb p', ['pack', 'peel', 'poll']],
  ['asb h', ['help']],
  ['asb help po', ['poll']],
  ['asb pack --al', ['--all']],
  ['asb pack --hid', []],
  ['asb poll --hel', ['--help']],
  ['asb pack --method ', ['none', 'zstd']],
  ['asb pack -m z', ['zstd']],
  ['asb pack --by z', ['zstd']],
  ['asb pack --method=z', ['zstd']],
  ['asb pack --method=', ['none', 'zstd']],
  ['asb pack -a f', ['fast']],
  ['asb pack --file out', ['out.asb']],
  ['asb peel out', ['out.asb']],
];

/** Asks bash as it is when somebody types: by the words that readline would cut. */
const inBash = (script: string, line: string, cwd: string): string[] => {
  const words = line.split(/ |(?==)|(?<==)/);
  // With no word of its own, `complete -o default` gives file names, as compgen -f does.
  const ask = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_asb
[ "\${#COMPREPLY[@]}" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { cwd, encoding: 'utf8' });
  t.equal(stderr, '', line);
  return stdout.split('\n').filter((word) => word !== '');
};

/** What stands between two lines' matches. */
const NEXT = '----';

/**
 * Types lines into an interactive zsh in a terminal of its own, presses tab behind each, and takes what zsh
 * means to add, by the hook that every match passes.
 */
const inZsh = (script: string, lines: readonly string[], cwd: string): string[][] => {
  const setUp = `
autoload -Uz compinit; compinit -u -D
compadd () {
  local -a found; builtin compadd -O found "$@"; print -rl -- $found >> matches; builtin compadd "$@"
}
next () { print -r -- ${NEXT} >> matches; BUFFER='' }
finish () { print -r -- done > finished; exit }
zle -N next; zle -N finish; bindkey '^T' next; bindkey '^Y' finish
${script}
`;
  const typed = lines.map((line) => `zpty -w -n shell ${JSON.stringify(line)}$'\\t\\x14'`);
  const driver = `
zmodload zsh/zpty
zpty shell 'ZDOTDIR=$PWD HISTFILE= zsh -i'
${typed.join('\n')}
zpty -w -n shell $'\\x19'
while [ ! -e finished ]; do zpty -r -t shell text; done
zpty -d shell`;
  spawnSync('sh', ['-c', 'cat > .zshrc'], { cwd, input: setUp });
  spawnSync('zsh', ['-f', '-c', driver], { cwd, timeout: 60_000 });
  const parts = readFileSync(join(cwd, 'matches'), 'utf8').split(`${NEXT}\n`);
  return parts.map((part) => [...new Set(part.split('\n').filter((word) => word !== ''))]);
};

const ASKING = {
  bash: (script: string, lines: readonly string[], cwd: string) =>
    lines.map((line) => inBash(script, line, cwd)),
  zsh: inZsh,
} as const;

for (const shell of SHELLS.filter(hasShell)) {
  t.test(`${shell} completes commands, options, values and files`, async (t) => {
    const cwd = t.testdir({ 'out.asb': '' });
    const lines = CASES.map(([line]) => line);
    const found = ASKING[shell](completionScript(shell, commands), lines, cwd);
    for (const [index, [line, expected]] of CASES.entries()) {
      t.same(found[index]?.sort(), expected, line);
    }
  });

  t.test(`${shell} reads the script of all commands`, async (t) => {
    const { status, stderr } = spawnSync(shell, ['-n'], {
      input: completionScript(shell, COMMANDS),
      cwd: t.testdir(),
      encoding: 'utf8',
    });
    t.strictSame([status, stderr], [0, '']);
  });
}

t.test('scripts name all commands and options', async (t) => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, COMMANDS);
    for (const { name, options } of COMMANDS) {
      t.ok(script.includes(name), `${shell} ${name}`);
      const shown = options.filter(({ isHidden }) => isHidden !== true);
      for (const option of shown) t.ok(script.includes(`--${option.name}`), option.name);
    }
  }
  t.ok(hasShell('bash'), 'and one was read by its shell');
});
