import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { codeOf } from '../../lib/errors.ts';
import type { RestoreOptions } from '../../lib/jobs/restore-options.ts';
import {
  parseRestoreState,
  type RestoreState,
  restoreStateText,
  shapeOfRestore,
} from '../../lib/jobs/restore-state.ts';

const FILE = 'x.restore.state';
const STATE: RestoreState = {
  tool: 'asb-streams 1.2.3',
  begun: new Date('2026-11-23T07:00:00.000Z'),
  options: { places: ['out'], sets: ['a'] },
  files: [
    { place: 0, name: 'test_00000.asb', bytes: 10, sha256: 'ab'.repeat(32), records: 3 },
    { place: 1, name: 'test_00000.asb', bytes: 0, records: 0 },
  ],
};

t.test('what shapes a restore', async (t) => {
  const rows: readonly [RestoreOptions, object][] = [
    [{ directory: 'out' }, { places: ['out'] }],
    [{ inputFile: 'a.asb', parallel: 4, wait: true }, { places: ['a.asb'] }],
    [{ directoryList: ['b', 'a'], parentDirectory: 'x' }, { places: ['x/b', 'x/a'] }],
    [
      {
        directory: 'out',
        source: 'test',
        namespace: 'copy',
        sets: ['b', 'a'],
        bins: ['d', 'c'],
        noIndexes: true,
        noUdfs: true,
        exists: 'replace',
        checkGeneration: false,
        extraTtl: 7,
      },
      {
        places: ['out'],
        source: 'test',
        namespace: 'copy',
        sets: ['a', 'b'],
        bins: ['c', 'd'],
        noIndexes: true,
        noUdfs: true,
        exists: 'replace',
        checkGeneration: false,
        extraTtl: 7,
      },
    ],
    [
      {
        directory: 'out',
        sets: [],
        noIndexes: false,
        noUdfs: false,
        exists: 'update',
        checkGeneration: true,
        extraTtl: 0,
      },
      { places: ['out'] },
    ],
  ];
  for (const [options, shape] of rows) t.strictSame(shapeOfRestore(options), shape);
});

t.test('a state is read as it was written', async (t) => {
  t.strictSame(parseRestoreState(restoreStateText(STATE), FILE), STATE);
  const begun = { ...STATE, files: [] };
  t.strictSame(parseRestoreState(restoreStateText(begun), FILE), begun);
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ place: fc.nat(), name: fc.string(), bytes: fc.nat(), records: fc.nat() }),
      ),
      (files) => {
        const text = restoreStateText({ ...STATE, files });
        assert.equal(restoreStateText(parseRestoreState(text, FILE)), text);
      },
    ),
  );
});

t.test('every field that is wrong or missing is told', async (t) => {
  const good = JSON.parse(restoreStateText(STATE));
  const [first] = good.files;
  const wrong: readonly object[] = [
    ...Object.keys(good).map((name) => ({ ...good, [name]: undefined })),
    ...['place', 'name', 'bytes', 'records'].map((name) => ({
      ...good,
      files: [{ ...first, [name]: undefined }],
    })),
    { ...good, what: 'asb-streams manifest' },
    { ...good, form: 2 },
    { ...good, begun: 'once' },
    { ...good, files: [{ ...first, place: -1 }] },
    { ...good, files: [{ ...first, sha256: 'x' }] },
  ];
  for (const document of wrong) {
    const text = JSON.stringify(document);
    t.throws(() => parseRestoreState(text, FILE), { code: 'FORMAT', facts: { file: FILE } }, text);
  }
  const text = restoreStateText(STATE);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, other) => {
      try {
        parseRestoreState(text.slice(0, at) + other + text.slice(at + 1), FILE);
      } catch (error) {
        if (codeOf(error) !== 'FORMAT') throw error;
      }
    }),
  );
});
