import type { Command } from '../command.ts';
import { text } from '../option.ts';
import { verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';
import { inputOperands, inputOptions } from '../record-input.ts';
import { outputOptions } from '../record-output.ts';
import { rewrite } from '../rewrite.ts';

export const names = text({
  name: 'namespace',
  alias: ['n'],
  describe: 'FROM,TO: the namespace of the backup, which is checked, and its new name',
  expected: 'two namespaces with a comma between',
  pattern: /^[^,]+,[^,]+$/,
});

export const renameNamespaceCommand: Command = {
  name: 'rename-namespace',
  heading: 'Backups without a cluster',
  summary: 'Write a backup as one of another namespace',
  description:
    'Reads a backup, and writes the same records and secondary indexes as those of another namespace.\n' +
    'Digests stay: they do not depend on it. (To restore to another namespace, asb restore -n FROM,TO\n' +
    'needs no copy.)',
  options: [names, ...inputOptions, ...outputOptions, profile, verbose],
  operands: inputOperands,
  examples: [['asb rename-namespace out -n test,copy -d renamed', 'From test to copy']],
  async run(given, shell) {
    const [source = '', namespace] = given.required(names).split(',');
    await rewrite(given, shell, { source, namespace });
  },
};
