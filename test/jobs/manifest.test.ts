import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { codeOf } from '../../lib/errors.ts';
import { DocumentFields } from '../../lib/jobs/document-fields.ts';
import {
  checkWhat,
  type Manifest,
  type ManifestFile,
  manifestText,
  parseManifest,
  totalsOf,
} from '../../lib/jobs/manifest.ts';
import { isFileName } from '../../lib/storage/names.ts';

const FILE = 'out/test.manifest.json';

const fileOf = (name: string, changes: Partial<ManifestFile> = {}): ManifestFile => ({
  name,
  bytes: 1000,
  sha256: 'ab'.repeat(32),
  records: 10,
  indexes: 2,
  udfs: 1,
  partitions: '0-17,40',
  ...changes,
});

const MANIFEST: Manifest = {
  tool: 'asb-streams 1.2.3',
  namespace: 'test',
  options: { sets: ['a', 'b'], noIndexes: true, nothing: null },
  begun: new Date('2026-11-23T07:00:00.000Z'),
  ended: new Date('2026-11-23T07:01:02.003Z'),
  complete: true,
  files: [fileOf('test_00000.asb'), fileOf('test_00001.asb', { partitions: '', records: 0 })],
};

t.test('a manifest is read as it was written', async (t) => {
  const text = manifestText(MANIFEST);
  t.strictSame(parseManifest(text, FILE), MANIFEST);
  const lines = text.split('\n').filter((line) => line.includes('"name"'));
  t.equal(lines.length, 2, 'a file a line');
  t.match(JSON.parse(text), { records: 10, indexes: 4, udfs: 2, bytes: 2000, complete: true });
  const shard = { index: 2, count: 4 };
  for (const changes of [{ files: [] }, { complete: false }, { options: {} }, { shard }]) {
    const other = { ...MANIFEST, ...changes };
    t.strictSame(parseManifest(manifestText(other), FILE), other);
  }
});

t.test('of any names, numbers and options', async () => {
  const names = fc.uniqueArray(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isFileName),
    { maxLength: 5 },
  );
  const options = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(names, options, fc.nat(), (fileNames, shape, bytes) => {
      const files = fileNames.map((name) => fileOf(name, { bytes }));
      const manifest = { ...MANIFEST, options: shape, files };
      const text = manifestText(manifest);
      const read = parseManifest(text, FILE);
      assert.equal(manifestText(read), text);
      assert.deepEqual(read.files, files);
    }),
    { numRuns: 200 },
  );
});

t.test('every field that is wrong or missing is told', async (t) => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    what: ['a shopping list', 1],
    form: [2, 0, '1'],
    tool: [1],
    namespace: [null],
    options: [[], 'none'],
    begun: ['yesterday'],
    ended: [0],
    complete: ['yes'],
    records: [11, '10'],
    indexes: [0],
    udfs: [-1],
    bytes: [1999],
    files: [{}, 'test_00000.asb'],
  };
  const wrongInFile: Readonly<Record<string, readonly unknown[]>> = {
    name: ['', '.', '..', '../x.asb', 'a/b.asb', 'a\0.asb', 'test_00001.asb', 7],
    bytes: [-1, 1.5],
    sha256: ['ab', 'AB'.repeat(32)],
    records: [null],
    indexes: ['1'],
    udfs: [true],
    partitions: ['all', 1],
  };
  const good = JSON.parse(manifestText(MANIFEST));
  const without = (value: object, name: string): object =>
    Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  t.strictSame(Object.keys(wrong).sort(), Object.keys(good).sort());
  t.strictSame(Object.keys(wrongInFile).sort(), Object.keys(good.files[0]).sort());
  const documents = [
    ...Object.entries(wrong).flatMap(([name, values]) => [
      { name, document: without(good, name) },
      ...values.map((value) => ({ name, document: { ...good, [name]: value } })),
    ]),
    ...Object.entries(wrongInFile).flatMap(([name, values]) => {
      const [first, ...more] = good.files;
      return [without(first, name), ...values.map((value) => ({ ...first, [name]: value }))].map(
        (file) => ({ name: `files[0].${name}`, document: { ...good, files: [file, ...more] } }),
      );
    }),
  ];
  for (const { name, document } of documents) {
    t.throws(
      () => parseManifest(JSON.stringify(document), FILE),
      { code: 'FORMAT', facts: { file: FILE } },
      `${name}: ${JSON.stringify(document)}`,
    );
  }
});

t.test('a shard that cannot be', async (t) => {
  const good = JSON.parse(manifestText(MANIFEST));
  for (const shard of ['2/4', { index: 5, count: 4 }, { index: 0, count: 0 }, { index: 1 }]) {
    const text = JSON.stringify({ ...good, shard });
    const told = { code: 'FORMAT', facts: { file: FILE } };
    t.throws(() => parseManifest(text, FILE), told, JSON.stringify(shard));
  }
});

t.test('a text that was cut or damaged is no manifest', async (t) => {
  const text = manifestText(MANIFEST);
  for (let size = 0; size < text.length - 1; size++) {
    t.throws(() => parseManifest(text.slice(0, size), FILE), { code: 'FORMAT' });
  }
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, other) => {
      try {
        parseManifest(text.slice(0, at) + other + text.slice(at + 1), FILE);
      } catch (error) {
        if (codeOf(error) !== 'FORMAT') throw error;
      }
    }),
    { numRuns: 500 },
  );
});

t.test('totals of files', async (t) => {
  t.strictSame(totalsOf([]), { records: 0, indexes: 0, udfs: 0, bytes: 0 });
  t.strictSame(totalsOf(MANIFEST.files), { records: 10, indexes: 4, udfs: 2, bytes: 2000 });
});

t.test('a document says what it is', async (t) => {
  const rows: readonly [object, RegExp | undefined][] = [
    [{ what: 'a', form: 1 }, undefined],
    [{ what: 'b', form: 1 }, /is no a$/],
    [{ form: 1 }, /is no a$/],
    [{ what: 'a', form: 2 }, /of form 2; this version knows form 1/],
    [{ what: 'a' }, /"form"/],
  ];
  for (const [document, message] of rows) {
    const fields = DocumentFields.parse(JSON.stringify(document), FILE);
    const check = () => checkWhat(fields, FILE, 'a', 1);
    if (message === undefined) check();
    else t.throws(check, { code: 'FORMAT', message, facts: { file: FILE } });
  }
});
