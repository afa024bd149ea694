/**
 * `npm run build`: makes the command of fewer and larger files, `dist/bin/asb.cjs` and what it loads,
 * and what its threads run. As modules, 230 of which a backup loads, it takes twice the CPU time to start.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'rolldown';

const [, , directory = 'dist/bin'] = process.argv;

/** Packages that every start needs; the others are loaded from node_modules, and when they are used. */
const BUNDLED = ['yargs-parser', 'split2'];
const { dependencies }: { dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const loaded = Object.keys(dependencies).filter((name) => !BUNDLED.includes(name));

const COMMON = {
  platform: 'node',
  external: (id: string) => loaded.some((name) => id === name || id.startsWith(`${name}/`)),
  // Two commands may share what one of them loads at once, and the other later.
  checks: { ineffectiveDynamicImport: false },
} as const;

// CommonJS, which Node loads faster. It says that it is named .js, as those are that threads run:
// `moduleBeside` gives them its own ending.
await build({
  ...COMMON,
  input: { asb: 'bin/start.ts', main: 'bin/asb.ts' },
  transform: {
    define: { 'import.meta.url': 'importMetaUrl', 'import.meta.resolve': 'importMetaResolve' },
  },
  output: {
    dir: directory,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'part-[hash].cjs',
    banner: [
      "const { pathToFileURL } = require('node:url');",
      "const importMetaUrl = pathToFileURL(__filename.replace(/\\.cjs$/, '.js')).href;",
      'const importMetaResolve = (name) => pathToFileURL(require.resolve(name)).href;',
    ].join('\n'),
  },
});

/** How each thread begins, and what it then loads by its name. */
const threads = globSync(['lib/threads/entry.ts', 'lib/**/*-thread.ts']);
await build({
  ...COMMON,
  // They import each other's modules by name, so what they share is to be one: `AsbError`, for one.
  input: Object.fromEntries(threads.map((file) => [basename(file, '.ts'), file])),
  output: {
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'thread-[hash].js',
  },
});
