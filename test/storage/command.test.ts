import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commandStorage } from '../../lib/storage/command.ts';

/** More than a pipe takes before somebody reads it. */
const LARGE = Buffer.alloc(1024 * 1024, 'line\n');

t.test('pipes each file through the command', async (t) => {
  const dir = join(t.testdir({}), 'made');
  const storage = commandStorage('tr a-z A-Z > "$FILE.up"', dir);
  t.equal(storage.location, dir);
  await storage.prepare({ removeFiles: false });
  for (const name of ['a.asb', 'b c.asb']) {
    const file = await storage.create(name);
    t.match(file, { name, location: join(dir, name) });
    await file.write(LARGE);
    await file.write(Buffer.from(name));
    await file.close();
    const want = `${LARGE}${name}`.toUpperCase();
    t.equal(readFileSync(join(dir, `${name}.up`), 'utf8'), want);
    // After all is done there is nothing to undo.
    await file.abort();
  }
  await t.rejects(storage.remove('a.asb'), { code: 'STORAGE' });
});

for (const [command, what] of [
  ['cat > /dev/null; exit 3', /exit status 3/],
  ['cat > /dev/null; kill -9 $$', /SIGKILL/],
  ['exit 3', /exit status 3/],
  ['exec 0<&-; exit 0', /all bytes/],
] as const) {
  t.test(`an end that is none is an error: ${command}`, async (t) => {
    const dir = t.testdir({});
    const file = await commandStorage(command, dir).create('a.asb');
    const written = (async () => {
      for (let at = 0; at < 8; at++) await file.write(LARGE);
      await file.close();
    })();
    await t.rejects(written, {
      code: 'FILTER_COMMAND',
      message: what,
      facts: { file: join(dir, 'a.asb') },
    });
    await file.abort();
  });
}

t.test('an aborted command does not see the end of its input', async (t) => {
  const dir = t.testdir({});
  // A pipeline: the shell alone could be killed while its children go on.
  const file = await commandStorage('cat | cat > "$FILE" && touch "$FILE.whole"', dir).create('a');
  await file.write(LARGE);
  await file.abort();
  t.notOk(existsSync(join(dir, 'a.whole')));
  await t.rejects(file.write(LARGE), { code: 'FILTER_COMMAND', message: /SIGTERM/ });
});

t.test('no name leads out of the directory, and nothing goes on', async (t) => {
  const storage = commandStorage('touch "$FILE"', t.testdir({}));
  for (const name of ['../a.asb', '/a.asb', 'a\0.asb', 'a\n.asb', '']) {
    await t.rejects(storage.create(name), { code: 'USAGE' });
  }
  await t.rejects(
    storage.prepareToContinue([], () => true),
    { code: 'USAGE' },
  );
});

t.test('a place that cannot be made is an error', async (t) => {
  const dir = join(t.testdir({ file: '' }), 'file', 'below');
  const prepared = commandStorage('cat', dir).prepare({ removeFiles: false });
  await t.rejects(prepared, { code: 'STORAGE', facts: { file: dir } });
});

t.test('a shell that does not start is an error', async (t) => {
  const dir = t.testdir({});
  const facts = { file: join(dir, 'a.asb'), cause: Error };
  const file = await commandStorage('cat', dir, { shell: join(dir, 'none') }).create('a.asb');
  await t.rejects(file.close(), { code: 'FILTER_COMMAND', facts });
  await file.abort();
  // More than the kernel takes as an argument.
  const created = commandStorage(`: ${'x'.repeat(4_000_000)}`, dir).create('a.asb');
  await t.rejects(created, { code: 'FILTER_COMMAND', facts });
});
