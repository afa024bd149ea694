import { existsSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { BenchPlace, type End } from '../../lib/bench/place.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { GLOBALS, HEADER, manyRecords, TEXT } from '../helpers/asb-text.ts';

const encryption = { mode: 'aes128', key: new EncryptionKey(Buffer.from('secret')) } as const;
const UNITS = [HEADER, ...GLOBALS, ...manyRecords(1000)];
const TOTAL = Buffer.concat(UNITS).length;

const write = (end: End): Promise<void> => pipeline(Readable.from(UNITS), end.stream);

t.test('files and a file, and nothing of them afterwards', async (t) => {
  const path = t.testdir({ 'of-others.txt': 'stays' });
  const place = await BenchPlace.open(path, {});
  const rows: readonly [() => End, files: number, overhead: number][] = [
    [() => place.files({ settings: {}, encryption }), 1, 0],
    [() => place.files({ settings: { encrypt: 'aes256' }, encryption }), 1, 16],
    [() => place.file({ settings: { minPartSize: 5 * 1024 * 1024, maxAsyncUploads: 2 } }), 1, 0],
  ];
  for (const [make, files, overhead] of rows) {
    const end = make();
    await write(end);
    const written = await end.home.files();
    t.equal(written.length, files);
    t.equal(end.bytes(), TOTAL + overhead);
    t.match(written[0]?.name, /^asb-bench/);
    await end.clear();
    t.strictSame(readdirSync(path), ['of-others.txt']);
  }
  const small = place.files({ settings: { fileLimit: 50_000 }, encryption });
  await write(small);
  t.ok(readdirSync(path).length > 3);
  await small.clear();
  await place.close();
  t.strictSame(readdirSync(path), ['of-others.txt']);
});

t.test('a backup that is there stays', async (t) => {
  const path = t.testdir({ 'test_00000.asb': TEXT, 'asb-bench.asb': TEXT });
  const place = await BenchPlace.open(path, {});
  for (const make of [
    () => place.files({ settings: {}, encryption }),
    () => place.file({ settings: {} }),
  ]) {
    const end = make();
    await t.rejects(write(end), { code: 'EXISTS' });
    await end.clear();
    t.strictSame(readdirSync(path), ['asb-bench.asb', 'test_00000.asb']);
  }
});

t.test('a temporary directory, which goes', async (t) => {
  const before = process.env.TMPDIR;
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  process.env.TMPDIR = t.testdir();
  const place = await BenchPlace.open(undefined, {});
  const end = place.files({ settings: {}, encryption });
  await write(end);
  t.equal(readdirSync(process.env.TMPDIR).length, 1);
  t.ok(existsSync(end.home.location));
  await place.close();
  t.strictSame(readdirSync(process.env.TMPDIR), []);

  process.env.TMPDIR = `${process.env.TMPDIR}/none`;
  await t.rejects(BenchPlace.open(undefined, {}), { code: 'STORAGE' });
});
