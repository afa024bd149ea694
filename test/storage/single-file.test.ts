import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { singleFile } from '../../lib/storage/single-file.ts';

t.test('puts one file in its place', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'all.asb');
  const storage = singleFile(path);
  t.match(storage, { location: path, name: 'all.asb' });
  await storage.prepare({ removeFiles: false });
  const file = await storage.create('any name');
  await file.write(Buffer.from('new'));
  t.notOk(readdirSync(dir).includes('all.asb'));
  await file.close();
  t.equal(readFileSync(path, 'utf8'), 'new');
  t.match(await storage.files(), [{ name: 'all.asb', location: path, size: 3 }]);
  await storage.remove('any name');
  t.same(readdirSync(dir), []);
  await storage.remove('any name');
  await t.rejects(storage.files(), { code: 'NOT_FOUND', facts: { file: path } });
});

t.test('an older file is in the way, or stays until the new one is whole', async (t) => {
  const path = join(t.testdir({ 'all.asb': 'old' }), 'all.asb');
  const storage = singleFile(path);
  const refused = storage.prepare({ removeFiles: false });
  await t.rejects(refused, { code: 'EXISTS', facts: { file: path } });
  await storage.prepare({ removeFiles: true });
  const aborted = await storage.create('');
  await aborted.write(Buffer.from('half'));
  await aborted.abort();
  t.equal(readFileSync(path, 'utf8'), 'old');
  const file = await storage.create('');
  await file.write(Buffer.from('new'));
  await file.close();
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('what a killed run has left is in the way, or removed', async (t) => {
  const dir = t.testdir({ '.all.asb.part': 'cut off', '.other.asb.part': 'cut off' });
  const storage = singleFile(join(dir, 'all.asb'));
  await storage.prepare({ removeFiles: false });
  await t.rejects(storage.create(''), { code: 'EXISTS' });
  await storage.prepare({ removeFiles: true });
  t.strictSame(readdirSync(dir), ['.other.asb.part']);
});

t.test('its documents are in the way, or removed with it', async (t) => {
  for (const name of ['all.asb.state', 'all.asb.manifest.json']) {
    const dir = t.testdir({ [name]: '', 'other.asb.state': '', 'all.asb.state.bak': '' });
    const storage = singleFile(join(dir, 'all.asb'));
    const facts = { file: join(dir, name) };
    await t.rejects(storage.prepare({ removeFiles: false }), { code: 'EXISTS', facts });
    await storage.prepare({ removeFiles: true });
    t.strictSame(readdirSync(dir), ['all.asb.state.bak', 'other.asb.state']);
    await storage.prepare({ removeFiles: false });
  }
  const dir = t.testdir({ 'all.asb': '', 'all.asb.state': '' });
  const storage = singleFile(join(dir, 'all.asb'));
  const facts = { file: join(dir, 'all.asb.state') };
  await t.rejects(storage.prepare({ removeFiles: false }), { code: 'EXISTS', facts });
});

t.test('goes on with its part', async (t) => {
  const dir = t.testdir({ '.all.asb.part': 'safe, and lost' });
  const path = join(dir, 'all.asb');
  const storage = singleFile(path);
  await storage.prepareToContinue([], () => true);
  const inspected: string[] = [];
  const file = await storage.resume?.('any name', 4, (chunk) => inspected.push(`${chunk}`));
  t.type(file?.checkpoint, 'function');
  await file?.write(Buffer.from(' now'));
  await file?.close();
  t.equal(readFileSync(path, 'utf8'), 'safe now');
  t.equal(inspected.length, 1);
  const whole = storage.prepareToContinue([], () => true);
  await t.rejects(whole, { code: 'EXISTS', facts: { file: path } });
  await t.rejects(async () => storage.resume?.('any name', 4, () => {}), { code: 'NOT_FOUND' });
});

t.test('goes on anew, if nothing is safe', async (t) => {
  const dir = t.testdir({ '.all.asb.part': 'lost' });
  const storage = singleFile(join(dir, 'all.asb'));
  await storage.prepareToContinue([], () => true);
  t.strictSame(readdirSync(dir), ['.all.asb.part'], 'not before it is known');
  const file = await storage.create('any name');
  t.type(file.checkpoint, 'function');
  await file.write(Buffer.from('new'));
  await file.close();
  t.strictSame(readdirSync(dir), ['all.asb']);
  const kept = [{ name: 'all.asb', bytes: 3 }];
  await t.rejects(
    storage.prepareToContinue(kept, () => true),
    { code: 'USAGE' },
  );
});

t.test('a directory is no file', async (t) => {
  const path = join(t.testdir({}), 'all.asb');
  mkdirSync(path);
  const storage = singleFile(path);
  await t.rejects(storage.prepare({ removeFiles: true }), { code: 'USAGE' });
  await t.rejects(
    storage.prepareToContinue([], () => true),
    { code: 'USAGE' },
  );
  await t.rejects(storage.remove(''), { code: 'STORAGE', facts: { file: path } });
});

t.test('a device is neither replaced nor in the way', async (t) => {
  const storage = singleFile('/dev/null');
  for (const removeFiles of [false, true]) await storage.prepare({ removeFiles });
  const file = await storage.create('');
  await file.write(Buffer.from('x'));
  await file.close();
  t.equal(readFileSync('/dev/null').length, 0);
  const fifo = join(t.testdir(), 'fifo');
  t.equal(spawnSync('mkfifo', [fifo]).status, 0);
  await singleFile(fifo).remove('');
  t.ok(existsSync(fifo));
});
