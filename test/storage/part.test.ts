import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPart, isSameFile, partOf, reopenPart } from '../../lib/storage/part.ts';

const MIB = 1024 * 1024;

t.test('a part is hidden, beside its file, and for its owner only', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'a.asb');
  t.equal(partOf(path), join(dir, '.a.asb.part'));
  const handle = await createPart(path);
  t.strictSame(readdirSync(dir), ['.a.asb.part']);
  t.equal(statSync(partOf(path)).mode & 0o777, 0o600);
  t.ok(await isSameFile(await handle.stat(), partOf(path)));
  const told = { code: 'EXISTS', facts: { file: partOf(path) } };
  await t.rejects(createPart(path), told);
  await handle.close();
  await t.rejects(createPart(join(dir, 'none', 'a')), { code: 'STORAGE' });
});

t.test('opened again, it stands behind what stays, and nothing follows', async (t) => {
  const bytes = Buffer.alloc(2 * MIB + 10, 'some text ');
  for (const safe of [0, 1, MIB, MIB + 1, bytes.length - 1, bytes.length]) {
    const path = join(t.testdir({ '.a.part': bytes.toString() }), 'a');
    const inspected: Buffer[] = [];
    const handle = await reopenPart(path, safe, (chunk) => inspected.push(Buffer.from(chunk)));
    t.ok(Buffer.concat(inspected).equals(bytes.subarray(0, safe)), `${safe} bytes`);
    await handle.writev([Buffer.from('more')]);
    await handle.close();
    const want = Buffer.concat([bytes.subarray(0, safe), Buffer.from('more')]);
    t.ok(readFileSync(partOf(path)).equals(want));
  }
});

t.test('what is no part, or not all of it, stays as it is', async (t) => {
  const dir = t.testdir({
    '.short.part': 'x',
    own: 'own',
    '.link.part': t.fixture('symlink', 'own'),
  });
  mkdirSync(join(dir, '.directory.part'));
  execFileSync('mkfifo', [join(dir, '.fifo.part')]);
  for (const [name, code] of [
    ['none', 'NOT_FOUND'],
    ['short', 'TRUNCATED'],
    ['link', 'FORMAT'],
    ['directory', 'FORMAT'],
    ['fifo', 'FORMAT'],
    ['own/below', 'STORAGE'],
  ] as const) {
    const path = join(dir, name);
    const told = { code, facts: { file: partOf(path) } };
    await t.rejects(
      reopenPart(path, 2, () => t.fail()),
      told,
      name,
    );
  }
  t.equal(readFileSync(join(dir, '.short.part'), 'utf8'), 'x');
  t.equal(readFileSync(join(dir, 'own'), 'utf8'), 'own');
});

t.test('what the reader refuses stays as it is', async (t) => {
  const path = join(t.testdir({ '.a.part': 'text' }), 'a');
  const reason = new Error('another key');
  const refused = reopenPart(path, 2, () => {
    throw reason;
  });
  await t.rejects(refused, reason);
  t.equal(readFileSync(partOf(path), 'utf8'), 'text');
});

t.test('a part that is cut while it is read', async (t) => {
  const path = join(t.testdir({}), 'a');
  writeFileSync(partOf(path), Buffer.alloc(3 * MIB));
  const cut = reopenPart(path, 3 * MIB, () => truncateSync(partOf(path), MIB));
  await t.rejects(cut, { code: 'TRUNCATED', facts: { file: partOf(path), offset: MIB } });
});

t.test('what the file system refuses', async (t) => {
  const path = join(t.testdir({ '.a.part': 'text' }), 'a');
  // There is no disk that fails on command.
  const failing = (step: string) => ({
    'node:fs/promises': {
      lstat: t.fail,
      open: async () => ({
        stat: async () => ({ isFile: () => true, size: 4 }),
        read: async () => ({ bytesRead: 4 }),
        truncate: async () => {},
        close: async () => {},
        [step]: () => Promise.reject(Object.assign(new Error(step), { code: 'EIO' })),
      }),
    },
  });
  for (const step of ['stat', 'read', 'truncate']) {
    const faulty = await t.mockImport<typeof import('../../lib/storage/part.ts')>(
      '../../lib/storage/part.ts',
      failing(step),
    );
    const refused = faulty.reopenPart(path, 4, () => {});
    await t.rejects(refused, { code: 'STORAGE', cause: { message: step } });
  }
});
