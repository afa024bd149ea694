/**
 * A command that the kernel ends when we do, however we end (`setpriv` of util-linux asks for it).
 *
 * @param signal what it is sent then
 * @returns program and arguments, for spawn
 */
export const tied = (
  signal: 'KILL' | 'TERM',
  command: readonly string[],
): [program: string, args: readonly string[]] => [
  'setpriv',
  ['--pdeathsig', signal, '--', ...command],
];
