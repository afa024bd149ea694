import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { LocalFile, WRITE_SIZE } from '../../lib/storage/local-file.ts';
import { partNameOf } from '../../lib/storage/names.ts';
import { partOf } from '../../lib/storage/part.ts';

t.test('has its name when it is closed, and another one before', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'a.asb');
  const file = await LocalFile.create(path);
  t.match(file, { name: 'a.asb', location: path });
  await file.write(Buffer.from('one '));
  t.same(readdirSync(dir), [partNameOf('a.asb')]);
  await file.write(Buffer.alloc(0));
  await file.write(Buffer.from('two'));
  await file.close();
  t.same(readdirSync(dir), ['a.asb']);
  t.equal(readFileSync(path, 'utf8'), 'one two');
  t.equal(statSync(path).mode & 0o777, 0o600);
  // After all is done there is nothing to undo.
  await file.abort();
  t.same(readdirSync(dir), ['a.asb']);
});

t.test('holds what was written, in whatever sizes', async (t) => {
  const path = join(t.testdir({}), 'a.asb');
  const file = await LocalFile.create(path);
  const sizes = [1, WRITE_SIZE - 1, 5, 2 * WRITE_SIZE, 100, ...Array<number>(3000).fill(1000)];
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index));
  for (const chunk of chunks) await file.write(chunk);
  await file.close();
  t.ok(readFileSync(path).equals(Buffer.concat(chunks)));
});

t.test('leaves nothing behind when aborted', async (t) => {
  const dir = t.testdir({});
  const file = await LocalFile.create(join(dir, 'a.asb'));
  await file.write(Buffer.alloc(WRITE_SIZE));
  await file.abort();
  t.same(readdirSync(dir), []);
});

t.test('does not take the part of another writer', async (t) => {
  const dir = t.testdir({ [partNameOf('a.asb')]: 'x' });
  const file = join(dir, partNameOf('a.asb'));
  await t.rejects(LocalFile.create(join(dir, 'a.asb')), { code: 'EXISTS', facts: { file } });
  t.equal(readFileSync(file, 'utf8'), 'x');
});

t.test('a directory that is not there, or not any more, is an error', async (t) => {
  const dir = t.testdir({ below: {} });
  const path = join(dir, 'below', 'a.asb');
  const file = await LocalFile.create(path);
  rmSync(join(dir, 'below'), { recursive: true });
  await file.write(Buffer.from('x'));
  await t.rejects(file.close(), { code: 'STORAGE', facts: { file: path, cause: Error } });
  await file.abort();
  await t.rejects(LocalFile.create(path), { code: 'STORAGE', facts: { file: path } });
  mkdirSync(join(dir, 'below'));
  t.same(readdirSync(join(dir, 'below')), []);
});

t.test('goes on behind a checkpoint, wherever it is', async (t) => {
  const sizes = [0, 1, 1000, WRITE_SIZE, WRITE_SIZE + 1];
  for (const size of sizes) {
    const dir = t.testdir({});
    const path = join(dir, 'a.asb');
    const safe = Buffer.alloc(size, 'safe');
    const cutOff = await LocalFile.create(path, { resumable: true });
    await cutOff.write(safe);
    await cutOff.checkpoint?.();
    t.ok(readFileSync(partOf(path)).equals(safe), 'all is in it');
    await cutOff.write(Buffer.alloc(WRITE_SIZE, 'lost'));
    await cutOff.checkpoint?.();
    await cutOff.write(Buffer.from('lost, too'));
    await cutOff.abort();
    t.strictSame(readdirSync(dir), ['.a.asb.part'], 'it stays');
    const failed = await LocalFile.resume(path, size, () => {});
    await failed.write(Buffer.from('lost'));
    await failed.abort();
    t.strictSame(readdirSync(dir), ['.a.asb.part'], 'and does so again');
    const inspected: Buffer[] = [];
    const file = await LocalFile.resume(path, size, (chunk) => inspected.push(Buffer.from(chunk)));
    t.match(file, { name: 'a.asb', location: path });
    await file.write(Buffer.from('more'));
    await file.checkpoint?.();
    await file.close();
    t.strictSame(readdirSync(dir), ['a.asb']);
    t.ok(Buffer.concat(inspected).equals(safe));
    t.ok(readFileSync(path).equals(Buffer.concat([safe, Buffer.from('more')])));
  }
});

t.test('where nothing is resumed there is no checkpoint', async (t) => {
  const file = await LocalFile.create(join(t.testdir({}), 'a.asb'));
  t.equal(file.checkpoint, undefined);
  await file.abort();
  const device = await LocalFile.openDevice('/dev/null');
  t.equal(device.checkpoint, undefined);
  await device.abort();
});

t.test('a checkpoint that is none keeps nothing', async (t) => {
  const dir = t.testdir({ below: {} });
  const path = join(dir, 'below', 'a.asb');
  const file = await LocalFile.create(path, { resumable: true });
  rmSync(join(dir, 'below'), { recursive: true });
  await t.rejects(async () => file.checkpoint?.(), { code: 'STORAGE', facts: { file: path } });
  await file.abort();
  t.strictSame(readdirSync(dir), []);
});

/** What somebody else may do to a part, and whether something of theirs is left in the end. */
const MEDDLING: readonly [string, (part: string) => void, readonly string[]][] = [
  ['removed', (part) => rmSync(part), []],
  [
    'replaced',
    (part) => {
      rmSync(part);
      writeFileSync(part, 'text');
    },
    ['.a.asb.part'],
  ],
  [
    'turned into a link',
    (part) => {
      renameSync(part, `${part}.elsewhere`);
      symlinkSync(`${part}.elsewhere`, part);
    },
    ['.a.asb.part', '.a.asb.part.elsewhere'],
  ],
];

for (const [what, meddle, left] of MEDDLING) {
  t.test(`a part that was ${what} gets no name`, async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'a.asb');
    const file = await LocalFile.create(path);
    await file.write(Buffer.from('text'));
    meddle(partOf(path));
    await t.rejects(file.close(), { code: 'STORAGE', facts: { file: path } });
    await file.abort();
    t.strictSame(readdirSync(dir), left, 'and what is not ours stays');
  });
}

for (const [what, meddle] of [
  ['cut', (part) => truncateSync(part, 2)],
  ['written to', (part) => writeFileSync(part, 'and more', { flag: 'a' })],
] satisfies [string, (part: string) => void][]) {
  t.test(`a part that was ${what} gets no name`, async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'a.asb');
    const file = await LocalFile.create(path, { resumable: true });
    await file.write(Buffer.from('text'));
    await file.checkpoint?.();
    meddle(partOf(path));
    await t.rejects(file.close(), { code: 'STORAGE', facts: { file: path } });
    await file.abort();
    t.strictSame(readdirSync(dir), ['.a.asb.part'], 'what was kept is kept');
  });
}

t.test('a name that is taken in the meantime leaves nothing behind', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'a.asb');
  const file = await LocalFile.create(path);
  await file.write(Buffer.from('text'));
  mkdirSync(path);
  await t.rejects(file.close(), { code: 'STORAGE', facts: { file: path } });
  await file.abort();
  t.strictSame(readdirSync(dir), ['a.asb']);
});

t.test('a full disk is an error, and leaves no part', async (t) => {
  const dir = t.testdir({});
  const script = fileURLToPath(new URL('../helpers/full-disk.ts', import.meta.url));
  // 3,000 blocks of 512 bytes: the limit is met in the middle of the second write.
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -f 3000; exec "$0" "$@"', process.execPath, script, dir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  t.match(JSON.parse(said), { code: 'STORAGE', file: join(dir, 'a.asb') });
  t.same(readdirSync(dir), []);
});

t.test('a device is written as it is', async (t) => {
  const file = await LocalFile.openDevice('/dev/null');
  await file.write(Buffer.alloc(WRITE_SIZE));
  await file.close();
  await file.abort();
  t.ok(statSync('/dev/null').isCharacterDevice());
  const full = await LocalFile.openDevice('/dev/full');
  await full.write(Buffer.from('x'));
  await t.rejects(full.close(), { code: 'STORAGE', facts: { file: '/dev/full' } });
  await full.abort();
  await t.rejects(LocalFile.openDevice(t.testdir({})), { code: 'STORAGE' });
});
