import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { isInside } from '../../lib/storage/inside.ts';

t.test('what a place holds', async (t) => {
  const root = t.testdir({ out: { 'a.asb': '', sub: { 'b.asb': '' } }, other: { 'c.asb': '' } });
  const at = (path: string) => join(root, path);
  await symlink(at('out'), at('link'));
  const rows: readonly [string, string, boolean][] = [
    [at('out/a.asb'), at('out'), true],
    [at('out/a.asb'), at('out/'), true],
    [at('out/sub/b.asb'), at('out'), true],
    [at('out/a.asb'), at('link'), true],
    [at('link/a.asb'), at('out'), true],
    [at('out/a.asb'), at('out/a.asb'), true],
    [at('out/a.asb'), '/', true],
    [at('other/c.asb'), at('out'), false],
    [at('out/a.asb'), at('ou'), false],
    [at('out/a.asb'), at('not-there'), false],
    ['s3://vault/out/a.asb', 's3://vault/out', true],
    ['s3://vault/out/a.asb', 's3://vault/out/', true],
    ['s3://vault/out/a.asb', 's3://vault/out/a.asb', true],
    ['s3://vault/out/a.asb', 's3://vault', true],
    ['s3://vault/out/a.asb', 's3://vault/', true],
    ['s3://vault/output/a.asb', 's3://vault/out', false],
    ['s3://vault/out/a.asb', at('out'), false],
    [at('out/a.asb'), 's3://vault/out', false],
  ];
  for (const [file, place, inside] of rows) {
    t.equal(await isInside(file, place), inside, `${file} in ${place}`);
  }
});
