import { Readable } from 'node:stream';
import t from 'tap';
import {
  checkBins,
  checkTimeOrder,
  commonNamespace,
  gapsBefore,
  originOf,
  placeOf,
  type SourceFacts,
} from '../../lib/jobs/merge-sources.ts';
import { streamedFile } from '../../lib/storage/stored-file.ts';

const sourceOf = (name: string, facts: Partial<SourceFacts> = {}): SourceFacts => ({
  files: [streamedFile(Readable.from([]), name)],
  namespace: undefined,
  begun: undefined,
  modifiedAfter: undefined,
  bins: undefined,
  ...facts,
});

const begunAt = (name: string, day: number) =>
  sourceOf(name, { begun: new Date(day * 86_400_000) });

t.test('a backup is called by its first file', async (t) => {
  t.equal(placeOf(sourceOf('a.asb')), 'a.asb');
  t.match(placeOf(sourceOf('a.asb', { files: [] })), /without/);
});

t.test('sources that are known to run backwards are refused', async (t) => {
  const unknown = sourceOf('unknown');
  const rows: readonly (readonly [readonly SourceFacts[], string | undefined])[] = [
    [[], undefined],
    [[unknown], undefined],
    [[begunAt('a', 1), begunAt('b', 1), begunAt('c', 2)], undefined],
    [[begunAt('a', 1), unknown, begunAt('b', 2)], undefined],
    [[begunAt('a', 2), begunAt('b', 1)], 'b'],
    [[begunAt('a', 2), unknown, begunAt('b', 1)], 'b'],
    [[begunAt('a', 1), begunAt('b', 3), begunAt('c', 2)], 'c'],
  ];
  for (const [sources, wrong] of rows) {
    if (wrong === undefined) t.doesNotThrow(() => checkTimeOrder(sources));
    else t.throws(() => checkTimeOrder(sources), { code: 'USAGE', facts: { file: wrong } });
  }
});

t.test('some bins do not take the place of all', async (t) => {
  const [all, none] = [sourceOf('all'), sourceOf('none', { bins: [] })];
  const [some, same] = [
    ['a', 'b'],
    ['b', 'a'],
  ].map((bins) => sourceOf('some', { bins }));
  for (const sources of [[], [some!], [all, all], [some!, same!], [none, none]]) {
    t.doesNotThrow(() => checkBins(sources));
  }
  for (const sources of [
    [all, some!],
    [some!, all],
    [all, none],
    [none, some!],
  ]) {
    const file = placeOf(sources[1]!);
    t.throws(() => checkBins(sources), { code: 'USAGE', facts: { file } });
  }
});

t.test('a merged backup goes back to the first of its sources', async (t) => {
  const modifiedAfter = new Date(0);
  const first = sourceOf('first', { begun: new Date(1), modifiedAfter, bins: ['a'] });
  const last = sourceOf('last', { begun: new Date(2), modifiedAfter: new Date(1) });
  t.strictSame(originOf([first, last]), { begun: new Date(2), modifiedAfter, bins: ['a'] });
  t.strictSame(originOf([]), { begun: undefined, modifiedAfter: undefined, bins: undefined });
});

t.test('what was changed since the begin of a merged backup is all that it may lack', async (t) => {
  // For each source, when it was begun, and since when it has changes.
  type Row = readonly [begun: number | undefined, modifiedAfter?: number];
  const rows: readonly (readonly [string, readonly Row[], number | undefined])[] = [
    ['one', [[5]], 5],
    ['nobody knows', [[undefined]], undefined],
    ['a chain', [[1], [3, 1], [5, 2]], 5],
    [
      'a chain of incremental ones',
      [
        [3, 1],
        [5, 3],
      ],
      5,
    ],
    ['behind one that says nothing', [[undefined], [3, 1]], 3],
    ['an end that says nothing', [[1], [undefined, 1]], undefined],
    ['a gap', [[1], [3, 2], [5, 3]], 1],
    ['two gaps', [[1], [3, 1], [5, 4], [8, 7]], 3],
    ['two full ones', [[1], [2]], 1],
    ['two chains, of other partitions', [[1], [2], [5, 1], [6, 2]], 1],
    ['in the order in which they are given', [[5, 1], [1]], 1],
  ];
  const time = (day: number | undefined) => (day === undefined ? day : new Date(day));
  for (const [name, chain, begun] of rows) {
    const sources = chain.map(([at, after]) =>
      sourceOf('one', { begun: time(at), modifiedAfter: time(after) }),
    );
    t.same(originOf(sources).begun, time(begun), name);
  }
});

t.test('changes that are in none are told', async (t) => {
  const time = (day: number | undefined) => (day === undefined ? day : new Date(day * 86_400_000));
  const source = (name: string, begun: number | undefined, modifiedAfter?: number) =>
    sourceOf(name, { begun: time(begun), modifiedAfter: time(modifiedAfter) });
  const rows: readonly (readonly [readonly SourceFacts[], readonly RegExp[]])[] = [
    [[source('a', 1, 0)], []],
    [[source('a', 1), source('b', 3, 1), source('c', 5, 2)], []],
    [
      [source('a', 1), source('b', 3, 2), source('c', 5, 4)],
      [/^b has .*03T.*02T/, /^c has .*05T.*04T/],
    ],
    [[source('a', 5), source('b', 3), source('c', 6, 4)], []],
    [[source('a', undefined), source('b', 3, 2)], []],
    [[source('a', 1), source('b', undefined, 2), source('c', 3, 1)], [/^b has/]],
  ];
  for (const [sources, gaps] of rows) t.match(gapsBefore(sources), gaps);
  for (const [sources, gaps] of rows) t.equal(gapsBefore(sources).length, gaps.length);
});

t.test('the one namespace of all', async (t) => {
  const [test, other] = [sourceOf('a', { namespace: 'test' }), sourceOf('b', { namespace: 'b' })];
  const unknown = sourceOf('unknown');
  t.equal(commonNamespace([test, unknown, test], undefined), 'test');
  t.equal(commonNamespace([test, other], 'wanted'), 'wanted');
  t.equal(commonNamespace([unknown], 'wanted'), 'wanted');
  t.throws(() => commonNamespace([unknown, test, other], undefined), {
    code: 'FORMAT',
    facts: { file: 'b', namespace: 'b', expected: 'test' },
  });
  t.throws(() => commonNamespace([unknown], undefined), { code: 'USAGE' });
});
