/** docs/options.md against the commands themselves, and against the lists of the peers' options. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { allCommands } from '../lib/cli/commands.ts';
import { GENERAL_OPTIONS } from '../lib/cli/help.ts';
import { runHere } from './helpers/in-process.ts';

const COMMANDS = await allCommands();

const ROOT = new URL('..', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** A row: the names in its three columns, and what it says of their difference. */
interface Row {
  readonly columns: readonly (readonly string[])[];
  readonly difference: string;
}

/** What stands in code: `-h, --host`. */
const namesIn = (cell: string): string[] => [...cell.matchAll(/--?[A-Za-z][\w-]*/g)].map(String);

/** The tables below a heading, row by row. */
const rowsBelow = (heading: string): { readonly heads: string[][]; readonly rows: Row[] } => {
  const [, section = ''] = read('docs/options.md').split(new RegExp(`^## ${heading}$`, 'm'));
  const lines = section.split(/^## /m)[0]?.match(/^\|.*\|$/gm) ?? [];
  const cells = lines.map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
  const isHead = (index: number): boolean => /^-+$/.test(cells[index + 1]?.[0] ?? '');
  const rows = cells.filter(([first = ''], index) => !isHead(index) && !/^-+$/.test(first));
  return {
    heads: cells.filter((_, index) => isHead(index)),
    rows: rows.map(([one = '', two = '', three = '', difference = '']) => ({
      columns: [one, two, three].map(namesIn),
      difference,
    })),
  };
};

const fixture = (name: string): string[] =>
  namesIn(read(`fixtures/options/${name}.txt`).replace(/^#.*/gm, ''));

const optionsOf = (command: string): string[] =>
  [...(COMMANDS.find(({ name }) => name === command)?.options ?? []), ...GENERAL_OPTIONS]
    .flatMap(({ name, alias }) => [name, ...alias])
    .map((name) => (name.length === 1 ? `-${name}` : `--${name}`));

for (const [command, peer] of [
  ['backup', 'asbackup'],
  ['restore', 'asrestore'],
] as const) {
  const { heads, rows } = rowsBelow(`asb ${command}`);
  const lists = [
    [peer, fixture(peer)],
    [`absctl ${command}`, fixture(`absctl-${command}`)],
    [`asb ${command}`, optionsOf(command)],
  ] as const;

  t.test(`asb ${command}: every name is there once, and no other`, async (t) => {
    for (const [column, [tool, names]] of lists.entries()) {
      t.ok(names.length > 50, `${tool} has options`);
      const named = rows.flatMap(({ columns }) => columns[column] ?? []);
      t.strictSame(named.toSorted(), names.toSorted(), tool);
    }
    for (const head of heads) {
      t.strictSame(head, [...lists.map(([tool]) => tool), 'Difference']);
    }
  });

  t.test(`asb ${command}: no gap without a reason`, async (t) => {
    for (const { columns, difference } of rows) {
      const [one = [], two = [], ours = []] = columns;
      const missing = [...one, ...two].filter((name) => !ours.includes(name));
      const hint = `${missing.join(', ')}: say why in docs/options.md`;
      t.ok(missing.length === 0 || difference !== '', hint);
    }
  });
}

t.test('what has no meaning is refused, though the peers take it', async (t) => {
  const backup = ['backup', '-n', 'test', '-d', 'out'];
  const restore = ['restore', '-d', 'out'];
  const cases: readonly (readonly string[])[] = [
    [...backup, '--tls-name', 'x'],
    [...backup, '--s3-region', 'x'],
    [...backup, '-x', '-B', 'a'],
    ['backup', '-n', 'test', '-o', 'out', '-q', 'x'],
    [...backup, '--estimate-samples', '5'],
    [...backup, '-s', 'a,a'],
    [...backup, '--config-file', '/dev/null', '--only-config-file', '/dev/null'],
    [...backup, '--config-file', '/dev/null', '--no-config-file'],
    [...backup, '--only-config-file', '/dev/null', '--no-config-file'],
    [...restore, '-m', 'lines', '--validate'],
    [...restore, '-R', '-I', '-F'],
  ];
  for (const args of cases) {
    t.match((await runHere(args)).error, { code: 'USAGE' }, args.join(' '));
  }
});
