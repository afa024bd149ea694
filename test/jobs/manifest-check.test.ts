import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import type { BackupShape } from '../../lib/jobs/manifest.ts';
import { checkPlace } from '../../lib/jobs/manifest-check.ts';
import { HEADER, manyRecords, NEXT_HEADER, TEXT } from '../helpers/asb-text.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const FIRST = Buffer.concat([HEADER, ...manyRecords(3)]);
const SECOND = Buffer.concat([NEXT_HEADER, ...manyRecords(4)]);
const FILES = { 'test_00000.asb': FIRST, 'test_00001.asb': SECOND };
const MANIFEST = { 'test.manifest.json': manifestTextOf(FILES) };
const OTHER = { 'b_00000.asb': TEXT };
const OTHER_MANIFEST = { 'b.manifest.json': manifestTextOf(OTHER, { namespace: 'b' }) };
/** Cut exactly between two records: nothing in the file tells. */
const CUT = SECOND.subarray(0, -manyRecords(4)[3]!.length);

/** What is told of a directory with these files. */
const told = async (place: string) => {
  const { files, manifests, failures, wrongSizes, expected } = await checkPlace(place);
  return {
    files: files.map(({ name }) => name),
    manifests: manifests.map(({ location }) => location.slice(place.length + 1)),
    failures: [...failures, ...wrongSizes],
    expected: Array.from(expected, ([file, { name }]) => [file.name, name]),
  };
};

t.test('a backup that is whole, or has no manifest', async (t) => {
  const place = t.testdir({ whole: { ...FILES, ...MANIFEST, notes: '' }, bare: FILES });
  const files = Object.keys(FILES);
  t.strictSame(await told(join(place, 'whole')), {
    files,
    manifests: ['test.manifest.json'],
    failures: [],
    expected: files.map((name) => [name, name]),
  });
  const without = { files, manifests: [], failures: [], expected: [] };
  t.strictSame(await told(join(place, 'bare')), without);
  const { manifests } = await checkPlace(join(place, 'whole'));
  t.strictSame(manifests, [
    {
      location: join(place, 'whole/test.manifest.json'),
      tool: 'asb-streams 1.2.3',
      namespace: 'test',
      begun: new Date('2026-11-23T07:00:00.000Z'),
      ended: new Date('2026-11-23T07:01:02.003Z'),
      complete: true,
    },
  ]);
  const ignored = await checkPlace(join(place, 'whole'), { manifest: false });
  t.match(ignored, { manifests: [], failures: [], wrongSizes: [] });
  t.equal(ignored.files.length, 2);
  t.equal(ignored.expected.size, 0);
});

t.test('an incremental backup is known as one', async (t) => {
  const rows: readonly (readonly [unknown, Date | undefined])[] = [
    ['2026-11-23T07:00:00.123456789Z', new Date('2026-11-23T07:00:00.123Z')],
    ['soon', undefined],
    [17, undefined],
    [undefined, undefined],
  ];
  for (const [modifiedAfter, found] of rows) {
    const options = { modifiedAfter, modifiedBefore: modifiedAfter };
    const manifest = manifestTextOf(FILES, { options });
    const place = t.testdir({ ...FILES, 'test.manifest.json': manifest });
    const { manifests } = await checkPlace(place);
    t.same(manifests[0]?.modifiedAfter, found);
    t.same(manifests[0]?.modifiedBefore, found);
  }
});

t.test('which bins a backup has', async (t) => {
  const rows: readonly (readonly [BackupShape, readonly string[] | undefined])[] = [
    [{}, undefined],
    [{ bins: ['a', 'b'] }, ['a', 'b']],
    [{ noBins: true }, []],
    [{ bins: 'any JSON' }, undefined],
  ];
  for (const [options, bins] of rows) {
    const manifest = manifestTextOf(FILES, { options });
    const place = t.testdir({ ...FILES, 'test.manifest.json': manifest });
    const { manifests } = await checkPlace(place);
    t.strictSame(manifests[0]?.bins, bins);
  }
});

t.test('what is wrong is told, with the file', async (t) => {
  const incomplete = { 'test.manifest.json': manifestTextOf(FILES, { complete: false }) };
  const second = { 'test_00001.asb': SECOND };
  const rows: Readonly<Record<string, readonly [object, readonly (readonly [string, string])[]]>> =
    {
      missing: [{ ...second, ...MANIFEST }, [['NOT_FOUND', 'test_00000.asb']]],
      cut: [{ ...FILES, 'test_00001.asb': CUT, ...MANIFEST }, [['TRUNCATED', 'test_00001.asb']]],
      grown: [{ ...FILES, 'test_00000.asb': TEXT, ...MANIFEST }, [['FORMAT', 'test_00000.asb']]],
      foreign: [{ ...FILES, ...OTHER, ...MANIFEST }, [['FORMAT', 'b_00000.asb']]],
      'cut off': [{ ...FILES, ...incomplete }, [['TRUNCATED', 'test.manifest.json']]],
      'cut off, and more': [
        { ...second, ...OTHER, ...incomplete },
        [
          ['TRUNCATED', 'test.manifest.json'],
          ['NOT_FOUND', 'test_00000.asb'],
        ],
      ],
      'no manifest': [{ ...FILES, 'test.manifest.json': '{' }, [['FORMAT', 'test.manifest.json']]],
      'one of two unreadable': [
        { ...FILES, ...OTHER, ...MANIFEST, 'b.manifest.json': '[]' },
        [['FORMAT', 'b.manifest.json']],
      ],
      two: [{ ...FILES, ...OTHER, ...MANIFEST, ...OTHER_MANIFEST }, []],
      twice: [{ ...FILES, ...MANIFEST, 'copy.manifest.json': MANIFEST['test.manifest.json'] }, []],
      disputed: [
        {
          ...FILES,
          ...MANIFEST,
          'x.manifest.json': manifestTextOf({ 'test_00000.asb': SECOND }),
        },
        [['FORMAT', 'test_00000.asb']],
      ],
      'nothing but a manifest': [
        MANIFEST,
        [
          ['NOT_FOUND', 'test_00000.asb'],
          ['NOT_FOUND', 'test_00001.asb'],
        ],
      ],
      'hidden ones are none': [{ ...FILES, '.x.manifest.json': '{' }, []],
    };
  const place = t.testdir(
    Object.fromEntries(Object.entries(rows).map(([name, [files]]) => [name, { ...files }])),
  );
  for (const [name, [, failures]] of Object.entries(rows)) {
    const found = await told(join(place, name));
    t.match(
      found.failures,
      failures.map(([code, file]) => ({ code, facts: { file: join(place, name, file) } })),
      name,
    );
    t.equal(found.failures.length, failures.length, name);
  }
});

t.test('a single file', async (t) => {
  const manifest = manifestTextOf({ 'one.asb': TEXT });
  const place = t.testdir({
    'one.asb': TEXT,
    'one.asb.manifest.json': manifest,
    'bare.asb': TEXT,
    'renamed.asb': TEXT,
    'renamed.asb.manifest.json': manifest,
    'gone.asb.manifest.json': manifest,
    'begun.asb.manifest.json': manifestTextOf({}, { complete: false }),
    'cut.asb': TEXT.subarray(0, -1),
    'cut.asb.manifest.json': manifest,
  });
  const rows: readonly [string, number, readonly string[]][] = [
    ['one.asb', 1, []],
    ['bare.asb', 0, []],
    ['renamed.asb', 1, []],
    ['gone.asb', 1, ['NOT_FOUND']],
    ['begun.asb', 1, ['TRUNCATED']],
    ['cut.asb', 1, ['TRUNCATED']],
  ];
  for (const [name, manifests, codes] of rows) {
    const checked = await checkPlace(join(place, name));
    const failures = [...checked.failures, ...checked.wrongSizes];
    t.equal(checked.manifests.length, manifests, name);
    t.match(
      failures,
      codes.map((code) => ({ code })),
      name,
    );
    t.equal(failures.length, codes.length, name);
  }
  const { failures } = await checkPlace(join(place, 'gone.asb'));
  t.match(failures, [{ facts: { file: join(place, 'gone.asb') } }]);

  const fifo = join(place, 'fifo');
  t.equal(spawnSync('mkfifo', [fifo]).status, 0);
  t.match(await checkPlace(fifo), { manifests: [], files: [{ size: undefined }] });
});

t.test('a pipe among the files has no size to compare', async (t) => {
  const place = t.testdir({ 'one.manifest.json': manifestTextOf({ 'one.asb': TEXT }) });
  t.equal(spawnSync('mkfifo', [join(place, 'one.asb')]).status, 0);
  t.match(await checkPlace(place), { failures: [], wrongSizes: [] });
});

t.test('where nothing is', async (t) => {
  const place = t.testdir({ none: {} });
  for (const manifest of [true, false]) {
    await t.rejects(checkPlace(join(place, 'none'), { manifest }), { code: 'EMPTY' });
    await t.rejects(checkPlace(join(place, 'nope'), { manifest }), { code: 'NOT_FOUND' });
  }
  await t.rejects(checkPlace(join(place, 'no\0pe')), { code: 'STORAGE' });
});

t.test('in S3', async (t) => {
  const server = await ownServer(t);
  const put = (prefix: string, files: Readonly<Record<string, Buffer | string>>): void => {
    for (const [name, bytes] of Object.entries(files))
      server.put(BUCKET, `${prefix}${name}`, bytes);
  };
  put('whole/', { ...FILES, ...MANIFEST });
  put('missing/', { 'test_00000.asb': FIRST, ...MANIFEST });
  put('cut/', { ...FILES, 'test_00001.asb': CUT, ...MANIFEST });
  put('', { 'one.asb': TEXT, 'one.asb.manifest.json': manifestTextOf({ 'one.asb': TEXT }) });
  put('', { 'gone.asb.manifest.json': manifestTextOf({ 'gone.asb': TEXT }) });
  const s3 = { client: clientOf(t, server) };
  const url = (key: string): string => `s3://${BUCKET}/${key}`;
  const rows: readonly [string, readonly object[]][] = [
    ['whole', []],
    ['whole/', []],
    ['missing', [{ code: 'NOT_FOUND', facts: { file: url('missing/test_00001.asb') } }]],
    ['cut/', [{ code: 'TRUNCATED', facts: { file: url('cut/test_00001.asb') } }]],
    ['one.asb', []],
    ['gone.asb', [{ code: 'NOT_FOUND', facts: { file: url('gone.asb') } }]],
  ];
  for (const [key, expected] of rows) {
    const checked = await checkPlace(url(key), { s3 });
    const failures = [...checked.failures, ...checked.wrongSizes];
    t.match(failures, expected, key);
    t.equal(failures.length, expected.length, key);
    t.equal(checked.manifests.length, 1, key);
  }
});
