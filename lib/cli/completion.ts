/** Scripts that complete `asb` in a shell: made of the commands' tables, and run without starting Node. */
import type { Command } from './command.ts';
import { GENERAL_OPTIONS } from './help.ts';
import { dashed, type Option } from './option.ts';

/** The shells there is a script for. */
export const SHELLS = ['bash', 'zsh'] as const;
export type CompletedShell = (typeof SHELLS)[number];

/** The word that asks for the help of a command. */
const HELP = { name: 'help', summary: 'Show the help of a command' } as const;

/** The script for a shell; its first lines say where it goes. */
export const completionScript = (shell: CompletedShell, commands: readonly Command[]): string =>
  shell === 'bash' ? bashScript(commands) : zshScript(commands);

const quoted = (words: string): string => `'${words.replaceAll("'", "'\\''")}'`;

const spellings = ({ name, alias }: Option<unknown>): string[] => [name, ...alias].map(dashed);

/** What a command's help tells of; others can be typed. */
const optionsOf = ({ options }: Command): readonly Option<unknown>[] => [
  ...options.filter(({ isHidden }) => isHidden !== true),
  ...GENERAL_OPTIONS,
];

const namesIn = (commands: readonly Command[]): string =>
  [...commands, HELP].map(({ name }) => name).join(' ');

const bashScript = (commands: readonly Command[]): string => {
  const general = GENERAL_OPTIONS.map(({ name }) => dashed(name)).join(' ');
  const perCommand = commands.map((command) => {
    const names = optionsOf(command).map(({ name }) => dashed(name));
    return `    ${command.name}) options=${quoted(names.join(' '))} ;;`;
  });
  const operands = commands.flatMap(({ name, operands }) =>
    operands?.words === undefined
      ? []
      : [`    ${name}) words=${quoted(operands.words.join(' '))} ;;`],
  );
  const values = commands.flatMap((command) =>
    command.options.flatMap((option) => {
      if (option.words === undefined) return [];
      const cases = spellings(option).map((each) => quoted(`${command.name} ${each}`));
      return [`    ${cases.join('|')}) words=${quoted(option.words.join(' '))} ;;`];
    }),
  );
  return `# Completion of asb for bash 4 and later. For all users: asb completion bash > /etc/bash_completion.d/asb
# For you, in ~/.bashrc: source <(asb completion bash)
_asb() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} options='' words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W ${quoted(`${namesIn(commands)} ${general}`)} -- "$current")
    return
  fi
  # bash makes a word of = of its own.
  if [ "$current" = = ]; then
    current=''
  elif [ "$before" = = ]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$command" in
    help) words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
${operands.join('\n')}
    esac
  fi
  case "$command" in
${perCommand.join('\n')}
  esac
  case "$current" in
  -*) words=$options ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
# What is none of these words is a file name.
complete -o default -F _asb asb
`;
};

const zshScript = (commands: readonly Command[]): string => {
  const described = [...commands, HELP].map(
    ({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  );
  const perCommand = commands.map((command) => {
    const specs = optionsOf(command).flatMap(zshSpecs);
    const all = [...specs, ...zshOperands(command)];
    return `    ${command.name})\n      _arguments -s -S ${all.join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef asb
# Completion of asb for zsh. For all users: asb completion zsh > /usr/local/share/zsh/site-functions/_asb
# For you, in ~/.zshrc, behind compinit: source <(asb completion zsh)
_asb() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${described.join('\n')}
    )
    _describe -t commands 'asb command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help)
      _arguments '1:command:(${commands.map(({ name }) => name).join(' ')})'
      ;;
${perCommand.join('\n')}
  esac
}
if [ "$funcstack[1]" = _asb ]; then
  _asb "$@"
else
  compdef _asb asb
fi
`;
};

/** An option of zsh's `_arguments`, once for each of its names, which exclude each other. */
const zshSpecs = (option: Option<unknown>): string[] => {
  const names = spellings(option);
  const words = option.describe.replaceAll(/[\\[\]:]/g, '\\$&');
  return names.map((name) => {
    const long = option.valueNeedsEquals === true ? '=-' : '=';
    const glued = !option.takesValue ? '' : name.startsWith('--') ? long : '+';
    const value = option.takesValue ? zshValue(option) : '';
    return quoted(`(${names.join(' ')})${name}${glued}[${words}]${value}`);
  });
};

const zshValue = ({ shown, words, valueIsOptional }: Option<unknown>): string => {
  const message = words === undefined ? shown : 'word';
  const action = words === undefined ? '_files' : `(${words.join(' ')})`;
  return `${valueIsOptional === true ? '::' : ':'}${message}:${action}`;
};

const zshOperands = ({ operands }: Command): string[] => {
  if (operands === undefined) return [];
  const { name, words } = operands;
  return [quoted(`*:${name}:${words === undefined ? '_files' : `(${words.join(' ')})`}`)];
};
