import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { directory } from '../../lib/storage/directory.ts';
import { prepared } from '../../lib/storage/prepared.ts';

const withBackup = (t: Test): string => {
  const place = mkdtempSync(join(tmpdir(), 'asb-prepared-'));
  t.teardown(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, 'old_00000.asb'), '');
  return place;
};

t.test('an older backup is refused at once', async (t) => {
  const place = withBackup(t);
  await t.rejects(prepared(directory(place), false), { code: 'EXISTS' });
  const other = directory(join(place, 'other'));
  t.equal(await prepared(other, false), other);
});

t.test('or goes when the first file is begun, and not before', async (t) => {
  const place = withBackup(t);
  const storage = await prepared(directory(place), true);
  t.strictSame(readdirSync(place), ['old_00000.asb']);
  const files = [await storage.create('new_00000.asb'), await storage.create('new_00001.asb')];
  for (const file of files) await file.close();
  t.strictSame(readdirSync(place).sort(), ['new_00000.asb', 'new_00001.asb']);
});
