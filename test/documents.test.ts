import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parseCommandLine } from '../lib/cli/command-line.ts';
import { commands } from '../lib/cli/commands.ts';
import { settle } from '../lib/cli/config/settle.ts';
import { messageOf } from '../lib/errors.ts';
import { asbLinesIn, shellBlocksOf } from './helpers/asb-lines.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');

const MARKDOWN = globSync(['*.md', '{docs,examples,benchmarks}/**/*.md'], { cwd: ROOT });

/** What is shown in the heads of examples, for who copies it. */
const shownIn = (example: string): string =>
  Array.from(read(example).matchAll(/^(?:#|\/\/) {5}(.*)$/gm), ([, line]) => line).join('\n');

t.test('each command line that is shown is one that asb takes', async (t) => {
  const texts: (readonly [string, string])[] = [
    ...MARKDOWN.flatMap((file) => shellBlocksOf(read(file)).map((text) => [file, text] as const)),
    ...(await commands.all()).flatMap(({ name, examples }) =>
      examples.map(([line]) => [`asb help ${name}`, line] as const),
    ),
    ...globSync('examples/**/*.{sh,js,yaml}', { cwd: ROOT }).map(
      (file) => [file, shownIn(file)] as const,
    ),
  ];
  /** What is wrong with it, if anything: its options and their values, without running it. */
  const wrongWith = async (words: readonly string[]): Promise<string | undefined> => {
    try {
      const request = await parseCommandLine(commands, words, 100);
      if (request.kind === 'text') return undefined;
      const { command, typed } = request;
      await settle(typed, { command, commands: commands.all, defaults: [] });
    } catch (error) {
      return messageOf(error);
    }
    return undefined;
  };
  let count = 0;
  for (const [where, text] of texts) {
    for (const words of asbLinesIn(text)) {
      count++;
      t.equal(await wrongWith(words), undefined, `${where}: asb ${words.join(' ')}`);
    }
  }
  t.ok(count > 100);
});

t.test('what documents name is there', async (t) => {
  const sources = globSync(['lib/**/*.ts', 'bin/*.ts', 'test/**/*.ts', 'benchmarks/**/*.ts'], {
    cwd: ROOT,
  });
  const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
    read('package.json'),
  );
  for (const file of MARKDOWN) {
    const text = read(file);
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      // A file: the reference, which takes README along, has none for a directory.
      const stat = statSync(new URL(link, new URL(file, `file://${ROOT}`)), {
        throwIfNoEntry: false,
      });
      t.ok(stat?.isFile(), `${file}: ${link}`);
    }
    for (const [, script = ''] of text.matchAll(/\bnpm run (?:--\w+ )?([\w:-]+)/g)) {
      t.ok(script in scripts, `${file}: npm run ${script}`);
    }
    for (const [, source] of text.matchAll(/`([\w/-]+\.ts)`/g)) {
      const found = sources.some((path) => path === source || path.endsWith(`/${source}`));
      t.ok(found, `${file}: ${source}`);
    }
  }
});

t.test('what documents use of the API is exported', async (t) => {
  const exported = new Set(
    read('lib/index.ts')
      .replaceAll(/from '.*'/g, '')
      .match(/\w+/g),
  );
  const table = /^\| what +\| functions.*?\n\n/ms.exec(read('README.md'))?.[0] ?? '';
  const names = Array.from(table.matchAll(/`(\w+)`/g), ([, name = '']) => name);
  t.ok(names.length > 50);
  const imports = MARKDOWN.flatMap((file) =>
    Array.from(read(file).matchAll(/^import \{([^}]*)\} from 'asb-streams'/gm), ([, list = '']) =>
      list.split(',').map((name) => name.trim()),
    ).flat(),
  );
  t.ok(imports.length > 10);
  for (const name of [...names, ...imports]) t.ok(exported.has(name), name);
});

t.test('each folder of the API has a category in the reference', async (t) => {
  const folders = Array.from(
    read('lib/index.ts').matchAll(/from '\.\/([^/']+)/g),
    ([, name]) => `lib/${name}`,
  );
  const categories: unknown = JSON.parse(read('typedoc/categories.json'));
  t.ok(folders.length > 50);
  t.strictSame(Object.keys(categories ?? {}).sort(), [...new Set(folders)].sort());
});

t.test('each example is told of, and runs in a test', async (t) => {
  const examples = globSync('examples/**/*.{sh,js,yaml}', { cwd: ROOT });
  const tests = globSync('test/examples/*.test.ts', { cwd: ROOT }).map(read);
  t.ok(examples.length > 10);
  for (const example of examples) {
    const name = basename(example);
    t.match(read(`${dirname(example)}/README.md`), `[${name}](${name})`);
    t.ok(
      tests.some((text) => text.includes(`'${name}'`)),
      `${name} runs`,
    );
  }
});
