/**
 * `npm run build`: makes the command of one file, `dist/bin/main.cjs`, with `asb.cjs` before it, and what its
 * threads run. As the 200 modules that it is made of, it takes twice the CPU time to start.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const [, , directory = 'dist/bin'] = process.argv;

/** Packages that every start needs; the others are loaded from node_modules, and when they are used. */
const BUNDLED = ['yargs-parser', 'split2'];
const { dependencies }: { dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
  outdir: directory,
  logLevel: 'warning',
} as const satisfies BuildOptions;

// CommonJS, in which a module runs, and loads what it needs of Node, when it is first needed. It says that
// it is named .js, as those are that threads run: `moduleBeside` gives them its own ending.
await build({
  ...COMMON,
  entryPoints: { asb: 'bin/start.ts', main: 'bin/asb.ts' },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'importMetaUrl', 'import.meta.resolve': 'importMetaResolve' },
  banner: {
    js: [
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
  entryPoints: Object.fromEntries(threads.map((file) => [basename(file, '.ts'), file])),
  format: 'esm',
  splitting: true,
  chunkNames: 'thread-[hash]',
});
