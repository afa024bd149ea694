import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

/**
 * ARCHITECTURE.md's folders, line by line: each imports only from lines below its own; folders
 * of one line know nothing of each other.
 */
const LINES: readonly (readonly string[])[] = [
  ['bin'],
  ['lib/cli'],
  ['lib/index.ts'],
  ['lib/jobs', 'lib/bench'],
  ['lib/stages', 'lib/sandbox'],
  ['lib/asb', 'lib/ndjson', 'lib/wire', 'lib/select', 'lib/csv', 'lib/sort', 'lib/client'],
  ['lib/record', 'lib/storage', 'lib/crypto', 'lib/zstd', 'lib/secrets'],
  ['lib/threads', 'lib/meter'],
  ['lib/memory', 'lib/bounded-file.ts', 'lib/errors.ts'],
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /^(?:im|ex)port( type)?[^;]*?\bfrom '(\.[^']*)'|\bimport\('(\.[^']*)'\)/gm;

const folderOf = (file: string): string | undefined =>
  LINES.flat().find((folder) => file === folder || file.startsWith(`${folder}/`));
const lineOf = (folder: string | undefined): number =>
  LINES.findIndex((line) => folder !== undefined && line.includes(folder));

const files = globSync(['lib/**/*.ts', 'bin/*.ts'], { cwd: ROOT });
const imports = files.flatMap((file) =>
  Array.from(
    readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT),
    ([, type, path = '', lazy = '']) => ({
      file,
      imported: normalize(join(dirname(file), path || lazy)),
      isType: type !== undefined,
    }),
  ),
);

t.test('every folder imports only from below its line', async (t) => {
  t.ok(imports.length > 100, 'import lines were found');
  for (const file of files) t.ok(folderOf(file), `${file} is in a folder of ARCHITECTURE.md`);
  const wrong = imports.filter(({ file, imported }) => {
    const [from, to] = [folderOf(file), folderOf(imported)];
    return from !== to && lineOf(to) <= lineOf(from);
  });
  t.strictSame(wrong, []);
});

t.test('codecs, and what they are made of, know no streams', async (t) => {
  const line = LINES.find((folders) => folders.includes('lib/asb')) ?? [];
  const pure = [...line, 'lib/record', 'lib/crypto', 'lib/zstd', 'lib/memory'];
  const read = files.filter((file) => pure.includes(folderOf(file) ?? ''));
  t.ok(read.length > 100);
  const wrong = read.filter((file) =>
    /'(?:node:)?stream(?:\/\w+)?'/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  t.strictSame(wrong, []);
});

t.test('every folder of the table is there', async (t) => {
  const found = new Set(files.map(folderOf));
  for (const folder of LINES.flat()) t.ok(found.has(folder), folder);
});

t.test('ARCHITECTURE.md has the same lines', async (t) => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const lines = Array.from(text.matchAll(/^ {4}((?:(?:lib|bin)\/\S* +)+)/gm), ([, line = '']) =>
    line
      .trim()
      .split(/ +/)
      .map((folder) => folder.replace(/\/(?:asb\.ts)?$/, '')),
  );
  t.strictSame(lines, LINES);
});

t.test('no import cycle between modules', async (t) => {
  const graph = new Map<string, string[]>();
  for (const { file, imported, isType } of imports) {
    if (isType) continue; // gone when the code runs
    graph.set(file, [...(graph.get(file) ?? []), imported]);
  }
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') cycles.push([...path, file].join(' > '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file, []);
  t.strictSame(cycles, []);
});

t.test('words that have no place', async (t) => {
  const all = globSync(['lib/**/*.ts', 'bin/*.ts', 'test/**/*.ts', 'benchmarks/**/*.ts'], {
    cwd: ROOT,
  });
  // In pieces, or this file would be found.
  const banned: readonly [string, (file: string) => boolean][] = [
    [`process.${'exit('}`, () => true],
    [`.${'only('}`, (file) => file.startsWith('test/')],
    [`t.${'skip('}`, (file) => file.startsWith('test/')],
  ];
  for (const [word, applies] of banned) {
    const found = all.filter(
      (file) => applies(file) && readFileSync(join(ROOT, file), 'utf8').includes(word),
    );
    t.strictSame(found, [], `no ${word}`);
  }
});
