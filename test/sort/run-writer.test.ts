import { readdir, readFile } from 'node:fs/promises';
import t from 'tap';
import { RunWriter, removeRun } from '../../lib/sort/run-writer.ts';
import { TempDirectory } from '../../lib/sort/temp-directory.ts';

const MIB = 1024 * 1024;

/** Puts or writes pieces of these sizes, each of one byte, and gives what should be in the file. */
const fill = async (writer: RunWriter, sizes: readonly number[]): Promise<Buffer> => {
  const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  for (const piece of pieces) {
    // From within other bytes.
    const bytes = Buffer.concat([Buffer.of(0), piece, Buffer.of(0)]);
    const end = bytes.length - 1;
    if (!writer.put(bytes, 1, end)) await writer.write(bytes, 1, end);
  }
  return Buffer.concat(pieces);
};

t.test('runs hold what was put into them, in its order', async (t) => {
  const directory = new TempDirectory(t.testdir());
  t.teardown(() => directory.remove());
  const writer = new RunWriter(directory);
  const rows: readonly (readonly number[])[] = [
    [],
    [1],
    [MIB],
    [MIB, 1],
    [MIB + 1],
    [3, 3 * MIB, 5],
    Array.from({ length: 40 }, () => 100_000),
  ];
  const runs = [];
  for (const sizes of rows) {
    await writer.begin();
    const wanted = await fill(writer, sizes);
    const run = await writer.end();
    runs.push(run);
    t.equal(run.bytes, wanted.length);
    t.ok((await readFile(run.path)).equals(wanted), `${sizes.length} pieces`);
  }
  t.equal(new Set(runs.map(({ path }) => path)).size, rows.length);
  for (const run of runs) await removeRun(run);
  await t.rejects(removeRun(runs[0]!), { code: 'STORAGE', facts: { file: runs[0]!.path } });
});

t.test('it can be closed at any time, and leaves nothing', async (t) => {
  const parent = t.testdir();
  const directory = new TempDirectory(parent);
  const writer = new RunWriter(directory);
  await t.resolves(writer.close(), 'before it begins');
  await writer.begin();
  await fill(writer, [MIB, MIB]);
  await writer.close();
  await t.resolves(writer.close(), 'again');
  await directory.remove();
  t.strictSame(await readdir(parent), []);
});

t.test('a disk that refuses is told with the file', async (t) => {
  const directory = new TempDirectory(t.testdir());
  t.teardown(() => directory.remove());
  for (const sizes of [[1], [MIB, 1], [MIB, MIB, 1], [2 * MIB]]) {
    const writer = new RunWriter(directory);
    await writer.begin();
    // As a disk that is lost: the file is closed under it.
    const first = await fill(writer, sizes.slice(0, 1));
    t.ok(first.length > 0);
    await writer.close();
    const rest = fill(writer, sizes.slice(1)).then(() => writer.end());
    if (sizes[0] === 2 * MIB) await rest;
    else await t.rejects(rest, { code: 'STORAGE', facts: { file: /run-/ } });
  }
});

t.test('a disk that tells at the end that it is full', async (t) => {
  const parent = t.testdir();
  const directory = new TempDirectory(parent);
  const { create } = TempDirectory.prototype;
  directory.create = async () => {
    const { path, handle } = await create.call(directory);
    const close = handle.close.bind(handle);
    // As network file systems do it.
    handle.close = async () => {
      handle.close = close;
      await close();
      throw Object.assign(new Error('over quota'), { code: 'EDQUOT' });
    };
    return { path, handle };
  };
  const writer = new RunWriter(directory);
  await writer.begin();
  await fill(writer, [1]);
  await t.rejects(writer.end(), { code: 'STORAGE', facts: { file: /run-0$/ } });
  await t.resolves(writer.close(), 'it was closed');
  await directory.remove();
  t.strictSame(await readdir(parent), []);
});
