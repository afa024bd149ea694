import { join } from 'node:path';
import t from 'tap';
import { kindOf } from '../../lib/storage/kind.ts';

t.test('tells files, directories, devices and nothing apart', async (t) => {
  const dir = t.testdir({ file: '', directory: {}, link: t.fixture('symlink', 'file') });
  t.equal(await kindOf(join(dir, 'file')), 'file');
  t.equal(await kindOf(join(dir, 'link')), 'file');
  t.equal(await kindOf(join(dir, 'directory')), 'directory');
  t.equal(await kindOf('/dev/null'), 'device');
  t.equal(await kindOf(join(dir, 'nothing')), 'none');
  const file = join(dir, 'file', 'below');
  await t.rejects(kindOf(file), { code: 'STORAGE', facts: { file } });
});
