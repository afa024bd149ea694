import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { findFiles, pathsOf } from '../../lib/jobs/restore-source.ts';
import { HEADER, manyRecords } from '../helpers/asb-text.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

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
  t.strictSame(found.unchecked, ['-']);

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

t.test('in S3, and in both places', async (t) => {
  const server = await ownServer(t);
  for (const key of ['a/one.asb', 'a/two.asb', 'b/one.asb', 'c/.x.asb.part']) {
    server.put(BUCKET, key, 'x');
  }
  const place = t.testdir({ local: { 'x.asb': 'x' } });
  const s3 = { client: clientOf(t, server) };
  const at = (key: string): string => `s3://${BUCKET}/${key}`;
  const rows: readonly (readonly [Parameters<typeof findFiles>[0], readonly string[][]])[] = [
    [{ directory: at('a') }, [[at('a/one.asb'), at('a/two.asb')]]],
    [{ inputFile: at('a/two.asb') }, [[at('a/two.asb')]]],
    [
      { directoryList: ['b', 'a/'], parentDirectory: at('') },
      [[at('b/one.asb')], [at('a/one.asb'), at('a/two.asb')]],
    ],
    [
      { directoryList: [join(place, 'local'), at('b')] },
      [[join(place, 'local/x.asb')], [at('b/one.asb')]],
    ],
  ];
  for (const [source, expected] of rows) {
    const { groups, rereadable } = await findFiles({ ...source, s3 });
    t.strictSame(
      groups.map((group) => group.map(({ location }) => location)),
      expected,
    );
    t.ok(rereadable);
  }
  t.strictSame(pathsOf({ directoryList: ['b'], parentDirectory: at('') }), [at('b')]);
  await t.rejects(findFiles({ directory: at('c'), s3 }), { code: 'EMPTY' });
  await t.rejects(findFiles({ directory: at('d'), s3 }), { code: 'NOT_FOUND' });
});

t.test('what manifests say', async (t) => {
  const text = Buffer.concat([HEADER, ...manyRecords(3)]);
  const files = { 'a.asb': text, 'b.asb': text };
  const manifest = { 'a.manifest.json': manifestTextOf(files) };
  const running = { 'a.manifest.json': manifestTextOf(files, { complete: false }) };
  const place = t.testdir({
    good: { ...files, ...manifest },
    bare: files,
    missing: { 'b.asb': text, ...manifest },
    cut: { ...files, 'b.asb': text.subarray(0, -1), ...manifest },
    running: { 'b.asb': text, ...running },
  });
  const at = (...names: readonly string[]) => ({
    directoryList: names,
    parentDirectory: place,
  });
  const found = await findFiles(at('good', 'bare'));
  t.strictSame(found.unchecked, [join(place, 'bare')]);
  t.strictSame(
    found.groups.flat().map((file) => found.expected.get(file)?.name),
    ['a.asb', 'b.asb', undefined, undefined],
  );
  const rows: readonly [readonly string[], string, string, boolean][] = [
    [['missing'], 'NOT_FOUND', 'missing/a.asb', false],
    [['bare', 'cut'], 'TRUNCATED', 'cut/b.asb', false],
    [['running'], 'TRUNCATED', 'running/a.manifest.json', true],
    [['cut', 'missing'], 'TRUNCATED', 'cut/b.asb', true],
  ];
  for (const [names, code, file, more] of rows) {
    const facts = { file: join(place, file) };
    const error = await findFiles(at(...names)).catch((thrown: unknown) => thrown);
    t.match(error, { code, facts }, names.join());
    t.equal(/\(and 1 more: /.test(String(error)), more, 'how many more there are');
    const { unchecked } = await findFiles({ ...at(...names), manifest: false });
    t.equal(unchecked.length, names.length, 'as there are');
  }
});
