import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { findFiles } from '../../lib/jobs/restore-source.ts';

t.test('where files are', async (t) => {
  const place = t.testdir({
    one: { 'a_1.asb': 'x', 'a_0.asb': 'yy' },
    two: { 'b.asb': '' },
    none: {},
  });
  const names = async (source: Parameters<typeof findFiles>[0]) => {
    const { groups, rereadable } = await findFiles(source);
    return [groups.map((group) => group.map(({ name }) => name)), rereadable];
  };
  const one = ['a_0.asb', 'a_1.asb'];
  t.strictSame(await names({ directory: join(place, 'one') }), [[one], true]);
  t.strictSame(await names({ inputFile: join(place, 'two/b.asb') }), [[['b.asb']], true]);
  t.strictSame(await names({ directoryList: [join(place, 'two'), join(place, 'one')] }), [
    [['b.asb'], one],
    true,
  ]);
  t.strictSame(await names({ directoryList: ['one', 'two'], parentDirectory: place }), [
    [one, ['b.asb']],
    true,
  ]);
  const input = Readable.from([]);
  const found = await findFiles({ input });
  t.match(found, { groups: [[{ location: '-', size: undefined }]], rereadable: false });
  t.equal(found.groups[0]![0]!.open(), input);

  const fifo = join(place, 'fifo');
  t.equal(spawnSync('mkfifo', [fifo]).status, 0);
  t.strictSame(await names({ inputFile: fifo }), [[['fifo']], false], 'it can be read once');

  await t.rejects(findFiles({ directory: join(place, 'none') }), { code: 'EMPTY' });
  await t.rejects(findFiles({ directory: join(place, 'nope') }), { code: 'NOT_FOUND' });
});

t.test('exactly one source', async (t) => {
  const rows: readonly Parameters<typeof findFiles>[0][] = [
    {},
    { directory: 'a', inputFile: 'b' },
    { input: Readable.from([]), directoryList: ['a'] },
    { directoryList: [] },
    { directory: 'a', parentDirectory: 'b' },
  ];
  for (const source of rows) await t.rejects(findFiles(source), { code: 'USAGE' });
});
