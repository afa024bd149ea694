/** A disk that fails at each step of writing a file, and one that somebody else works on. */

import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import * as realPromises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { directory } from '../../lib/storage/directory.ts';
import { localDocument } from '../../lib/storage/local-document.ts';
import type { StorageFile } from '../../lib/storage/storage.ts';

const STEPS = [
  'open',
  'writev',
  'writeFile',
  'sync',
  'close',
  'rename',
  'sync of the place',
] as const;
type Step = (typeof STEPS)[number];

/** The real file system, of which one step fails as on a full disk: no real disk does so on command. */
const failing = (step: Step) => {
  const full = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  const handleOf = (handle: FileHandle, isPlace: boolean): FileHandle =>
    new Proxy(handle, {
      get(target, name) {
        if (name === 'sync' && step === (isPlace ? 'sync of the place' : 'sync')) return full;
        if (!isPlace && name === step) {
          return name === 'close' ? () => target.close().then(full) : full;
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    ...realPromises,
    rename: step === 'rename' ? full : realPromises.rename,
    open: async (path: string, flags: string, mode?: number) => {
      const isPlace = flags === 'r';
      if (!isPlace && step === 'open') return full();
      return handleOf(await realPromises.open(path, flags, mode), isPlace);
    },
  };
};

const mocked = async (t: Test, step: Step) => {
  const mocks = { 'node:fs/promises': failing(step) };
  const { LocalFile } = await t.mockImport<typeof import('../../lib/storage/local-file.ts')>(
    '../../lib/storage/local-file.ts',
    mocks,
  );
  const { localDocument: document } = await t.mockImport<
    typeof import('../../lib/storage/local-document.ts')
  >('../../lib/storage/local-document.ts', mocks);
  return { LocalFile, document };
};

const FULL = { code: 'STORAGE', cause: { code: 'ENOSPC' } };

for (const step of STEPS) {
  t.test(`a disk that is full at ${step}`, async (t) => {
    const { LocalFile, document } = await mocked(t, step);
    const place = t.testdir({});
    const path = join(place, 'a.asb');
    let file: StorageFile | undefined;
    const write = async () => {
      file = await LocalFile.create(path);
      await file.write(Buffer.from('text'));
      await file.close();
    };
    if (step === 'writeFile') await write();
    else await t.rejects(write(), { ...FULL, facts: { file: path } });
    await file?.abort();
    // The last steps come when all is in it.
    const isThere = step === 'writeFile' || step === 'sync of the place';
    t.strictSame(readdirSync(place), isThere ? ['a.asb'] : []);
    if (isThere) t.equal(readFileSync(path, 'utf8'), 'text');

    const state = join(place, 'test.asb.state');
    await localDocument(state).write(Buffer.from('older'));
    const written = document(state).write(Buffer.from('newer'));
    if (step === 'writev') await written;
    else await t.rejects(written, { ...FULL, facts: { file: state } });
    const isNewer = step === 'writev' || step === 'sync of the place';
    t.equal(
      readFileSync(state, 'utf8'),
      isNewer ? 'newer' : 'older',
      'one or the other, and whole',
    );
    t.strictSame(
      readdirSync(place).filter((name) => name.startsWith('.')),
      [],
    );
  });
}

for (const step of ['sync', 'sync of the place', 'writev'] as const) {
  t.test(`a checkpoint fails at ${step}: nothing is kept`, async (t) => {
    const { LocalFile } = await mocked(t, step);
    const place = t.testdir({});
    const file = await LocalFile.create(join(place, 'a.asb'), { resumable: true });
    await file.write(Buffer.from('text'));
    await t.rejects(async () => file.checkpoint?.(), FULL);
    await file.abort();
    t.strictSame(readdirSync(place), []);
  });
}

/** Somebody who is not above permissions; as root, one becomes nobody for a while. */
const NOBODY = 65_534;
const asNobody = async (work: () => Promise<void>): Promise<void> => {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
};

t.test('a directory that becomes read-only under a file', async (t) => {
  // Nobody may not go where a test's own directories are.
  const above = mkdtempSync(join(tmpdir(), 'asb-read-only-'));
  t.teardown(() => rmSync(above, { recursive: true }));
  chmodSync(above, 0o755);
  const place = join(above, 'out');
  mkdirSync(place, { mode: 0o700 });
  if (process.geteuid?.() === 0) chownSync(place, NOBODY, NOBODY);
  const home = directory(place);
  const facts = { file: join(place, 'a.asb') };
  await asNobody(async () => {
    const file = await home.create('a.asb');
    await file.write(Buffer.from('text'));
    chmodSync(place, 0o500);
    await t.rejects(file.close(), { code: 'STORAGE', facts, cause: { code: 'EACCES' } });
    await file.abort();
    await t.rejects(home.create('b.asb'), { code: 'STORAGE' });
    await t.rejects(home.prepare({ removeFiles: true }), { code: 'STORAGE' });
    const state = localDocument(join(place, 'a.asb.state'));
    await t.rejects(state.write(Buffer.from('x')), { code: 'STORAGE' });
  });
  t.strictSame(readdirSync(place), ['.a.asb.part'], 'nothing has a name');
});

t.test('modes of what is written, whatever the umask is', async (t) => {
  const before = process.umask();
  t.teardown(() => process.umask(before));
  for (const umask of [0, 0o022, 0o077]) {
    process.umask(umask);
    const place = join(t.testdir({}), 'out');
    const home = directory(place);
    await home.prepare({ removeFiles: false });
    const file = await home.create('a.asb');
    t.equal(statSync(join(place, '.a.asb.part')).mode & 0o777, 0o600, 'from the first byte on');
    await file.close();
    await localDocument(join(place, 'below', 'a.asb.state')).write(Buffer.from('x'));
    for (const [name, mode] of [
      ['', 0o700],
      ['a.asb', 0o600],
      ['below', 0o700],
      ['below/a.asb.state', 0o600],
    ] as const) {
      t.equal(statSync(join(place, name)).mode & 0o777, mode, `${umask} ${name}`);
    }
  }
});
