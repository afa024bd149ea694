import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');

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
  const examples = globSync('examples/*.{sh,js}', { cwd: ROOT });
  const readme = read('examples/README.md');
  t.ok(examples.length > 5);
  for (const example of examples) {
    const name = example.replace('examples/', '');
    t.match(readme, `[${name}](${name})`);
    const tests = globSync('test/examples/*.test.ts', { cwd: ROOT }).map(read);
    t.ok(
      tests.some((text) => text.includes(`['${name}'`)),
      `${name} runs`,
    );
  }
});
