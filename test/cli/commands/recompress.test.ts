import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { run, shell } from '../../helpers/asb.ts';
import { HEADER, manyRecords, TEXT } from '../../helpers/asb-text.ts';

const MANY = Buffer.concat([HEADER, ...manyRecords(3000)]);

t.test('compressed, compressed more, and plain again', async (t) => {
  const cwd = t.testdir({ 'test.asb': MANY });
  const rows: readonly [string, RegExp][] = [
    ['test.asb -d small', /^wrote 3,000 records, 0 secondary indexes, 0 UDF modules to 1 file, /],
    ['small -d smaller -q test --compression-level 19', /^wrote 3,000 records/],
    ['smaller -o plain.asb -z none', /^wrote 3,000 records/],
  ];
  for (const [line, said] of rows) {
    t.match(
      await run(['recompress', ...line.split(' ')], { cwd }),
      { code: 0, stderr: said },
      line,
    );
  }
  const sizeOf = (path: string): number => statSync(join(cwd, path)).size;
  t.ok(sizeOf('small/test_00000.asb') < MANY.length / 2);
  t.ok(sizeOf('smaller/test_00000.asb') < sizeOf('small/test_00000.asb'));
  t.same(readFileSync(join(cwd, 'plain.asb')), MANY);
  t.match(await run(['verify', 'small', 'smaller', 'plain.asb'], { cwd }), { code: 0, stderr: '' });
});

t.test('as a filter', async (t) => {
  const packed = await run(['recompress'], { input: MANY });
  t.match(packed, { code: 0, stderr: '' });
  t.same(zstdDecompressSync(packed.stdout), MANY);
  const plain = await run(['recompress', '-', '-v', '-z', 'none'], { input: packed.stdout });
  t.match(plain, { code: 0, stderr: /^wrote 3,000 records/, stdout: MANY });
  const cwd = t.testdir({ 'test.asb': zstdCompressSync(TEXT) });
  const cut = await shell('head -c 50 test.asb | asb recompress | asb parse', { cwd });
  t.match(cut, {
    code: 1,
    stderr: /asb recompress: .*middle of a zstd frame\n.*asb parse: no input/s,
  });
});

t.test('what has no meaning, and what would be lost', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT });
  mkdirSync(join(cwd, 'full'));
  t.match(await run(['recompress', 'test.asb', '-d', 'full'], { cwd }), { code: 0 });
  const before = readdirSync(join(cwd, 'full'));
  const rows: readonly [string, number, RegExp][] = [
    ['test.asb -d out -o file', 2, /exclude each other/],
    ['test.asb -F 10', 2, /--directory/],
    ['test.asb -q x', 2, /--directory/],
    ['test.asb -r', 2, /standard output keeps nothing/],
    ['test.asb --s3-region x', 2, /s3:\/\//],
    ['full -d full -r', 2, /is being read/],
    ['test.asb -d full', 1, /full.* (?:exists|is there|holds)/],
    ['nothing -d out', 1, /nothing/],
  ];
  for (const [line, code, stderr] of rows) {
    t.match(await run(['recompress', ...line.split(' ')], { cwd }), { code, stderr }, line);
  }
  t.strictSame(readdirSync(join(cwd, 'full')), before);
});
